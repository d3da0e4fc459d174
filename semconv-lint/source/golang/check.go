package golang

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/extract"
)

// read reads a module.
func (m *module) read(ctx context.Context, syntaxOnly bool, to source.Sink) {
	fset := token.NewFileSet()
	groups := m.parseAll(fset, !syntaxOnly, to)
	var exports map[string]string
	reason := ""
	if !syntaxOnly && m.path != "" {
		var err error
		near, far := m.imports(groups)
		if exports, err = list(ctx, m.root, near, far); err != nil {
			reason = err.Error()
		}
	}
	imported := newImporter(fset, exports, groups)
	packages := make([]*extract.Package, len(groups))
	inParallel(len(groups), func(i int) { packages[i] = m.check(fset, groups[i], imported) })
	if ctx.Err() != nil {
		return
	}
	if !syntaxOnly {
		note(groups, imported.missing, reason, to)
	}
	c := newCollector(m, groups, to)
	for _, wave := range waves(groups) {
		found := make([]extract.Found, len(wave))
		inParallel(len(wave), func(k int) {
			p := packages[wave[k]]
			p.Wrappers = func(function string) []extract.Callee { return c.wrappers[function] }
			found[k] = extract.Uses(p)
			packages[wave[k]] = nil // the types of a large module are large
		})
		for k, i := range wave {
			c.add(groups[i], &found[k])
		}
	}
	c.finish()
}

func (m *module) parseAll(fset *token.FileSet, all bool, to source.Sink) []*group {
	folders := sortedKeys(m.folders)
	parsed := make([][]*group, len(folders))
	inParallel(len(folders), func(i int) { parsed[i] = m.parse(fset, folders[i], all, to) })
	return slices.Concat(parsed...)
}

// check type-checks a group as far as its imports are known.
func (m *module) check(fset *token.FileSet, g *group, imports types.Importer) *extract.Package {
	p := &extract.Package{
		Fset: fset, Info: extract.NewInfo(), Path: g.path, Local: m.local, Telemetry: m.telemetry,
	}
	var files []*ast.File
	for _, f := range g.files {
		files = append(files, f.syntax)
		p.Files = append(p.Files, &extract.File{Syntax: f.syntax, Content: f.content, Mute: f.file == nil})
	}
	config := types.Config{Importer: imports, FakeImportC: true, Error: func(error) {}, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	_, _ = config.Check(g.path, fset, files, p.Info) // errors leave gaps, which the extractor bears
	return p
}

// note says which files are read without the types of something that they import.
func note(groups []*group, missing map[string]bool, reason string, to source.Sink) {
	for _, g := range groups {
		for _, f := range g.files {
			if f.file == nil {
				continue
			}
			for _, i := range f.syntax.Imports {
				if path := strings.Trim(i.Path.Value, "\"`"); missing[path] && (!f.test || isNear(path)) {
					message := reason
					if message == "" {
						message = "no types of " + path
					}
					to.Note(f.file, 0, "no types", message)
					break
				}
			}
		}
	}
}

// waves are the groups, each in a later wave than those that it imports.
func waves(groups []*group) [][]int {
	byPath := map[string][]int{}
	for i, g := range groups {
		byPath[g.path] = append(byPath[g.path], i)
	}
	levels := make([]int, len(groups)) // from 1; of one that is being visited 0: a cycle ends there
	seen := make([]bool, len(groups))
	var visit func(int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		level := 1
		for _, f := range groups[i].files {
			for _, spec := range f.syntax.Imports {
				for _, j := range byPath[strings.Trim(spec.Path.Value, "\"`")] {
					visit(j)
					level = max(level, levels[j]+1)
				}
			}
		}
		levels[i] = level
	}
	var all [][]int
	for i := range groups {
		visit(i)
	}
	for i, level := range levels {
		for len(all) < level {
			all = append(all, nil)
		}
		all[level-1] = append(all[level-1], i)
	}
	return all
}
