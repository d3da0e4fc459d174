package golang

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/extract"
)

// parsed is a file of a package.
type parsed struct {
	syntax  *ast.File
	content []byte
	// file is what was claimed; nil: it is only there for what it declares.
	file *source.File
	test bool
}

// group are the files of a folder that are one package and are built together.
type group struct {
	folder, path, name string
	// test is the package of tests that is a package of its own; unbuilt are the files that are
	// left out on this system.
	test, unbuilt bool
	files         []*parsed
}

// maxNesting is deeper than any file of a person, and no danger to the stack.
const maxNesting = 2000

// parse parses a folder's files, all or those in which there may be something, as groups.
func (m *module) parse(fset *token.FileSet, folder string, all bool, to source.Sink) []*group {
	claimed := map[string]*scanned{}
	names := map[string][]byte{}
	for _, f := range m.folders[folder] {
		claimed[f.Abs] = f
		names[f.Abs] = f.content
	}
	if all {
		entries, _ := os.ReadDir(folder) // what cannot be read adds no declarations
		for _, e := range entries {
			name := filepath.Join(folder, e.Name())
			if _, ok := names[name]; ok || filepath.Ext(name) != ".go" || strings.HasPrefix(e.Name(), "_") || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.Size() <= maxDeclarations {
				if content, err := os.ReadFile(name); err == nil {
					names[name] = content
				}
			}
		}
	}
	groups := map[string]*group{}
	for _, name := range sortedKeys(names) {
		p := &parsed{content: names[name], test: strings.HasSuffix(name, "_test.go")}
		if f := claimed[name]; f != nil {
			p.file = f.File
		}
		if !p.parse(fset, name, to) {
			continue
		}
		m.add(groups, folder, name, p)
	}
	var sorted []*group
	for _, key := range sortedKeys(groups) {
		sorted = append(sorted, groups[key])
	}
	return sorted
}

// maxDeclarations bounds generated files that are parsed for what they declare.
const maxDeclarations = 8 << 20

func (m *module) add(groups map[string]*group, folder, name string, p *parsed) {
	g := group{folder: folder, path: m.importPath(folder), name: p.syntax.Name.Name}
	if p.test && strings.HasSuffix(g.name, "_test") {
		g.test = true
		g.path += "_test"
	}
	match, err := build.Default.MatchFile(folder, filepath.Base(name))
	g.unbuilt = err != nil || !match
	key := fmt.Sprintf("%s %v", g.name, g.unbuilt)
	if groups[key] == nil {
		groups[key] = &g
	}
	groups[key].files = append(groups[key].files, p)
}

// parse is false for a file that is not read, of which a note is made.
func (p *parsed) parse(fset *token.FileSet, name string, to source.Sink) bool {
	syntax, err := parser.ParseFile(fset, name, p.content, parser.SkipObjectResolution)
	if err != nil {
		if p.file != nil {
			line, message := 0, err.Error()
			if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
				line, message = list[0].Pos.Line, list[0].Msg
			}
			to.Note(p.file, line, "syntax error", message)
		}
		return false
	}
	if tooDeep(syntax) {
		if p.file != nil {
			to.Note(p.file, 0, "nested too deeply", fmt.Sprintf("more than %d levels", maxNesting))
		}
		return false
	}
	p.syntax = syntax
	return true
}

func tooDeep(f *ast.File) bool {
	depth, deepest := 0, 0
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth >= maxNesting {
			deepest = depth
			return false
		}
		depth++
		return true
	})
	return deepest > 0
}

// imports are what the groups' files import: near is what a name of telemetry is most likely told
// by, and compiled soon; far is the rest, but for what only tests import, of which there is much and
// little to learn.
func (m *module) imports(groups []*group) (near, far []string) {
	all := map[string]bool{}
	for _, g := range groups {
		for _, f := range g.files {
			for _, i := range f.syntax.Imports {
				path := strings.Trim(i.Path.Value, "\"`")
				if !importable(path) {
					continue
				}
				if !f.test || m.local(path) || isNear(path) {
					all[path] = true
				}
			}
		}
	}
	for _, path := range sortedKeys(all) {
		if isNear(path) {
			near = append(near, path)
		} else {
			far = append(far, path)
		}
	}
	return near, far
}

// isNear is whether a package is the standard library's or a telemetry API.
func isNear(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") || extract.OfTelemetry(path)
}

// importable is whether a path may be given to the go command.
func importable(path string) bool {
	return path != "" && path != "C" && path != "unsafe" && path[0] != '-' && path[0] != '.' && !strings.ContainsAny(path, " @*\x00") && !strings.Contains(path, "...")
}
