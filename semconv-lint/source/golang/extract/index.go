package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// known is what is known of a package's constants and variables before its calls are read.
type known struct {
	// values are by constants, and by variables that have one value and no other.
	values map[types.Object]ast.Expr
	// changed are variables that have several.
	changed map[types.Object]bool
	// parameters have a value that is not in the package.
	parameters map[types.Object]bool
	// ranged are by variables what a loop takes them from.
	ranged map[types.Object]ranged
	// places are by variables what attributes in them are put on; mixed: on several.
	places map[types.Object]translate.Place
	mixed  map[types.Object]bool
	// instruments are metrics' names by variables and fields, units what SetUnit is called with.
	instruments map[types.Object]string
	units       map[types.Object]ast.Expr
}

// ranged is a loop's variable: the key or the value of an expression.
type ranged struct {
	of  ast.Expr
	key bool
}

func newKnown() known {
	return known{
		map[types.Object]ast.Expr{}, map[types.Object]bool{}, map[types.Object]bool{}, map[types.Object]ranged{},
		map[types.Object]translate.Place{}, map[types.Object]bool{}, map[types.Object]string{}, map[types.Object]ast.Expr{},
	}
}

func (x *extractor) index() {
	for i, f := range x.Files {
		ast.PreorderStack(f.Syntax, nil, func(n ast.Node, stack []ast.Node) bool {
			x.indexNode(n, spot{i, stack})
			return true
		})
	}
	for o := range x.changed {
		delete(x.values, o)
	}
}

func (x *extractor) indexNode(n ast.Node, s spot) {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			switch {
			case len(n.Values) == len(n.Names):
				x.set(name, n.Values[i])
			case len(n.Values) == 1:
				x.set(name, nil)
				x.instrument(n.Names[0], n.Values[0])
			}
		}
	case *ast.AssignStmt:
		x.indexAssignment(n)
	case *ast.RangeStmt:
		x.indexRange(n)
	case *ast.FuncType:
		for _, p := range n.Params.List {
			for _, name := range p.Names {
				x.parameters[x.Info.Defs[name]] = true
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			x.change(n.X)
		}
	case *ast.IncDecStmt:
		x.change(n.X)
	case *ast.KeyValueExpr:
		x.instrument(n.Key, n.Value)
	case *ast.CallExpr:
		x.indexCall(n, s)
	}
}

func (x *extractor) indexAssignment(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		if len(n.Rhs) == len(n.Lhs) && (n.Tok == token.DEFINE || n.Tok == token.ASSIGN) {
			x.set(left, n.Rhs[i])
		} else {
			x.change(left)
		}
	}
	if len(n.Rhs) == 1 {
		x.instrument(n.Lhs[0], n.Rhs[0])
	}
}

// set says that a variable or constant has a value.
func (x *extractor) set(left, value ast.Expr) {
	o := x.object(left)
	if o == nil {
		return
	}
	if _, is := o.(*types.Var); is && (x.values[o] != nil || x.parameters[o] || isField(o)) {
		x.changed[o] = true
		return
	}
	if value != nil {
		x.values[o] = value
		x.instrument(left, value)
	}
}

func (x *extractor) change(left ast.Expr) {
	if o := x.object(left); o != nil {
		x.changed[o] = true
	}
}

func isField(o types.Object) bool {
	v, ok := o.(*types.Var)
	return ok && v.IsField()
}

func (x *extractor) indexRange(n *ast.RangeStmt) {
	for i, e := range []ast.Expr{n.Key, n.Value} {
		if e == nil {
			continue
		}
		if o := x.object(e); o != nil {
			x.ranged[o] = ranged{n.X, i == 0}
			x.changed[o] = true
		}
	}
}

// instrument notes the metric of a variable or field that is given what a meter makes.
func (x *extractor) instrument(left, value ast.Expr) {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	if !ok {
		return
	}
	for _, c := range callees[x.called(call)] {
		if c.Role == source.Metric && c.Arg < len(call.Args) {
			if name, ok := x.constant(call.Args[c.Arg]); ok && x.object(left) != nil {
				x.instruments[x.object(left)] = name
			}
		}
	}
}

func (x *extractor) indexCall(n *ast.CallExpr, s spot) {
	name := x.called(n)
	if name == "("+pdata+"/pmetric.Metric).SetUnit" && len(n.Args) == 1 {
		if o := x.object(n.Fun.(*ast.SelectorExpr).X); o != nil {
			x.units[o] = n.Args[0]
		}
	}
	if p, ok := places[name]; ok {
		p = x.around(p, s.stack)
		for _, arg := range n.Args {
			x.placed(arg, p)
		}
	}
}

// placed says where the attributes in a variable are put.
func (x *extractor) placed(arg ast.Expr, p translate.Place) {
	switch arg := ast.Unparen(arg).(type) {
	case *ast.Ident:
		o := x.object(arg)
		if o == nil {
			return
		}
		if before, ok := x.places[o]; ok && single(before, p) == 0 {
			x.mixed[o] = true
		}
		x.places[o] = single(x.places[o], p)
	case *ast.CallExpr:
		if name := x.called(arg); name == "append" || name == attribute+".NewSet" {
			for _, a := range arg.Args {
				x.placed(a, p)
			}
		}
	}
}
