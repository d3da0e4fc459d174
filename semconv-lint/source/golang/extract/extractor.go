package extract

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/constants"
	"github.com/koine-otel/koine/semconv-lint/source/golang/symbols"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// extractor works through a package, and is used once.
type extractor struct {
	*Package
	files map[*token.File]int
	uses  []map[source.Range]source.Use
	// taken are expressions that have been understood.
	taken     map[ast.Expr]bool
	elsewhere []Elsewhere
	wrappers  map[string][]Callee
	formals   map[types.Object]formal
	used      map[usedIn]map[string]bool
	names     map[string]bool
	functions map[*types.Func]string // their full names, which are asked for at each call
	known
}

func newExtractor(p *Package) *extractor {
	x := &extractor{
		Package: p, files: map[*token.File]int{}, taken: map[ast.Expr]bool{},
		wrappers: map[string][]Callee{}, formals: map[types.Object]formal{}, functions: map[*types.Func]string{}, used: map[usedIn]map[string]bool{}, known: newKnown(),
	}
	for i, f := range p.Files {
		x.files[p.Fset.File(f.Syntax.FileStart)] = i
		x.uses = append(x.uses, map[source.Range]source.Use{})
	}
	return x
}

// spot is where something stands: a file, and what encloses it.
type spot struct {
	file  int
	stack []ast.Node
}

// emit adds a use. What was found at the same place before is the better known.
func (x *extractor) emit(file int, u source.Use) {
	if x.Files[file].Mute || u.Key == "" {
		return
	}
	before, ok := x.uses[file][u.At]
	if !ok {
		x.uses[file][u.At] = u
		return
	}
	before.Read = before.Read && u.Read
	before.Tier = min(before.Tier, u.Tier)
	if before.Value == nil && before.Type == registry.Any {
		before.Value, before.Type = u.Value, u.Type
	}
	x.uses[file][u.At] = before
}

func (x *extractor) sorted() [][]source.Use {
	all := make([][]source.Use, len(x.uses))
	for i, uses := range x.uses {
		for _, u := range uses {
			all[i] = append(all[i], u)
		}
		slices.SortFunc(all[i], func(a, b source.Use) int { return cmp.Or(a.At.Start-b.At.Start, a.At.End-b.At.End) })
	}
	return all
}

// at is a node's range in its file, whatever line directives say.
func (x *extractor) at(n ast.Node) source.Range {
	f := x.Fset.File(n.Pos())
	return source.Range{Start: f.Offset(n.Pos()), End: f.Offset(n.End())}
}

// fileOf is the file of a node, false for one of another package.
func (x *extractor) fileOf(n ast.Node) (int, bool) {
	i, ok := x.files[x.Fset.File(n.Pos())]
	return i, ok
}

// text is a node as it is written.
func (x *extractor) text(n ast.Node) string {
	i, ok := x.fileOf(n)
	if !ok {
		return ""
	}
	at := x.at(n)
	return string(x.Files[i].Content[at.Start:at.End])
}

// called is the full name of what is called, without the star of a receiver, empty where that is
// not known. Of a function of a package that could not be imported the name is known as well.
func (x *extractor) called(call *ast.CallExpr) string {
	switch f := typeutil.Callee(x.Info, call).(type) {
	case *types.Func:
		name, ok := x.functions[f]
		if !ok {
			name = fullName(f)
			x.functions[f] = name
		}
		return name
	case *types.Builtin:
		return f.Name()
	}
	if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if path := x.qualifier(s); path != "" {
			return path + "." + s.Sel.Name
		}
	}
	return ""
}

// fullName is a function's, without the star of its receiver.
func fullName(f *types.Func) string {
	return strings.Replace(f.Origin().FullName(), "(*", "(", 1)
}

// qualifier is the path of the package that a selector's left side names.
func (x *extractor) qualifier(s *ast.SelectorExpr) string {
	if id, ok := s.X.(*ast.Ident); ok {
		if p, ok := x.Info.Uses[id].(*types.PkgName); ok {
			return p.Imported().Path()
		}
	}
	return ""
}

// object is what a name or a selector means, nil where it is neither.
func (x *extractor) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if o := x.Info.Uses[e]; o != nil {
			return o
		}
		return x.Info.Defs[e]
	case *ast.SelectorExpr:
		return x.Info.Uses[e.Sel]
	}
	return nil
}

// conversion is what a conversion converts, nil for anything else.
func (x *extractor) conversion(e ast.Expr) ast.Expr {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if x.Info.Types[call.Fun].IsType() || x.called(call) == attribute+".Key" {
		return call.Args[0]
	}
	return nil
}

// typeName is the full name of a type, of what a pointer points to, or empty.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path() + "." + n.Obj().Name()
	}
	return ""
}

func (x *extractor) typeName(e ast.Expr) string {
	if t := x.Info.TypeOf(e); t != nil {
		return typeName(t)
	}
	return ""
}

// within is where the function around a spot begins.
func (x *extractor) within(s spot) int {
	for _, n := range s.stack {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return x.at(n).Start
		}
	}
	return -1
}

// convention is whether a package holds constants of the conventions.
func convention(path string) bool {
	return symbols.Of(path) != nil || strings.HasPrefix(path, constants.GoCollector+"/")
}

// usesTelemetry is whether a file imports a telemetry API.
func usesTelemetry(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return OfTelemetry(strings.Trim(i.Path.Value, "\"`")) })
}

// OfTelemetry is whether an import path is that of a telemetry API.
func OfTelemetry(path string) bool {
	return slices.ContainsFunc(telemetry, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// single is a place that is one: the same, or spans of some kind; else it is not known.
func single(a, b translate.Place) translate.Place {
	switch {
	case a == 0 || b == 0 || a == b:
		return a | b
	case (a|b)&^source.AnySpan == 0:
		return a | b
	}
	return 0
}
