package extract

import (
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/symbols"
)

// rewriteConstant writes another key in place of a constant: the constant of the same package that
// has it, or else attribute.Key where the file has that package under some name.
func (x *extractor) rewriteConstant(e ast.Expr, file int, path string) source.Rewrite {
	p := symbols.Of(path)
	if p == nil {
		return nil
	}
	at, last, name := x.at(e), x.lastName(e), ""
	if x.stays(file, path) {
		name = x.imported(file, attribute)
	}
	return func(to string) []source.Edit { // holds no types, which are let go before it is called
		if found := p.OfKey(symbols.Key, to); len(found) > 0 {
			return []source.Edit{{Range: last, Text: found[0].Name}}
		}
		if name == "" {
			return nil
		}
		return []source.Edit{{Range: at, Text: name + ".Key(" + strconv.Quote(to) + ")"}}
	}
}

// rewriteSymbol writes another key in place of a function or value: the one of the same package
// that has it and takes the same, or else a key's method.
func (x *extractor) rewriteSymbol(e ast.Expr, p *symbols.Package, of symbols.Symbol) source.Rewrite {
	last := x.lastName(e)
	return func(to string) []source.Edit {
		for _, found := range p.OfKey(of.Kind, to) {
			if found.Type == of.Type && found.Value == of.Value {
				return []source.Edit{{Range: last, Text: found.Name}}
			}
		}
		method := ""
		if of.Kind == symbols.Function {
			method = methods[of.Type]
		}
		keys := p.OfKey(symbols.Key, to)
		if method == "" || len(keys) == 0 {
			return nil
		}
		return []source.Edit{{Range: last, Text: keys[0].Name + "." + method}}
	}
}

// methods are those of attribute.Key by what they take.
var methods = map[string]string{"string": "String", "int": "Int", "int64": "Int64", "float64": "Float64", "bool": "Bool"}

// rewriteValue writes another value of the same key.
func (x *extractor) rewriteValue(e ast.Expr, p *symbols.Package, key string) source.Rewrite {
	last := x.lastName(e)
	return func(to string) []source.Edit {
		for _, found := range p.OfKey(symbols.Value, key) {
			if found.Value == to {
				return []source.Edit{{Range: last, Text: found.Name}}
			}
		}
		return nil
	}
}

// lastName is the range of a name without its package.
func (x *extractor) lastName(e ast.Expr) source.Range {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return x.at(s.Sel)
	}
	return x.at(e)
}

// imported is the name that a file has a package under, empty where it has it not, or where the
// name may mean something else.
func (x *extractor) imported(file int, path string) string {
	for _, i := range x.Files[file].Syntax.Imports {
		if strings.Trim(i.Path.Value, "\"`") != path {
			continue
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if name != "_" && name != "." && !x.declared()[name] {
			return name
		}
	}
	return ""
}

// declared are the names that anything in the package has, but for imports.
func (x *extractor) declared() map[string]bool {
	if x.names == nil {
		x.names = map[string]bool{}
		for id, o := range x.Info.Defs {
			if _, isImport := o.(*types.PkgName); o != nil && !isImport {
				x.names[id.Name] = true
			}
		}
	}
	return x.names
}

// stays is whether a file uses a package of constants for something else than keys: these may all
// be rewritten, and the import would be left without a use.
func (x *extractor) stays(file int, path string) bool {
	for name := range x.usedOf(file, path) {
		if !strings.HasSuffix(name, "Key") {
			return true
		}
	}
	return false
}

// imports yields the imports of convention packages.
func (x *extractor) imports(file int) {
	f := x.Files[file]
	for _, i := range f.Syntax.Imports {
		path := strings.Trim(i.Path.Value, "\"`")
		if !convention(path) {
			continue
		}
		at := x.at(i.Path)
		u := source.Use{Role: source.Package, Tier: source.A, At: source.Range{Start: at.Start + 1, End: at.End - 1}, Key: path, Within: -1}
		u.Rewrite, u.Lacks = x.rewriteImport(file, i, u.At, path)
		x.emit(file, u)
	}
}

// rewriteImport writes another version of a package where the module has that one, and all that the
// file uses of it is there and means the same.
func (x *extractor) rewriteImport(file int, i *ast.ImportSpec, at source.Range, path string) (source.Rewrite, func(string) []string) {
	from := symbols.Of(path)
	if from == nil {
		return nil, nil
	}
	used, root := x.usedOf(file, path), x.rootOf(path)
	lacks := func(to string) []string {
		p := symbols.Of(under(to, from))
		if p == nil {
			return nil
		}
		var names []string
		for name := range used {
			if !same(from, p, name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	dotted := i.Name != nil && i.Name.Name == "."
	return func(to string) []source.Edit {
		to = under(to, from)
		if symbols.Of(to) == nil || dotted || len(lacks(to)) > 0 || !exists(root, to) {
			return nil
		}
		return []source.Edit{{Range: at, Text: to}}
	}, lacks
}

// under is a version's package of the same folder: httpconv's.
func under(to string, from *symbols.Package) string {
	if from.Under == "" || strings.HasSuffix(to, "/"+from.Under) {
		return to
	}
	return to + "/" + from.Under
}

// rootOf is the folder of the versions of a package of conventions, by where the compiler found
// what is used of it; empty: not known.
func (x *extractor) rootOf(path string) string {
	for _, o := range x.Info.Uses {
		if o.Pkg() == nil || o.Pkg().Path() != path || !o.Pos().IsValid() {
			continue
		}
		dir := filepath.ToSlash(filepath.Dir(x.Fset.Position(o.Pos()).Filename))
		root, _ := strings.CutSuffix(dir, strings.TrimPrefix(path, symbols.Root))
		if root != dir {
			return root
		}
	}
	return ""
}

// exists is whether a package is among those that the module has.
func exists(root, path string) bool {
	if root == "" {
		return false
	}
	_, err := os.Stat(filepath.FromSlash(root + strings.TrimPrefix(path, symbols.Root)))
	return err == nil
}

// usedOf are the names of a package that a file uses.
func (x *extractor) usedOf(file int, path string) map[string]bool {
	at := usedIn{file, path}
	if used, ok := x.used[at]; ok {
		return used
	}
	used := map[string]bool{}
	x.used[at] = used
	ast.Inspect(x.Files[file].Syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && x.qualifier(s) == path {
			used[s.Sel.Name] = true
		}
		return true
	})
	return used
}

// usedIn is a package in a file.
type usedIn struct {
	file int
	path string
}

// same is whether a symbol is in both packages and means the same in both. The schema's URL is the
// version's own and may differ.
func same(from, to *symbols.Package, name string) bool {
	if name == "SchemaURL" {
		return true
	}
	a, ok := from.Lookup(name)
	b, is := to.Lookup(name)
	return ok && is && a == b && a.Kind != symbols.Other
}
