package report

import (
	"fmt"
	"io"
	"strings"
)

// Migration is what a newer version of the conventions touches in a repository, in the order to
// do it.
type Migration struct {
	// From and To are versions such as 1.20.0, Root is the folder, from the working directory.
	From, To, Root string
	// OptIn are the words by which instrumentations write old and new names both.
	OptIn []string
	// Steps are the places of each, by path.
	Steps [Steps][]Finding
	// Skipped are files that were not read, or in part, by reason.
	Skipped map[string]int
}

// MigrationStep is a part of the way.
type MigrationStep int

// The steps, in their order. What is read is changed before what is written: while both names are
// written, a reader of the new ones misses nothing.
const (
	Readers MigrationStep = iota
	Packages
	Writers
	ByHand
	Steps
)

var steps = [Steps]struct{ name, title, why string }{
	Readers:  {"readers", "What reads: dashboards, alerts, collector configurations, queries, tests", "They find the new names as soon as these are written."},
	Packages: {"packages", "Packages of constants", "The constants of today come with them."},
	Writers:  {"writers", "What writes: code, resource attributes", "Nothing reads the old names any more."},
	ByHand:   {"by_hand", "By hand: other units, names without a successor", "Numbers that they are compared with, or divided by, change as well."},
}

// total is how many places there are.
func (m *Migration) total() (places, fixable int) {
	for _, s := range m.Steps {
		places += len(s)
		for i := range s {
			if s[i].Source.written() {
				fixable++
			}
		}
	}
	return places, fixable
}

// before is what to do first, empty where nothing writes by instrumentations' own names.
func (m *Migration) before() string {
	if len(m.OptIn) == 0 {
		return ""
	}
	return "OTEL_SEMCONV_STABILITY_OPT_IN=" + strings.Join(m.OptIn, "/dup,") + "/dup"
}

// after is what to do last.
func (m *Migration) after() string {
	if len(m.OptIn) == 0 {
		return ""
	}
	return "OTEL_SEMCONV_STABILITY_OPT_IN=" + strings.Join(m.OptIn, ",")
}

func (m *Migration) summary() string {
	places, fixable := m.total()
	return fmt.Sprintf("%s from %s to %s, %s of them by semconv-lint source --fix", plural(places, "place"), m.From, m.To, number(fixable))
}

// WriteMigrationText is for a terminal.
func WriteMigrationText(w io.Writer, m *Migration) error {
	var out strings.Builder
	out.WriteString(m.summary() + "\n")
	if before := m.before(); before != "" {
		fmt.Fprintf(&out, "\n1. Write both: %s, or Koine's semconv processor\n", before)
	}
	m.each(func(n int, title, why string, files [][]Finding) {
		fmt.Fprintf(&out, "\n%d. %s\n   %s\n", n, title, why)
		for _, findings := range files {
			fmt.Fprintf(&out, "   %s\n", Visible(findings[0].Source.Path))
			for i := range findings {
				f := &findings[i]
				fmt.Fprintf(&out, "     %d:%d  %s%s\n", f.Source.Line, f.Source.Column, Visible(f.change()), map[bool]string{true: "  (--fix)"}[f.Source.written()])
			}
		}
	})
	if after := m.after(); after != "" {
		fmt.Fprintf(&out, "\nLast, write the new alone: %s\n", after)
	}
	for _, line := range unread(m.Skipped) {
		out.WriteString("\n" + line + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// WriteMigrationMarkdown is for an issue: a list to tick off.
func WriteMigrationMarkdown(w io.Writer, m *Migration) error {
	var out strings.Builder
	fmt.Fprintf(&out, "## Semantic conventions %s to %s\n\n%s.\n", m.From, m.To, m.summary())
	if before := m.before(); before != "" {
		fmt.Fprintf(&out, "\n### 1. Write both\n\n- [ ] %s, or Koine's `semconv` processor\n", code(before))
	}
	m.each(func(n int, title, why string, files [][]Finding) {
		fmt.Fprintf(&out, "\n### %d. %s\n\n%s\n\n", n, title, why)
		for _, findings := range files {
			for i := range findings {
				f := &findings[i]
				fmt.Fprintf(&out, "- [ ] %s: %s\n", code(fmt.Sprintf("%s:%d", f.Source.Path, f.Source.Line)), cell(f.change()))
			}
		}
	})
	if after := m.after(); after != "" {
		fmt.Fprintf(&out, "\n### Last: write the new alone\n\n- [ ] %s\n", code(after))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// WriteMigrationJSON is for programs.
func WriteMigrationJSON(w io.Writer, m *Migration) error {
	type step struct {
		Step     string          `json:"step"`
		Title    string          `json:"title"`
		Findings []sourceFinding `json:"findings"`
	}
	places, fixable := m.total()
	d := struct {
		From    string `json:"from"`
		To      string `json:"to"`
		Before  string `json:"before"`
		After   string `json:"after"`
		Steps   []step `json:"steps"`
		Summary struct {
			Places  int            `json:"places"`
			Fixable int            `json:"fixable"`
			Skipped map[string]int `json:"skipped"`
		} `json:"summary"`
	}{From: m.From, To: m.To, Before: m.before(), After: m.after()}
	d.Summary.Places, d.Summary.Fixable, d.Summary.Skipped = places, fixable, m.Skipped
	for i := range m.Steps {
		s := step{steps[i].name, steps[i].title, []sourceFinding{}}
		for k := range m.Steps[i] {
			s.Findings = append(s.Findings, sourceFindingOf(&m.Steps[i][k]))
		}
		d.Steps = append(d.Steps, s)
	}
	return encode(w, d)
}

// each calls write for the steps with anything to do, with their findings by file.
func (m *Migration) each(write func(n int, title, why string, files [][]Finding)) {
	n := 1
	if m.before() != "" {
		n = 2
	}
	for i, s := range m.Steps {
		if len(s) == 0 {
			continue
		}
		var files [][]Finding
		for k := range s {
			if k == 0 || s[k].Source.Path != s[k-1].Source.Path {
				files = append(files, nil)
			}
			last := len(files) - 1
			files[last] = append(files[last], s[k])
		}
		write(n, steps[i].title, steps[i].why, files)
		n++
	}
}

// change is what to write, or why nothing is.
func (f *Finding) change() string {
	if f.Replacement == "" || f.Source.UnitChanged {
		return f.Message
	}
	return f.fix()
}
