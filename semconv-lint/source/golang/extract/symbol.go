package extract

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/constants"
	"github.com/koine-otel/koine/semconv-lint/source/golang/symbols"
	"github.com/koine-otel/koine/semconv/registry"
)

// symbol yields the uses of convention packages' constants, variables and functions.
func (x *extractor) symbol(e ast.Expr, s spot) {
	o := x.symbolIn(e, s)
	if o == nil || o.Pkg() == nil {
		return
	}
	path := o.Pkg().Path()
	around := s
	if call, ok := s.parent().(*ast.CallExpr); ok && call.Fun == e {
		around.stack = s.stack[:len(s.stack)-1]
	}
	u := source.Use{Role: source.Attribute, Tier: source.A, At: x.at(e), Constant: x.text(e), Within: x.within(s), Read: x.reads(around)}
	u.Place, u.Of = x.put(around)
	switch {
	case path == tracing+"/ext":
		u.Key, _ = constants.Lookup("go", path, o.Name())
		u.Place = source.AnySpan
	case convention(path):
		x.conventional(&u, e, o, s)
	}
	if u.Key != "" {
		x.taken[e] = true
		x.emit(s.file, u)
	}
}

// symbolIn is what an expression means, once of a selector and its parts.
func (x *extractor) symbolIn(e ast.Expr, s spot) types.Object {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if x.qualifier(e) != "" {
			return x.Info.Uses[e.Sel]
		}
	case *ast.Ident:
		if len(s.stack) > 0 {
			if parent, ok := s.stack[len(s.stack)-1].(*ast.SelectorExpr); ok && parent.Sel == e {
				return nil
			}
		}
		if o := x.Info.Uses[e]; o != nil && o.Pkg() != nil && o.Pkg().Path() != x.Path {
			return o // by a dot import
		}
	}
	return nil
}

// conventional fills in a use by what the table or, of constants, the compiler knows.
func (x *extractor) conventional(u *source.Use, e ast.Expr, o types.Object, s spot) {
	p := symbols.Of(o.Pkg().Path())
	if c, ok := o.(*types.Const); ok {
		x.conventionalConstant(u, e, c, s)
		return
	}
	if p == nil {
		return
	}
	symbol, ok := p.Lookup(o.Name())
	if !ok {
		return
	}
	u.Key = symbol.Key
	switch symbol.Kind {
	case symbols.Value:
		u.Type = typesByMethod[symbol.Type]
		u.Value = &source.Text{At: u.At, Text: symbol.Value, Rewrite: x.rewriteValue(e, p, symbol.Key)}
		u.Rewrite = x.rewriteSymbol(e, p, symbol)
	case symbols.Function:
		u.Type = typesOfParameters[symbol.Type]
		u.Rewrite = x.rewriteSymbol(e, p, symbol)
		if call, ok := s.parent().(*ast.CallExpr); ok && call.Fun == e {
			u.Callee = u.Constant
			if arg := argument(call, 0); arg != nil {
				u.Value = x.value(arg, s.file)
			}
		}
	case symbols.Metric:
		u.Role, u.Place, u.Of = source.Metric, 0, ""
	default:
		u.Key = ""
	}
}

func (x *extractor) conventionalConstant(u *source.Use, e ast.Expr, c *types.Const, s spot) {
	text, ok := x.constant(e)
	switch {
	case !ok:
	case typeName(c.Type()) == attribute+".Key":
		u.Key = text
		u.Rewrite = x.rewriteConstant(e, s.file, c.Pkg().Path())
	case strings.HasPrefix(c.Name(), "Attribute") && dotted(text):
		u.Key = text // the collector's, whose values have no dot
	case strings.HasSuffix(c.Name(), "Name") && dotted(text) && !strings.HasSuffix(c.Name(), "EventName"):
		u.Key, u.Role, u.Place, u.Of = text, source.Metric, 0, ""
	}
}

// typesOfParameters are attributes' types by those of the functions that make them.
var typesOfParameters = map[string]registry.Type{
	"string": registry.String, "int": registry.Int, "int64": registry.Int, "float64": registry.Double, "bool": registry.Bool,
	"...string": registry.Strings, "...int": registry.Ints, "...float64": registry.Doubles, "...bool": registry.Bools,
}

// parent is what encloses a spot at once.
func (s spot) parent() ast.Node {
	if len(s.stack) == 0 {
		return nil
	}
	return s.stack[len(s.stack)-1]
}
