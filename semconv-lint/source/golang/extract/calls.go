package extract

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
)

// calls finds a file's proven uses: in calls, structs, constants of conventions and of key types.
func (x *extractor) calls(file int) {
	f := x.Files[file]
	if f.Mute {
		return
	}
	ast.PreorderStack(f.Syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		s := spot{file, stack}
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			x.call(n, s)
		case *ast.CompositeLit:
			x.composite(n, s)
		}
		if e, ok := n.(ast.Expr); ok && !x.taken[e] {
			x.symbol(e, s)
			x.typed(e, s)
		}
		return true
	})
}

// call yields what the arguments of a known function are.
func (x *extractor) call(call *ast.CallExpr, s spot) {
	function := x.called(call)
	x.environment(function, call, s)
	x.formatter(function, call, s)
	for _, c := range x.calleesOf(function, call) {
		x.apply(&c, call, s)
	}
}

// calleesOf knows APIs, the package's and others' wrappers, and, where a receiver's type is not
// known, methods that nothing else has.
func (x *extractor) calleesOf(function string, call *ast.CallExpr) []Callee {
	if function == "" {
		return x.guess(call)
	}
	if known := callees[function]; known != nil {
		return known
	}
	if own := x.wrappers[function]; own != nil {
		return own
	}
	if x.Wrappers != nil {
		return x.Wrappers(function)
	}
	return nil
}

func (x *extractor) apply(c *Callee, call *ast.CallExpr, s spot) {
	switch {
	case c.Receiver:
		if f, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			x.use(c, f.X, argument(call, c.Value), call, s)
		}
	case c.Pairs:
		x.pairs(c, call, s)
	case c.Map:
		x.mapped(c, argument(call, c.Arg), call, s)
	case c.Each:
		for _, e := range x.elements(c, call) {
			x.use(c, e, nil, call, s)
		}
	case c.Role == source.SpanName:
		x.spanName(c, argument(call, c.Arg), call, s)
	default:
		x.use(c, argument(call, c.Arg), argument(call, c.Value), call, s)
	}
}

// argument is one of a call, nil where there is none.
func argument(call *ast.CallExpr, i int) ast.Expr {
	if i < 0 || i >= len(call.Args) {
		return nil
	}
	return call.Args[i]
}

// pairs are names and values that alternate, as slog's; an attribute stands for both.
func (x *extractor) pairs(c *Callee, call *ast.CallExpr, s spot) {
	for i := c.Arg; i < len(call.Args); {
		if inner, ok := ast.Unparen(call.Args[i]).(*ast.CallExpr); ok && strings.HasPrefix(x.called(inner), "log/slog.") || x.typeName(call.Args[i]) == "log/slog.Attr" {
			i++
			continue
		}
		x.use(c, call.Args[i], argument(call, i+1), call, s)
		i += 2
	}
}

// mapped are the keys of a map that is written in the call or in a variable of one value.
func (x *extractor) mapped(c *Callee, e ast.Expr, call *ast.CallExpr, s spot) {
	if e == nil {
		return
	}
	if value := x.values[x.object(e)]; value != nil {
		e = value
	}
	literal, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			x.use(c, pair.Key, pair.Value, call, s)
		}
	}
}

// elements are those of a list that is written in the call, or its last arguments.
func (x *extractor) elements(c *Callee, call *ast.CallExpr) []ast.Expr {
	e := argument(call, c.Arg)
	if e == nil {
		return nil
	}
	if literal, ok := ast.Unparen(e).(*ast.CompositeLit); ok {
		return literal.Elts
	}
	if f, ok := x.Info.TypeOf(call.Fun).(*types.Signature); ok && f.Variadic() && call.Ellipsis == token.NoPos {
		return call.Args[c.Arg:]
	}
	return nil
}

// use yields a name with its value in a call, or in a struct where call is nil.
func (x *extractor) use(c *Callee, nameIn, valueIn ast.Expr, call *ast.CallExpr, s spot) {
	if nameIn == nil {
		return
	}
	n, ok := x.named(nameIn)
	if !ok || c.Dotted && !dotted(n.text) {
		return
	}
	x.take(nameIn)
	x.taken[n.node] = true
	u := source.Use{Role: c.Role, Tier: c.Tier, At: n.at, Key: n.text, Constant: n.constant, Rewrite: n.rewrite, Within: x.within(s)}
	if c.Dotted && !x.Telemetry {
		u.Tier = source.C
	}
	u.Read = c.Read || x.reads(s)
	u.Instrument = c.Instrument
	if call != nil {
		u.Callee = x.text(call.Fun)
	}
	if !n.defined && n.of == nil {
		x.detail(&u, c, valueIn, call, s)
	} else if n.of == nil && n.file == s.file {
		x.definedDetail(&u, c, valueIn, call, s)
	}
	if n.of != nil {
		x.elsewhere = append(x.elsewhere, Elsewhere{n.of.Pkg().Path(), n.of.Name(), u, s.file})
		return
	}
	x.emit(n.file, u)
}

