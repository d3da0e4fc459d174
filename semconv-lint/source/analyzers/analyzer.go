// Package analyzers is the linter of source for Go's own tools: an analyzer of go/analysis, and a
// tool for go vet. It says what `semconv-lint source` says of Go, with the same fixes.
package analyzers

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"

	"golang.org/x/tools/go/analysis"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/extract"
)

// Analyzer is the one with the default settings, which its flags change.
var Analyzer = New(Options{})

const doc = `check what is named by OpenTelemetry's semantic conventions

Retired attributes, metrics and values, names that the conventions do not know in their
namespaces, wrong types and units, span names that differ from request to request, constants
of old convention packages.`

// New makes an analyzer with settings of its own. Its flags are theirs, too.
func New(o Options) *analysis.Analyzer {
	s := &settings{Options: o}
	a := &analysis.Analyzer{
		Name: "semconv", Doc: doc, URL: "https://github.com/koine-otel/koine/blob/main/docs/lint-rules.md",
		Run: s.run, FactTypes: []analysis.Fact{new(Wrappers)},
	}
	s.flags(&a.Flags)
	return a
}

// Wrappers are a package's functions whose parameters become names, by their full names.
type Wrappers struct{ Functions map[string][]extract.Callee }

// AFact marks it as what packages tell those that import them.
func (*Wrappers) AFact() {}

func (w *Wrappers) String() string { return "wrappers of telemetry" }

func (s *settings) run(pass *analysis.Pass) (any, error) {
	known := map[string][]extract.Callee{}
	for _, fact := range pass.AllPackageFacts() {
		if w, ok := fact.Fact.(*Wrappers); ok {
			for name, callees := range w.Functions {
				known[name] = callees
			}
		}
	}
	if len(known) == 0 && !reaches(pass.Pkg, map[*types.Package]bool{}) {
		return nil, nil // most packages, and all of the standard library
	}
	p, err := packageOf(pass, known)
	if err != nil {
		return nil, err
	}
	found := extract.Uses(p)
	if len(found.Wrappers) > 0 {
		pass.ExportPackageFact(&Wrappers{found.Wrappers})
	}
	for _, e := range found.Elsewhere {
		found.Uses[e.File] = append(found.Uses[e.File], e.Use)
	}
	for i, uses := range found.Uses {
		if len(uses) > 0 {
			if err := s.report(pass, p.Files[i], uses); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// packageOf brings a pass into the extractor's form.
func packageOf(pass *analysis.Pass, known map[string][]extract.Callee) (*extract.Package, error) {
	p := &extract.Package{
		Fset: pass.Fset, Info: pass.TypesInfo, Path: pass.Pkg.Path(), Telemetry: true,
		Local:    localTo(pass),
		Wrappers: func(function string) []extract.Callee { return known[function] },
	}
	for _, f := range pass.Files {
		name := pass.Fset.File(f.FileStart).Name()
		content, err := pass.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p.Files = append(p.Files, &extract.File{
			Syntax: f, Content: content,
			// What cgo made of a file is not the file.
			Mute: ast.IsGenerated(f) || len(content) != pass.Fset.File(f.FileStart).Size() || path.Ext(name) != ".go",
		})
	}
	return p, nil
}

// localTo says which packages are of the pass's module.
func localTo(pass *analysis.Pass) func(string) bool {
	module := strings.TrimSuffix(pass.Pkg.Path(), "_test")
	if pass.Module != nil && pass.Module.Path != "" {
		module = pass.Module.Path
	}
	return func(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }
}

// reaches is whether a package imports a telemetry API, itself or by others.
func reaches(p *types.Package, seen map[*types.Package]bool) bool {
	if seen[p] {
		return false
	}
	seen[p] = true
	for _, imported := range p.Imports() {
		if extract.OfTelemetry(imported.Path()) || reaches(imported, seen) {
			return true
		}
	}
	return false
}

// report tells what is wrong with a file's uses.
func (s *settings) report(pass *analysis.Pass, f *extract.File, uses []source.Use) error {
	judge, err := s.judge()
	if err != nil {
		return err
	}
	file := pass.Fset.File(f.Syntax.FileStart)
	for _, found := range source.Unignored(file.Name(), f.Content, judge.Uses(file.Name(), "go", f.Content, uses)) {
		if found.Severity < s.least() {
			continue
		}
		d := analysis.Diagnostic{
			Pos: file.Pos(found.At.Start), End: file.Pos(found.At.End),
			Category: found.Rule, Message: found.Message + " (" + found.Rule + ")",
		}
		if fix, ok := fixOf(file, &found); ok {
			d.SuggestedFixes = []analysis.SuggestedFix{fix}
		}
		pass.Report(d)
	}
	return nil
}

func fixOf(file *token.File, f *source.Finding) (analysis.SuggestedFix, bool) {
	fix := analysis.SuggestedFix{Message: "write " + f.Replacement}
	for _, e := range f.Edits {
		fix.TextEdits = append(fix.TextEdits, analysis.TextEdit{Pos: file.Pos(e.Start), End: file.Pos(e.End), NewText: []byte(e.Text)})
	}
	return fix, len(fix.TextEdits) > 0
}

func (s *settings) least() semconvlint.Severity {
	if s.Least == semconvlint.Off {
		return semconvlint.Warning
	}
	return s.Least
}
