// Package report says what was found: to people, and in the formats of the tools that they use.
//
// A format is a file of this package. All are deterministic: the same findings give the same bytes.
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

// Report is what there is to say of a run.
type Report struct {
	// Findings are all, those that do not count too, the worst first. See Sort.
	Findings []Finding
	// Scores are the services' Instrumentation Scores, by service.
	Scores []Score
	// Seen is how much was looked at, Source of a repository, nil for telemetry.
	Seen   Seen
	Source *SeenSource
	// Uncounted are occurrences that are in findings, but of causes that are not told apart.
	Uncounted int64
	// Damaged is how much of the input could not be read.
	Damaged int64
	// Interrupted is whether somebody ended the run before all was read.
	Interrupted bool
	// ExitCode is what the run ends with.
	ExitCode int
	// Docs are those of the rules that were asked.
	Docs []*semconvlint.Doc
	// FailOn is the least severity that fails the run; Off: none does.
	FailOn semconvlint.Severity
	// HasBaseline is whether there is one.
	HasBaseline bool
	// Config is the configuration file: where findings stand that no file is known of.
	Config string
	// Dir is the working directory, to which places are relative.
	Dir string
	// IsFile says whether a source is a file, and not where something was received.
	IsFile func(path string) bool
	// Version is the linter's.
	Version string
	// Style is for people's eyes.
	Style Style
}

// Finding is one with what makes it count or not.
type Finding struct {
	semconvlint.Finding
	// Suppressed is the suppression that covers it, nil for none.
	Suppressed *config.Suppression
	// Baselined is whether the baseline accepts it.
	Baselined bool
	// Source is where it stands in a repository, nil for telemetry.
	Source *Source
}

// Score is a service's.
type Score struct {
	Service string
	// Value is from 0 to 100.
	Value float64
	// Category is the specification's word for it.
	Category string
	// Missing are the score's rules that the run could not decide: the score is incomplete.
	Missing []string
}

// Seen is how much was looked at.
type Seen struct {
	Services            []string
	Spans, Points, Logs int64
	Metrics             int64 // with points or without
	// PartialTraces were judged before they were whole, for want of room.
	PartialTraces int64
	// LateSpans came when their traces had been judged, without them.
	LateSpans int64
}

// Empty is whether nothing was.
func (s *Seen) Empty() bool { return s.Spans+s.Metrics+s.Logs == 0 }

var formats = map[string]func(io.Writer, *Report) error{
	"text": writeText, "json": writeJSON, "sarif": writeSARIF, "github": writeGitHub,
	"gitlab": writeGitLab, "junit": writeJUnit, "markdown": writeMarkdown,
}

// Formats are the names that Write knows.
func Formats() []string {
	return []string{"text", "json", "sarif", "github", "gitlab", "junit", "markdown"}
}

// Write writes a report in a format.
func Write(w io.Writer, format string, r *Report) error {
	write, known := formats[format]
	if !known {
		return fmt.Errorf("format %q: there are %s", format, strings.Join(Formats(), ", "))
	}
	if err := write(w, r); err != nil {
		return fmt.Errorf("format %s: %w", format, err)
	}
	return nil
}

// Empty is whether there was nothing to look at.
func (r *Report) Empty() bool {
	if r.Source != nil {
		return r.Source.Read == 0
	}
	return r.Seen.Empty()
}

// Counts is whether a finding is neither suppressed nor accepted.
func (f *Finding) Counts() bool { return f.Suppressed == nil && !f.Baselined }

// Sort puts findings in order: the worst first, of these by service, rule and key.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		if a.Source != nil && b.Source != nil {
			return compareSources(&a, &b)
		}
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Signal, b.Signal), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Detail, b.Detail),
		)
	})
	slices.SortFunc(r.Scores, func(a, b Score) int { return cmp.Compare(a.Service, b.Service) })
}

// Failed is whether a finding that counts is as bad as FailOn.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Counts() && r.fails(f.Severity) })
}

func (r *Report) fails(s semconvlint.Severity) bool {
	return r.FailOn != semconvlint.Off && s >= r.FailOn
}

// counting are the findings that count.
func (r *Report) counting() []Finding {
	var all []Finding
	for _, f := range r.Findings {
		if f.Counts() {
			all = append(all, f)
		}
	}
	return all
}

// totals are how many findings of each severity count, and how many do not.
type totals struct{ errors, warnings, notes, suppressed, baselined int }

func (r *Report) totals() (t totals) {
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Suppressed != nil:
			t.suppressed++
		case f.Baselined:
			t.baselined++
		case f.Severity == semconvlint.Error:
			t.errors++
		case f.Severity == semconvlint.Warning:
			t.warnings++
		default:
			t.notes++
		}
	}
	return t
}
