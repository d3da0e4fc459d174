package extract

import (
	"go/ast"
	"go/token"
	"strings"
)

// readers are the beginnings of the names of functions that look for what they are given, or
// compare it.
var readers = []string{
	"github.com/stretchr/testify/", "(*github.com/stretchr/testify/", "(github.com/stretchr/testify/", "gotest.tools/", "github.com/google/go-cmp/",
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest.", "strings.", "slices.Contains", "slices.Index",
	"(" + attribute + ".Set).", "(*" + attribute + ".Set).", attribute + ".NewAllowKeysFilter", attribute + ".NewDenyKeysFilter", "delete",
}

// reads is whether what stands at a spot is looked for, compared or removed.
func (x *extractor) reads(s spot) bool {
	for i := len(s.stack) - 1; i >= 0; i-- {
		switch n := s.stack[i].(type) {
		case *ast.BinaryExpr:
			return n.Op == token.EQL || n.Op == token.NEQ
		case *ast.CaseClause:
			return true
		case *ast.IndexExpr:
			return !assigned(n, s.stack[:i])
		case *ast.CallExpr:
			name := x.called(n)
			if looksFor(name) {
				return true
			}
			if !transparent(name) && x.conversion(n) == nil && !strings.HasPrefix(name, attribute+".") && !strings.HasPrefix(name, "("+attribute+".Key)") {
				return false
			}
		case ast.Stmt, *ast.FuncLit, ast.Decl:
			return false
		}
	}
	return false
}

func looksFor(function string) bool {
	for _, prefix := range readers {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}

// assigned is whether an index expression is what is assigned to.
func assigned(n *ast.IndexExpr, stack []ast.Node) bool {
	if len(stack) == 0 {
		return false
	}
	a, ok := stack[len(stack)-1].(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, left := range a.Lhs {
		if left == ast.Expr(n) {
			return true
		}
	}
	return false
}
