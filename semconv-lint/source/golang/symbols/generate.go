//go:build ignore

// Command generate writes table.tsv.gz from the semconv folder of a module, which has the packages of
// all versions before: go run generate.go MODULE@VERSION
//
// A row is a symbol of the packages: its kind, name, key or value, the rest, and the versions that
// have it so.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run generate.go MODULE@VERSION")
	}
	// Downloaded beside the project's own version, which may be an older one.
	out, err := exec.Command("go", "mod", "download", "-json", os.Args[1]).Output()
	if err != nil {
		log.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		log.Fatal(err)
	}
	versions, err := filepath.Glob(filepath.Join(module.Dir, "semconv", "v1.*"))
	if err != nil || len(versions) == 0 {
		log.Fatal("no packages in ", module.Dir, err)
	}
	t := table{rows: map[row][]string{}}
	for _, version := range versions {
		t.version(version)
	}
	if err := os.WriteFile("table.tsv.gz", t.bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// row is what a symbol is; under is the folder in the version's, conv packages have one.
type row struct{ under, kind, name, key, value string }

type table struct {
	rows     map[row][]string
	versions []string
}

func (t *table) version(dir string) {
	version := filepath.Base(dir)
	if slices.Contains(t.versions, version) {
		return
	}
	t.versions = append(t.versions, version)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		under, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return t.folder(version, strings.TrimPrefix(under, "."), path)
	})
	if err != nil {
		log.Fatal(err)
	}
}

// folder adds a package.
func (t *table) folder(version, under, dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	p := pack{under: under, keys: map[string]string{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p.files = append(p.files, file)
	}
	for _, r := range p.symbols() {
		t.rows[r] = append(t.rows[r], version)
	}
	return nil
}

type pack struct {
	under string
	files []*ast.File
	keys  map[string]string // by constants of type attribute.Key
	rows  []row
}

func (p *pack) symbols() []row {
	for _, pass := range []func(*ast.GenDecl){p.constants, p.variables} {
		for _, f := range p.files {
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					pass(g)
				}
			}
		}
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				p.function(d)
			}
		}
	}
	slices.SortFunc(p.rows, compare)
	return slices.Compact(p.rows)
}

func (p *pack) add(kind, name, key, value string) {
	p.rows = append(p.rows, row{p.under, kind, name, key, value})
}

// constants adds keys and texts.
func (p *pack) constants(g *ast.GenDecl) {
	if g.Tok != token.CONST {
		return
	}
	for _, s := range g.Specs {
		s := s.(*ast.ValueSpec)
		for i, name := range s.Names {
			if !name.IsExported() || i >= len(s.Values) {
				continue
			}
			value, kind := s.Values[i], "text"
			if call, ok := value.(*ast.CallExpr); ok && spell(call.Fun) == "attribute.Key" {
				value, kind = call.Args[0], "key"
			}
			text, ok := literal(value)
			if !ok {
				continue
			}
			if kind == "key" {
				p.keys[name.Name] = text
			}
			if strings.HasSuffix(name.Name, "Description") {
				continue
			}
			p.add(kind, name.Name, text, "")
		}
	}
}

// variables adds the values of enums.
func (p *pack) variables(g *ast.GenDecl) {
	if g.Tok != token.VAR {
		return
	}
	for _, s := range g.Specs {
		s := s.(*ast.ValueSpec)
		for i, name := range s.Names {
			if !name.IsExported() || i >= len(s.Values) {
				continue
			}
			call, ok := s.Values[i].(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				p.add("other", name.Name, "", "")
				continue
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			value, ok := literal(call.Args[0])
			if !ok {
				value = spell(call.Args[0])
			}
			p.add("value", name.Name, p.keys[spell(selector.X)], selector.Sel.Name+" "+value)
		}
	}
}

// function adds functions of a key, with their parameter's type, and makers of metrics.
func (p *pack) function(d *ast.FuncDecl) {
	if d.Recv != nil {
		if text, ok := returned(d); ok && d.Name.Name == "Name" && len(d.Recv.List) == 1 {
			p.add("metric", "New"+spell(d.Recv.List[0].Type), text, "")
		}
		return
	}
	if !d.Name.IsExported() {
		return
	}
	key := ""
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && key == "" {
			key = p.keys[spell(s.X)]
		}
		return true
	})
	params := d.Type.Params.List
	if len(d.Body.List) != 1 || len(params) != 1 || d.Type.Results == nil || spell(d.Type.Results.List[0].Type) != "attribute.KeyValue" {
		if !strings.HasPrefix(d.Name.Name, "New") {
			p.add("other", d.Name.Name, "", "")
		}
		return
	}
	p.add("function", d.Name.Name, key, spell(params[0].Type))
}

// returned is the text that a function returns and nothing else.
func returned(d *ast.FuncDecl) (string, bool) {
	if len(d.Body.List) != 1 {
		return "", false
	}
	r, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 {
		return "", false
	}
	return literal(r.Results[0])
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// spell writes the few forms of expressions and types that occur.
func spell(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.SelectorExpr:
		return spell(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return spell(e.X)
	case *ast.ArrayType:
		return "[]" + spell(e.Elt)
	case *ast.Ellipsis:
		return "..." + spell(e.Elt)
	}
	return ""
}

func compare(a, b row) int {
	return slices.Compare([]string{a.under, a.kind, a.name, a.key, a.value}, []string{b.under, b.kind, b.name, b.key, b.value})
}

// bytes are the versions in order, then the rows with ranges of versions.
func (t *table) bytes() []byte {
	slices.SortFunc(t.versions, func(a, b string) int { return slices.Compare(numbers(a), numbers(b)) })
	var text bytes.Buffer
	fmt.Fprintln(&text, strings.Join(t.versions, "\t"))
	for _, r := range slices.SortedFunc(maps.Keys(t.rows), compare) {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%s\t%s\n", r.under, r.kind, r.name, r.key, r.value, t.ranges(t.rows[r]))
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	return packed.Bytes()
}

// ranges writes versions as first-last of their places in the order.
func (t *table) ranges(versions []string) string {
	var text []string
	for i := 0; i < len(t.versions); i++ {
		first := i
		for i < len(t.versions) && slices.Contains(versions, t.versions[i]) {
			i++
		}
		if i > first {
			text = append(text, fmt.Sprintf("%d-%d", first, i-1))
		}
	}
	return strings.Join(text, ",")
}

func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(strings.TrimPrefix(version, "v"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			log.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}
