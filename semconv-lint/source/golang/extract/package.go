// Package extract finds in Go packages whose types were checked what they name of telemetry: keys
// of attributes, spans, events, metrics, constants of convention packages. The reader of
// repositories and the analyzer of go vet share it, so they find the same.
package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/symbols"
)

// Package is a package as far as its types are known: what could not be imported has none.
type Package struct {
	Fset  *token.FileSet
	Files []*File
	Info  *types.Info
	// Path is the import path; of a package in a test's own package, with its suffix.
	Path string
	// Local says of an import path whether it is of the module: what is found there is told where
	// it is defined, and not at each use.
	Local func(path string) bool
	// Wrappers are by the names of functions of other packages, as Wraps gives them.
	Wrappers func(function string) []Callee
	// Telemetry is whether the module uses a telemetry API at all.
	Telemetry bool
}

// File is one of a package.
type File struct {
	Syntax  *ast.File
	Content []byte
	// Mute is one that is only there for what it declares.
	Mute bool
}

// Found is what a package says.
type Found struct {
	// Uses are by files, in the order of Package.Files.
	Uses [][]source.Use
	// Elsewhere are uses by constants of other packages of the module.
	Elsewhere []Elsewhere
	// Wrappers are the package's functions whose parameters become names, by their full names.
	Wrappers map[string][]Callee
}

// Elsewhere is a use whose name is defined in another package.
type Elsewhere struct {
	Package, Constant string
	Use               source.Use
	// File is where it is used, by its place in Package.Files.
	File int
}

// NewInfo is what the type checker has to fill.
func NewInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{},
	}
}

// Uses finds a package's uses. In the packages of convention constants themselves there are none.
func Uses(p *Package) Found {
	if symbols.Of(p.Path) != nil {
		return Found{Uses: make([][]source.Use, len(p.Files))}
	}
	x := newExtractor(p)
	x.index()
	x.wrap()
	for i := range p.Files {
		x.calls(i)
	}
	for i := range p.Files {
		x.rest(i)
		x.imports(i)
	}
	return Found{x.sorted(), x.elsewhere, x.wrappers}
}
