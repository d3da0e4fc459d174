package golang

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source/constants"
	"github.com/koine-otel/koine/semconv-lint/source/golang/symbols"
)

// The declarations of the well-known APIs, as far as the extractor asks for them, for modules whose
// dependencies are not there.
//
//go:embed stubs.txtar
var stubText []byte

var stubFiles = sync.OnceValue(func() map[string][]byte {
	files := map[string][]byte{}
	for _, f := range txtar.Parse(stubText).Files {
		files[f.Name] = f.Data
	}
	return files
})

// stub is a well-known package, nil where it is none.
func stub(path string, imports types.Importer) *types.Package {
	if p := symbols.Of(path); p != nil {
		return conventions(path, p, imports)
	}
	if strings.HasPrefix(path, collectorConstants) {
		return collectors(path)
	}
	data, ok := stubFiles()[path]
	if !ok {
		return nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, data, parser.SkipObjectResolution)
	if err != nil {
		panic("golang: stubs: " + err.Error()) // a broken build
	}
	config := types.Config{Importer: imports, IgnoreFuncBodies: true, Error: func(error) {}}
	p, _ := config.Check(path, fset, []*ast.File{f}, nil) // what it imports may have no types
	p.MarkComplete()
	return p
}

// conventions makes a package of constants by the table of symbols.
func conventions(path string, table *symbols.Package, imports types.Importer) *types.Package {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if table.Under == "" {
		name = "semconv"
	}
	p := types.NewPackage(path, name)
	key, keyValue := types.Type(types.Typ[types.String]), types.Type(types.Typ[types.Invalid])
	if attribute, err := imports.Import("go.opentelemetry.io/otel/attribute"); err == nil {
		key, keyValue = typeIn(attribute, "Key"), typeIn(attribute, "KeyValue")
	}
	table.All(func(s symbols.Symbol) {
		var o types.Object
		switch s.Kind {
		case symbols.Key:
			o = types.NewConst(token.NoPos, p, s.Name, key, constant.MakeString(s.Key))
		case symbols.Text:
			o = types.NewConst(token.NoPos, p, s.Name, types.Typ[types.UntypedString], constant.MakeString(s.Key))
		case symbols.Value:
			o = types.NewVar(token.NoPos, p, s.Name, keyValue)
		default:
			any := types.NewVar(token.NoPos, p, "", types.NewSlice(types.NewInterfaceType(nil, nil)))
			results := types.NewTuple(types.NewVar(token.NoPos, p, "", keyValue))
			o = types.NewFunc(token.NoPos, p, s.Name, types.NewSignatureType(nil, nil, nil, types.NewTuple(any), results, true))
		}
		p.Scope().Insert(o)
	})
	p.MarkComplete()
	return p
}

// collectorConstants is what the packages of the collector's constants begin with, of which there are no more.
const collectorConstants = constants.GoCollector + "/"

// collectors makes one of them; of a version that is not known, the newest's.
func collectors(path string) *types.Package {
	p := types.NewPackage(path, "semconv")
	from := path
	if !constants.Is("go", from) {
		for _, known := range constants.Packages("go") {
			if strings.HasPrefix(known, collectorConstants) {
				from = known
				break
			}
		}
	}
	constants.In("go", from, func(name, value string) {
		p.Scope().Insert(types.NewConst(token.NoPos, p, name, types.Typ[types.UntypedString], constant.MakeString(value)))
	})
	p.MarkComplete()
	return p
}

func typeIn(p *types.Package, name string) types.Type {
	if o := p.Scope().Lookup(name); o != nil {
		return o.Type()
	}
	return types.Typ[types.Invalid]
}
