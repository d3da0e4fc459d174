package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

// indent is where what belongs to a finding begins: after its severity.
const indent = "           "

// minWidth is what text is given even on a narrower terminal: below, each line would be a word.
const minWidth = 40

func writeText(w io.Writer, r *Report) error {
	var out strings.Builder
	for _, g := range r.groups(r.counting()) {
		out.WriteString(r.Style.paint(bold, Visible(g.name)))
		if g.score != nil {
			out.WriteString(r.Style.paint(dim, " · "+g.score.text()))
		}
		out.WriteString("\n")
		if r.Source != nil && !g.config {
			r.textSource(&out, g.findings)
			continue
		}
		for _, same := range causes(g.findings) {
			if r.brief(&same[0]) {
				continue
			}
			r.textFindings(&out, same)
		}
		r.textNotes(&out, g.findings)
		out.WriteString("\n")
	}
	for _, line := range r.summary() {
		out.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// causes puts together what differs in its scope or signal alone: it is told once.
func causes(findings []Finding) [][]Finding {
	type cause struct{ rule, fix, message string }
	at := map[cause]int{}
	var all [][]Finding
	for _, f := range findings {
		c := cause{f.Rule, f.fix(), f.Message}
		i, known := at[c]
		if !known {
			i = len(all)
			at[c], all = i, append(all, nil)
		}
		all[i] = append(all[i], f)
	}
	return all
}

// maxScopes are told of one cause.
const maxScopes = 5

func (r *Report) textFindings(out *strings.Builder, same []Finding) {
	f := &same[0]
	head, message := Visible(f.fix()), Visible(f.Message)
	if head == "" {
		head, message = message, ""
	}
	if before, found := strings.CutSuffix(head, Visible(f.Replacement)); found {
		head = before + r.Style.paint(green, Visible(f.Replacement))
	}
	severity := fmt.Sprintf("%-9s", f.Severity)
	fmt.Fprintf(out, "  %s%s  %s\n", r.Style.paint(severityColors[f.Severity], severity), head, r.Style.paint(dim, "["+f.Rule+"]"))
	r.wrap(out, message)
	if f.Signal == config.OnConfiguration {
		r.wrap(out, Visible(f.Example.Source))
		return
	}
	for i := range same[:min(len(same), maxScopes)] {
		whose := fmt.Sprintf("%s × %s", number(same[i].Count), same[i].Signal)
		if same[i].Scope != "" {
			whose += " of " + Visible(same[i].Scope)
		}
		r.wrap(out, whose)
	}
	if more := len(same) - maxScopes; more > 0 {
		r.wrap(out, fmt.Sprintf("and in %d more places", more))
	}
	if e := f.example(); e != "" {
		r.wrap(out, "e.g. "+e)
	}
}

// brief is whether a finding is told with others in a line: notes are many, and where they fail
// nothing they must not hide what does. Other formats have them all.
func (r *Report) brief(f *Finding) bool {
	return f.Severity == semconvlint.Note && !r.fails(f.Severity) && f.Signal != config.OnConfiguration
}

// maxKeys are told of one rule's notes.
const maxKeys = 8

// textNotes tells a line a rule.
func (r *Report) textNotes(out *strings.Builder, findings []Finding) {
	keys := map[string][]string{}
	var rules []string
	for i := range findings {
		f := &findings[i]
		if !r.brief(f) {
			continue
		}
		if keys[f.Rule] == nil {
			rules = append(rules, f.Rule)
		}
		if fix := Visible(cmp.Or(f.fix(), f.Message)); !slices.Contains(keys[f.Rule], fix) {
			keys[f.Rule] = append(keys[f.Rule], fix)
		}
	}
	for _, rule := range rules {
		all := keys[rule]
		shown := all[:min(len(all), maxKeys)]
		text := strings.Join(shown, ", ")
		if more := len(all) - len(shown); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		fmt.Fprintf(out, "  %s%s\n", r.Style.paint(severityColors[semconvlint.Note], fmt.Sprintf("%-9s", "note")), r.Style.paint(dim, "["+rule+"]"))
		r.wrap(out, text)
	}
}

// wrap writes a paragraph between the indent and the width.
func (r *Report) wrap(out *strings.Builder, text string) {
	width := 0
	if r.Style.Width > 0 {
		width = max(r.Style.Width, minWidth) - len(indent)
	}
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			out.WriteString(indent + line + "\n")
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line != "" {
		out.WriteString(indent + line + "\n")
	}
}

// example is where it was seen first.
func (f *Finding) example() string {
	var parts []string
	if f.Example.Name != "" {
		parts = append(parts, printable(f.Example.Name))
	}
	if f.Example.Value != "" {
		parts = append(parts, "value "+printable(f.Example.Value))
	}
	if f.Example.TraceID != "" {
		id := "trace " + f.Example.TraceID
		if f.Example.SpanID != "" {
			id += " span " + f.Example.SpanID
		}
		parts = append(parts, id)
	}
	if f.Example.Source != "" {
		parts = append(parts, Visible(f.Example.Source))
	}
	return strings.Join(parts, ", ")
}

// maxValue is how much of a name or value of a stranger's is shown.
const maxValue = 80

// printable is a text of a stranger's: quoted, visible and short.
func printable(s string) string {
	if utf8.RuneCountInString(s) > maxValue {
		s = string([]rune(s)[:maxValue]) + "…"
	}
	return Visible(fmt.Sprintf("%q", s))
}

func (s *Score) text() string {
	text := fmt.Sprintf("score %.2f", s.Value)
	if s.Category != "" {
		text += ", " + s.Category
	}
	if len(s.Missing) > 0 {
		text += " (incomplete)"
	}
	return text
}
