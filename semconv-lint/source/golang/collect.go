package golang

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/extract"
)

// collector brings a module's uses together: a constant of another package is told where it is
// defined, once.
type collector struct {
	*module
	to       source.Sink
	wrappers map[string][]extract.Callee
	files    map[string]*collected // by absolute names
	pending  []pending
}

type collected struct {
	file    *source.File
	content []byte
	uses    map[source.Range]source.Use
}

// pending is a use by a constant of another package.
type pending struct {
	extract.Elsewhere
	at *collected
}

func newCollector(m *module, groups []*group, to source.Sink) *collector {
	c := &collector{m, to, map[string][]extract.Callee{}, map[string]*collected{}, nil}
	for _, g := range groups {
		for _, f := range g.files {
			if f.file != nil {
				c.files[f.file.Abs] = &collected{f.file, f.content, map[source.Range]source.Use{}}
			}
		}
	}
	return c
}

// add takes what a package says.
func (c *collector) add(g *group, found *extract.Found) {
	for function, wrapped := range found.Wrappers {
		c.wrappers[function] = wrapped
	}
	for i, f := range g.files {
		if f.file == nil {
			continue
		}
		for _, u := range found.Uses[i] {
			c.files[f.file.Abs].add(u)
		}
	}
	for _, e := range found.Elsewhere {
		if f := g.files[e.File].file; f != nil {
			c.pending = append(c.pending, pending{e, c.files[f.Abs]})
		}
	}
}

func (f *collected) add(u source.Use) {
	if before, ok := f.uses[u.At]; ok {
		u.Read = u.Read && before.Read
		if before.Tier <= u.Tier {
			return
		}
	}
	f.uses[u.At] = u
}

// finish finds the definitions and gives all to the sink.
func (c *collector) finish() {
	defined := map[string]map[string]definition{}
	for _, p := range c.pending {
		dir := c.dir(p.Package)
		if defined[dir] == nil {
			defined[dir] = c.definitions(dir)
		}
		d, ok := defined[dir][p.Constant]
		if !ok {
			p.at.add(p.Use)
			continue
		}
		u := p.Use
		u.At, u.Rewrite, u.Constant, u.Callee, u.Within = d.at, source.Replace(d.at), "", "", -1
		d.in.add(u)
	}
	for _, name := range sortedKeys(c.files) {
		f := c.files[name]
		if len(f.uses) == 0 {
			continue
		}
		var uses []source.Use
		for _, u := range f.uses {
			uses = append(uses, u)
		}
		slices.SortFunc(uses, func(a, b source.Use) int { return cmp.Or(a.At.Start-b.At.Start, a.At.End-b.At.End) })
		c.to.Uses(f.file, "go", f.content, uses)
	}
}

type definition struct {
	in *collected
	at source.Range
}

// definitions are the constants of a folder that are literal texts of files that were scanned.
func (c *collector) definitions(dir string) map[string]definition {
	all := map[string]definition{}
	if dir == "" {
		return all
	}
	for _, f := range c.scannedIn(dir) {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, f.file.Abs, f.content, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, d := range syntax.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				s := s.(*ast.ValueSpec)
				for i, name := range s.Names {
					if i < len(s.Values) {
						if at, ok := literal(fset, s.Values[i]); ok {
							all[name.Name] = definition{f, at}
						}
					}
				}
			}
		}
	}
	return all
}

// literal is where a text stands between its quotes, if it stands as it is.
func literal(fset *token.FileSet, e ast.Expr) (source.Range, bool) {
	l, ok := ast.Unparen(e).(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return source.Range{}, false
	}
	text, err := strconv.Unquote(l.Value)
	if err != nil || text != l.Value[1:len(l.Value)-1] {
		return source.Range{}, false
	}
	start := fset.File(l.Pos()).Offset(l.Pos())
	return source.Range{Start: start + 1, End: start + len(l.Value) - 1}, true
}

// scannedIn are a folder's files, also of a folder that has nothing else of interest.
func (c *collector) scannedIn(dir string) []*collected {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var all []*collected
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if f := c.files[name]; f != nil {
			all = append(all, f)
		} else if f := c.claimed[name]; f != nil {
			f := &collected{f.File, f.content, map[source.Range]source.Use{}}
			c.files[name] = f
			all = append(all, f)
		}
	}
	return all
}
