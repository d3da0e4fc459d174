package report

import (
	"cmp"
	"fmt"
	"io"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// OnSource is the signal of findings in a repository's files.
const OnSource semconvlint.Signal = "source"

// Source is where a finding in a file stands.
type Source struct {
	// Path is relative to the linted folder.
	Path string
	Region
	Tier, Language string
	// Text is the line.
	Text string
	// UnitChanged is whether values are in another unit under the new name.
	UnitChanged bool
	// Edits write the replacement; none where that is not safe.
	Edits []Edit
}

// Region is a part of a file: lines and columns from 1, columns in characters, the end is the one
// after the last.
type Region struct{ Line, Column, EndLine, EndColumn int }

// Edit is what is written in place of a region.
type Edit struct {
	Region
	Text string
}

// Fixable is whether the replacement can be written without looking.
func (s *Source) Fixable() bool { return len(s.Edits) > 0 }

// at is the line and the column where it begins.
func (s *Source) at() string { return fmt.Sprintf("%d:%d", s.Line, s.Column) }

// written is whether `semconv-lint source --fix` writes the replacement: what is less sure has to be
// asked for.
func (s *Source) written() bool { return s.Fixable() && s.Tier < "C" }

// SeenSource is how much of a repository was looked at.
type SeenSource struct {
	// Root is the folder, from the working directory.
	Root string
	// Files are those that there are, Read those that a reader knows.
	Files, Read int
	// Skipped are files that were not read, or in part, by reason.
	Skipped map[string]int
	// Ignored are findings that comments ignore.
	Ignored int
	// Fixed are findings that were written.
	Fixed int
	// Notes say which files and why.
	Notes []SourceNote
}

// SourceNote is a file that was not read, or in part.
type SourceNote struct {
	Path    string `json:"path"`
	Line    int    `json:"line,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// sourceDocument is the JSON form for a repository. It is stable: keys are added, none is changed.
type sourceDocument struct {
	Findings []sourceFinding `json:"findings"`
	Summary  sourceSummary   `json:"summary"`
}

type sourceFinding struct {
	Rule        string               `json:"rule"`
	Severity    semconvlint.Severity `json:"severity"`
	Tier        string               `json:"tier"`
	Path        string               `json:"path"`
	Line        int                  `json:"line"`
	Column      int                  `json:"column"`
	EndLine     int                  `json:"end_line"`
	EndColumn   int                  `json:"end_column"`
	Language    string               `json:"language"`
	Key         string               `json:"key"`
	Replacement string               `json:"replacement"`
	Message     string               `json:"message"`
	Fixable     bool                 `json:"fixable"`
}

type sourceSummary struct {
	Failed     bool           `json:"failed"`
	ExitCode   int            `json:"exit_code"`
	Errors     int            `json:"errors"`
	Warnings   int            `json:"warnings"`
	Notes      int            `json:"notes"`
	Fixable    int            `json:"fixable"`
	Fixed      int            `json:"fixed"`
	Suppressed int            `json:"suppressed"`
	Baselined  int            `json:"baselined"`
	Ignored    int            `json:"ignored"`
	Uncounted  int64          `json:"uncounted"`
	Files      int            `json:"files"`
	Read       int            `json:"read"`
	Skipped    map[string]int `json:"skipped"`
	Unread     []SourceNote   `json:"unread"`
}

func writeSourceJSON(w io.Writer, r *Report) error {
	t, s := r.totals(), r.Source
	d := sourceDocument{Findings: []sourceFinding{}, Summary: sourceSummary{
		Failed: r.ExitCode != 0, ExitCode: r.ExitCode, Errors: t.errors, Warnings: t.warnings, Notes: t.notes,
		Suppressed: t.suppressed, Baselined: t.baselined, Ignored: s.Ignored, Fixed: s.Fixed, Uncounted: r.Uncounted,
		Files: s.Files, Read: s.Read, Skipped: s.Skipped, Unread: append([]SourceNote{}, s.Notes...),
	}}
	if d.Summary.Skipped == nil {
		d.Summary.Skipped = map[string]int{}
	}
	for _, f := range r.counting() {
		if f.Source == nil { // of the configuration
			file, line := r.place(&f)
			f.Source = &Source{Path: file, Region: Region{line, 1, line, 1}, Language: "configuration"}
		}
		if f.Source.Fixable() {
			d.Summary.Fixable++
		}
		d.Findings = append(d.Findings, sourceFindingOf(&f))
	}
	return encode(w, d)
}

func sourceFindingOf(f *Finding) sourceFinding {
	s := f.Source
	return sourceFinding{
		Rule: f.Rule, Severity: f.Severity, Tier: s.Tier, Path: s.Path, Line: s.Line, Column: s.Column, EndLine: s.EndLine, EndColumn: s.EndColumn,
		Language: s.Language, Key: f.Key, Replacement: f.Replacement, Message: f.Message, Fixable: s.Fixable(),
	}
}

// compareSources orders findings in files by place.
func compareSources(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(a.Source.Path, b.Source.Path), cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Source.Column, b.Source.Column),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Message, b.Message),
	)
}