// take marks an expression, and what it converts, as understood.
func (x *extractor) take(e ast.Expr) {
	for e != nil {
		e = ast.Unparen(e)
		x.taken[e] = true
		e = x.conversion(e)
	}
}

// detail says what is known of a name that stands where it is used.
func (x *extractor) detail(u *source.Use, c *Callee, value ast.Expr, call *ast.CallExpr, s spot) {
	switch c.Role {
	case source.Attribute:
		u.Type = c.Type
		if value != nil {
			u.Value = x.value(value, s.file)
			if u.Type == registry.Any && !c.Pairs && c.Tier == source.A {
				u.Type = x.typeOf(value)
			}
		}
		u.Place = c.Place
		if u.Place == 0 {
			u.Place, u.Of = x.put(s)
		}
		if f, ok := receiver(call); ok && u.Place == 0 {
			u.Place = x.carrier(f, 0)
		}
	case source.Metric:
		x.unit(u, call, s.file)
	}
}

// definedDetail says of a name that is defined elsewhere in the file what stands in the same file.
func (x *extractor) definedDetail(u *source.Use, c *Callee, value ast.Expr, call *ast.CallExpr, s spot) {
	switch {
	case c.Role == source.Metric:
		x.unit(u, call, s.file)
	case c.Role == source.Attribute && c.Type == registry.String && value != nil:
		if u.Value = x.value(value, s.file); u.Value != nil {
			u.Type = registry.String
		}
	}
}

func receiver(call *ast.CallExpr) (ast.Expr, bool) {
	if call == nil {
		return nil, false
	}
	f, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	return f.X, true
}

// typeOf is the attribute type of an expression of a basic type.
func (x *extractor) typeOf(e ast.Expr) registry.Type {
	t := x.Info.TypeOf(e)
	if t == nil {
		return registry.Any
	}
	b, ok := t.Underlying().(*types.Basic)
	switch {
	case !ok:
		return registry.Any
	case b.Info()&types.IsString != 0:
		return registry.String
	case b.Info()&types.IsBoolean != 0:
		return registry.Bool
	case b.Info()&types.IsInteger != 0:
		return registry.Int
	case b.Info()&types.IsFloat != 0:
		return registry.Double
	}
	return registry.Any
}

// unit is that of a metric: an option of what makes it, or of pdata what SetUnit is called with.
func (x *extractor) unit(u *source.Use, call *ast.CallExpr, file int) {
	if call == nil {
		return
	}
	for _, arg := range call.Args {
		if option, ok := ast.Unparen(arg).(*ast.CallExpr); ok && x.called(option) == otel+"/metric.WithUnit" {
			u.Unit = x.value(argument(option, 0), file)
			return
		}
	}
	if f, ok := receiver(call); ok {
		if e := x.units[x.object(f)]; e != nil {
			u.Unit = x.value(e, file)
		}
	}
}

// typed yields constants of the types that are attributes' keys.
func (x *extractor) typed(e ast.Expr, s spot) {
	if _, ok := e.(*ast.ParenExpr); ok || len(s.stack) == 0 {
		return
	}
	if tv := x.Info.Types[e]; tv.Value == nil && x.conversion(e) == nil {
		return
	}
	of := x.typeName(e)
	if call, ok := e.(*ast.CallExpr); ok && of == "" && x.called(call) == attribute+".Key" {
		of = attribute + ".Key"
	}
	if !keyTypes[of] || x.definition(e, s) {
		return
	}
	c := Callee{Role: source.Attribute, Tier: source.A, Value: -1}
	if of == zipkin+".Tag" {
		c.Place = source.AnySpan
	}
	x.use(&c, e, nil, nil, s)
}

// definition is whether an expression is the name of a constant that is being declared.
func (x *extractor) definition(e ast.Expr, s spot) bool {
	id, ok := e.(*ast.Ident)
	return ok && x.Info.Defs[id] != nil
}
