package golang

import (
	"bufio"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/tools/go/gcexportdata"
)

// importer gives packages their imports: from what the compiler left, else the declarations of the
// well-known APIs, else the module's own folders, else nothing. It is safe for concurrent use.
type importer struct {
	mu      sync.Mutex
	fset    *token.FileSet
	exports map[string]string
	known   map[string]*types.Package
	// made are those that do not come from the compiler, which must not be mixed with its own.
	made map[string]*types.Package
	// sources are the module's packages by import path, for those that have no exports.
	sources map[string]*group
	// missing are those of which the go command has no types.
	missing map[string]bool
	// importing is one that is being made of its source: its own imports are not followed.
	importing bool
}

func newImporter(fset *token.FileSet, exports map[string]string, groups []*group) *importer {
	i := &importer{fset: fset, exports: exports, known: map[string]*types.Package{}, made: map[string]*types.Package{}, sources: map[string]*group{}, missing: map[string]bool{}}
	for _, g := range groups {
		if !g.test && !g.unbuilt && g.name != "main" {
			i.sources[g.path] = g
		}
	}
	return i
}

func (i *importer) Import(path string) (*types.Package, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.get(path)
}

func (i *importer) get(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := i.known[path]; p != nil && p.Complete() {
		return p, nil
	}
	if p := i.exported(path); p != nil {
		return p, nil
	}
	if p := i.made[path]; p != nil {
		return p, nil
	}
	if p := stub(path, importerFunc(i.get)); p != nil {
		i.missing[path] = true
		i.made[path] = p
		return p, nil
	}
	if g := i.sources[path]; g != nil && !i.importing {
		i.importing = true
		p := i.declared(g)
		i.importing = false
		i.made[path] = p
		return p, nil
	}
	if !i.importing && i.sources[path] == nil {
		i.missing[path] = true
	}
	p := types.NewPackage(path, assumedName(path))
	p.MarkComplete()
	i.made[path] = p
	return p, nil
}

// assumedName is what a package is most likely called, by its path.
func assumedName(path string) string {
	dir, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i], path[i+1:]
	}
	if isVersion(name) && dir != "" {
		return assumedName(dir)
	}
	if before, after, ok := strings.Cut(name, "."); ok && isVersion(after) {
		name = before // gopkg.in/yaml.v3
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "go-"), "-go")
	if i := strings.IndexFunc(name, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }); i > 0 {
		name = name[:i]
	}
	if !token.IsIdentifier(name) {
		return "_"
	}
	return name
}

// isVersion is whether an element of a path is a major version: v2.
func isVersion(name string) bool {
	digits, ok := strings.CutPrefix(name, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// exported reads what the compiler left. One of another version of Go cannot be read.
func (i *importer) exported(path string) *types.Package {
	name := i.exports[path]
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil
	}
	p, err := gcexportdata.Read(r, i.fset, i.known, path)
	if err != nil {
		return nil
	}
	return p
}

// declared makes a package of what its source declares, without the bodies of its functions.
func (i *importer) declared(g *group) *types.Package {
	config := types.Config{Importer: importerFunc(i.get), FakeImportC: true, IgnoreFuncBodies: true, Error: func(error) {}}
	var files []*ast.File
	for _, f := range g.files {
		files = append(files, f.syntax)
	}
	p, _ := config.Check(g.path, i.fset, files, nil) // as far as it goes
	p.MarkComplete()
	return p
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }
