package report

import (
	"fmt"
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// textSource tells the findings of a file, each at its line.
func (r *Report) textSource(out *strings.Builder, findings []Finding) {
	for i := range findings {
		f := &findings[i]
		head, message := Visible(f.fix()), Visible(f.Message)
		if before, found := strings.CutSuffix(head, Visible(f.Replacement)); found {
			head = before + r.Style.paint(green, Visible(f.Replacement))
		}
		mark := ""
		if f.Source.Fixable() {
			mark = r.Style.paint(dim, "  (--fix)")
		}
		fmt.Fprintf(out, "  %-8s %s %s  %s%s\n", f.Source.at(), r.Style.paint(severityColors[f.Severity], fmt.Sprintf("%-8s", f.Severity)), head, r.Style.paint(dim, "["+f.Rule+"]"), mark)
		if f.Severity == semconvlint.Note && !r.fails(f.Severity) {
			continue // they are many, and fail nothing: a line is enough
		}
		r.wrap(out, message)
		if f.Source.Text != "" {
			out.WriteString(indent + r.Style.paint(dim, Visible(f.Source.Text)) + "\n")
		}
	}
	out.WriteString("\n")
}

// cameOfSource is what a repository comes to.
func (r *Report) cameOfSource() []string {
	s, t := r.Source, r.totals()
	if s.Read == 0 {
		return append([]string{fmt.Sprintf("nothing to read: none of %s is of a kind that is known, and may be read", plural(s.Files, "file"))}, unread(s.Skipped)...)
	}
	found := "nothing found"
	if t.errors+t.warnings+t.notes > 0 {
		found = strings.Join([]string{plural(t.errors, "error"), plural(t.warnings, "warning"), plural(t.notes, "note")}, ", ")
	}
	lines := []string{fmt.Sprintf("%s in %s", found, plural(s.Read, "file"))}
	if s.Fixed > 0 {
		lines = append(lines, fmt.Sprintf("%s written", plural(s.Fixed, "replacement")))
	}
	if n := r.fixable(); n > 0 {
		lines = append(lines, fmt.Sprintf("%s can be written by --fix", plural(n, "replacement")))
	}
	for _, x := range []struct {
		n    int
		what string
	}{{s.Ignored, "ignored by comments"}, {t.suppressed, "suppressed by the configuration"}, {t.baselined, "accepted by the baseline"}} {
		if x.n > 0 {
			lines = append(lines, number(x.n)+" "+x.what)
		}
	}
	if r.Uncounted > 0 {
		lines = append(lines, fmt.Sprintf("%s more than are kept", plural(r.Uncounted, "finding")))
	}
	return append(lines, unread(s.Skipped)...)
}

func (r *Report) fixable() int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Counts() && f.Source != nil && f.Source.Fixable() {
			n++
		}
	}
	return n
}

// unread says what was not read.
func unread(skipped map[string]int) []string {
	var reasons []string
	for reason, n := range skipped {
		reasons = append(reasons, fmt.Sprintf("%s %s", number(n), reason))
	}
	slices.Sort(reasons)
	if len(reasons) == 0 {
		return nil
	}
	return []string{"not read, or in part: " + strings.Join(reasons, ", ")}
}
