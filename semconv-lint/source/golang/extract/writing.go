package extract

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// maxDepth bounds how many definitions are followed.
const maxDepth = 5

// writing is a constant name where it is written, or where it is defined.
type writing struct {
	text     string
	node     ast.Expr
	file     int
	at       source.Range
	constant string
	rewrite  source.Rewrite
	// defined is a name that stands somewhere else than where it is used; of is the constant of
	// another package of the module that it is the value of.
	defined bool
	of      *types.Const
}

// constant is the text that an expression always has.
func (x *extractor) constant(e ast.Expr) (string, bool) {
	if v := x.Info.Types[e].Value; v != nil {
		if v.Kind() != constant.String {
			return "", false
		}
		return constant.StringVal(v), true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit: // one in what could not be checked
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.Ident, *ast.SelectorExpr:
		if c, ok := x.object(e).(*types.Const); ok && c.Val() != nil && c.Val().Kind() == constant.String {
			return constant.StringVal(c.Val()), true
		}
	}
	return "", false
}

// named finds the name that an expression is.
func (x *extractor) named(e ast.Expr) (writing, bool) { return x.follow(e, 0) }

func (x *extractor) follow(e ast.Expr, depth int) (writing, bool) {
	e = ast.Unparen(e)
	if depth > maxDepth {
		return writing{}, false
	}
	if inner := x.conversion(e); inner != nil {
		return x.follow(inner, depth+1)
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return x.literal(e)
	case *ast.Ident, *ast.SelectorExpr:
		return x.reference(e, depth)
	}
	return x.folded(e)
}

// literal is a name between quotes.
func (x *extractor) literal(e *ast.BasicLit) (writing, bool) {
	text, ok := x.constant(e)
	file, known := x.fileOf(e)
	if !ok || !known || len(e.Value) < 2 {
		return writing{}, false
	}
	at := x.at(e)
	n := writing{text: text, node: e, file: file, at: source.Range{Start: at.Start + 1, End: at.End - 1}}
	if e.Value[1:len(e.Value)-1] == text {
		n.rewrite = source.Replace(n.at)
	}
	return n, true
}

// reference is a constant, or a variable that has one value.
func (x *extractor) reference(e ast.Expr, depth int) (writing, bool) {
	o := x.object(e)
	if o == nil {
		return writing{}, false
	}
	if value := x.values[o]; value != nil {
		n, ok := x.follow(value, depth+1)
		n.defined = true
		return n, ok
	}
	c, ok := o.(*types.Const)
	text, is := x.constant(e)
	if !ok || !is || c.Pkg() == nil {
		return writing{}, false
	}
	file, known := x.fileOf(e)
	n := writing{text: text, node: e, file: file, at: x.at(e), constant: x.text(e)}
	switch {
	case convention(c.Pkg().Path()):
		n.rewrite = x.rewriteConstant(e, file, c.Pkg().Path())
	case x.Local(c.Pkg().Path()):
		n.of = c
	}
	return n, known
}

// folded is a name that the compiler puts together.
func (x *extractor) folded(e ast.Expr) (writing, bool) {
	text, ok := x.constant(e)
	file, known := x.fileOf(e)
	if !ok || !known {
		return writing{}, false
	}
	n := writing{text: text, node: e, file: file, at: x.at(e)}
	if !mentionsPackage(e) {
		n.rewrite = func(to string) []source.Edit { return []source.Edit{{Range: n.at, Text: strconv.Quote(to)}} }
	}
	return n, true
}

// mentionsPackage says whether an expression may be what an import is for.
func mentionsPackage(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		_, is := n.(*ast.SelectorExpr)
		found = found || is
		return !found
	})
	return found
}

// value is the constant text of an attribute's value, nil where it is none. It must stand in the
// same file as the key.
func (x *extractor) value(e ast.Expr, file int) *source.Text {
	text, ok := x.constant(e)
	in, known := x.fileOf(e)
	if !ok || !known || in != file {
		return nil
	}
	if l, ok := ast.Unparen(e).(*ast.BasicLit); ok {
		if n, ok := x.literal(l); ok {
			return &source.Text{At: n.at, Text: text, Rewrite: n.rewrite}
		}
	}
	return &source.Text{At: x.at(e), Text: text}
}
