package command

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/report"
	"github.com/koine-otel/koine/semconv-lint/source"
)

// sourceFlags are those of commands that look at a repository.
type sourceFlags struct {
	flags
	exclude    []string
	tier       string
	newFrom    string
	fix, diff  bool
	syntaxOnly bool
}

// sourceCommand is `semconv-lint source`: a repository.
func sourceCommand(e *Environment, p *Parts) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "source [FOLDER or FILE]",
		Short: "Check a repository: code, dashboards, alerts and configurations",
		Long: "Check what a repository's code, dashboards, alerts and configurations name. How sure a finding is, is its tier:\n" +
			"A, a proven call of a telemetry API, a constant of a convention package or a configuration's place for names; B, an exact name in a file that\n" +
			"uses a telemetry API; C, one elsewhere. Paths are relative to the folder, the working directory unless one is given.",
		Example: "  semconv-lint source\n  semconv-lint source --new-from origin/main --format github\n  semconv-lint source --fix services/checkout",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := beginSource(&f, e, p, args)
			if err != nil {
				return err
			}
			return s.run(c.Context())
		},
	}
	f.registerShared(c)
	s := c.Flags()
	s.StringArrayVar(&f.exclude, "exclude", nil, "`glob` of files and folders that are not looked at; repeatable")
	s.StringVar(&f.tier, "tier", "B", "least sure `tier` that is told: A, B, C")
	s.StringVar(&f.newFrom, "new-from", "", "tell only what stands on lines that are not as at this `revision` of git")
	s.BoolVar(&f.fix, "fix", false, "write the replacements, where that is safe")
	s.BoolVar(&f.diff, "diff", false, "print what --fix would write, as a patch")
	s.BoolVar(&f.syntaxOnly, "syntax-only", false, "read Go without its types: faster, and without what types alone tell")
	return c
}

// sourceLint is a run on a repository.
type sourceLint struct {
	lint
	flags  *sourceFlags
	root   string
	linter *source.Linter
}

// beginSource reads all that is set.
func beginSource(f *sourceFlags, e *Environment, p *Parts, args []string) (*sourceLint, error) {
	if f.fix && f.diff {
		return nil, errors.New("--fix writes and --diff only shows: one of them")
	}
	tier, err := source.ParseTier(f.tier)
	if err != nil {
		return nil, fmt.Errorf("--tier: %w", err)
	}
	l, err := beginAny(&f.flags, e, p)
	if err != nil {
		return nil, err
	}
	s := &sourceLint{lint: *l, flags: f, root: rootOf(e.Dir, args)}
	conventions, err := semconvlint.NewConventions(s.config.Target, s.config.Registries...)
	if err != nil {
		return nil, err
	}
	mangled := source.NewMangled(conventions)
	o := source.JudgeOptions{Severities: map[string]semconvlint.Severity{}, Least: tier, Mangled: mangled}
	for id, rule := range s.config.Rules {
		if rule.Severity != nil {
			o.Severities[id] = *rule.Severity
		}
	}
	readers := p.Readers(conventions, ReaderOptions{SyntaxOnly: f.syntaxOnly, Mangled: mangled})
	globs := slices.Concat(s.config.Exclude, f.exclude)
	for i := range globs {
		globs[i] = strings.TrimPrefix(globs[i], "./") // as a shell completes them
	}
	s.linter = &source.Linter{Judge: source.NewJudge(conventions, o), Readers: readers, Excluded: func(path string) bool {
		return slices.ContainsFunc(globs, func(glob string) bool {
			return config.Match(strings.TrimSuffix(glob, "/"), path) || config.Match(strings.TrimSuffix(glob, "/**"), path)
		})
	}}
	return s, nil
}

// rootOf is the folder that is meant: Go's ./... is the one without the dots.
func rootOf(dir string, args []string) string {
	root := "."
	if len(args) > 0 {
		root = filepath.Clean(strings.TrimSuffix(args[0], "..."))
	}
	if !filepath.IsAbs(root) {
		root = filepath.Join(dir, root)
	}
	return root
}

// shownRoot is the linted folder as it is called from the working directory.
func (s *sourceLint) shownRoot() string {
	root := s.rootFolder()
	if short, err := filepath.Rel(s.env.Dir, root); err == nil {
		return filepath.ToSlash(short)
	}
	return root
}

// sourceReport is what there is to say of a repository. Complete is whether all of it was read.
func (s *sourceLint) sourceReport(result *source.Result, fixed int, complete bool) (*report.Report, error) {
	r := &report.Report{Source: &report.SeenSource{
		Root: s.shownRoot(), Files: result.Files, Read: result.Read, Skipped: result.Skipped, Ignored: result.Ignored, Fixed: fixed,
	}, Uncounted: int64(result.Uncounted)}
	for _, n := range result.Notes {
		r.Source.Notes = append(r.Source.Notes, report.SourceNote{Path: n.Path, Line: n.Line, Reason: n.Reason, Message: n.Message})
	}
	for _, doc := range source.Docs() {
		if set := s.config.Rules[doc.ID].Severity; set == nil && doc.Severity != semconvlint.Off || set != nil && *set != semconvlint.Off {
			r.Docs = append(r.Docs, doc)
		}
	}
	in := config.Scope{Source: true}
	if s.linter.Only != nil {
		in.Paths = func(string) bool { return false } // of lines that did not change nothing is known
	}
	found := make([]semconvlint.Finding, len(result.Findings))
	places := make([]report.Source, len(result.Findings))
	for i := range result.Findings {
		found[i], places[i] = told(&result.Findings[i])
	}
	return r, s.decide(r, found, in, complete && in.Paths == nil, func(i int) *report.Source { return &places[i] })
}

// told is a finding as reports have it.
func told(f *source.Finding) (semconvlint.Finding, report.Source) {
	place := report.Source{
		Path: f.Path, Region: report.Region{Line: f.Line, Column: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn},
		Tier: f.Tier.String(), UnitChanged: f.UnitChanged, Language: f.Language, Text: f.Text,
	}
	for _, e := range f.Edits {
		place.Edits = append(place.Edits, report.Edit{Region: report.Region{Line: e.Line, Column: e.Column, EndLine: e.EndLine, EndColumn: e.EndColumn}, Text: e.Edit.Text})
	}
	return semconvlint.Finding{
		Rule: f.Rule, Severity: f.Severity, Signal: report.OnSource, Key: f.Key, Replacement: f.Replacement, Message: f.Message, Count: 1,
		// The line tells uses of one name apart, and stays the same where the file grows above it.
		Detail: f.Text, Path: f.Path,
	}, place
}
