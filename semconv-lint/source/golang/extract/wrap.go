package extract

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
)

// formal is a parameter of the function that is looked at.
type formal struct {
	index    int
	variadic bool
}

// maxRounds bounds wrappers of wrappers.
const maxRounds = 4

// wrap finds the package's functions that make names of their parameters.
func (x *extractor) wrap() {
	for range maxRounds {
		before := x.count()
		for _, f := range x.Files {
			for _, d := range f.Syntax.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
					x.wrapper(d)
				}
			}
		}
		if x.count() == before {
			return
		}
	}
}

func (x *extractor) count() int {
	n := 0
	for _, all := range x.wrappers {
		n += len(all)
	}
	return n
}

func (x *extractor) wrapper(d *ast.FuncDecl) {
	f, ok := x.Info.Defs[d.Name].(*types.Func)
	if !ok {
		return
	}
	clear(x.formals)
	parameters := f.Signature().Params()
	for i := range parameters.Len() {
		if p := parameters.At(i); !x.changed[p] {
			x.formals[p] = formal{i, f.Signature().Variadic() && i == parameters.Len()-1}
		}
	}
	if len(x.formals) == 0 {
		return
	}
	full := fullName(f)
	ast.PreorderStack(d, nil, func(n ast.Node, stack []ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			x.wraps(full, call, stack)
		}
		return true
	})
}

// wraps adds what a call in a function's body makes of the function's parameters.
func (x *extractor) wraps(full string, call *ast.CallExpr, stack []ast.Node) {
	name := x.called(call)
	known := x.calleesOf(name, call)
	if name == attribute+".Key" || x.conversion(call) != nil && keyTypes[x.typeName(call)] {
		known = []Callee{{Role: source.Attribute, Tier: source.A, Value: -1}}
	}
	for _, c := range known {
		arg := argument(call, c.Arg)
		if c.Receiver {
			arg, _ = receiver(call)
		}
		if arg == nil || c.Pairs && !x.handedOn(call, arg) {
			continue
		}
		w := c
		w.Receiver = false
		if !x.parameter(&w, arg, c.Map || c.Pairs || c.Each) {
			continue
		}
		w.Value = -1
		if value := argument(call, c.Value); value != nil && !w.Map && !w.Each && !w.Pairs {
			if f, ok := x.formals[x.object(value)]; ok && !f.variadic {
				w.Value = f.index
			}
			if w.Type == registry.Any && w.Tier == source.A {
				w.Type = x.typeOf(value)
			}
		}
		if w.Role == source.Attribute && w.Place == 0 {
			w.Place, _ = x.put(spot{stack: stack})
		}
		x.add(full, w)
	}
}

// handedOn is whether pairs are a parameter that is handed on whole: args...
func (x *extractor) handedOn(call *ast.CallExpr, arg ast.Expr) bool {
	f, ok := x.formals[x.object(arg)]
	return ok && f.variadic && call.Ellipsis.IsValid()
}

// parameter says which of the parameters a name is, or is taken from by a loop.
func (x *extractor) parameter(c *Callee, arg ast.Expr, whole bool) bool {
	for inner := x.conversion(ast.Unparen(arg)); inner != nil; inner = x.conversion(ast.Unparen(arg)) {
		arg = inner
	}
	o := x.object(arg)
	if f, ok := x.formals[o]; ok && (!f.variadic || whole) {
		c.Arg = f.index
		return true
	}
	r, ok := x.ranged[o]
	if !ok || whole || c.Role != source.Attribute {
		return false
	}
	f, ok := x.formals[x.object(r.of)]
	if !ok {
		return false
	}
	c.Arg, c.Map, c.Each = f.index, r.key, !r.key
	if _, isMap := x.Info.TypeOf(r.of).Underlying().(*types.Map); isMap != r.key {
		return false
	}
	return true
}

// add notes a wrapper's parameter once for each role.
func (x *extractor) add(full string, c Callee) {
	if !slices.ContainsFunc(x.wrappers[full], func(o Callee) bool { return o.Arg == c.Arg && o.Role == c.Role }) {
		x.wrappers[full] = append(x.wrappers[full], c)
	}
}
