package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/config"
)

// maxMarkdown is what GitHub takes of a step's summary, a MiB, with room for what else the step says:
// of more it takes nothing.
const maxMarkdown = 900_000

// writeMarkdown is for pull requests' comments and GitHub's step summary.
func writeMarkdown(w io.Writer, r *Report) error {
	var out strings.Builder
	out.WriteString("## semconv-lint\n\n")
	out.WriteString(strings.Join(r.summary(), "  \n") + "\n")
	for _, g := range r.groups(r.counting()) {
		fmt.Fprintf(&out, "\n### %s\n\n", cell(g.name))
		if g.score != nil {
			out.WriteString(g.score.text() + "\n\n")
		}
		out.WriteString("| | fix | rule | what | count | scope | example |\n|---|---|---|---|---:|---|---|\n")
		for i := range g.findings {
			if out.Len() > maxMarkdown {
				fmt.Fprintf(&out, "\nThis is cut here: the other formats have everything.\n")
				_, err := io.WriteString(w, out.String())
				return err
			}
			f := &g.findings[i]
			example, count := f.example(), number(f.Count)+" × "+string(f.Signal)
			if f.Source != nil {
				example, count = f.Source.at(), ""
			}
			if f.Signal == config.OnConfiguration {
				example, count = f.Example.Source, ""
			}
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s |\n",
				f.Severity, code(f.fix()), code(f.Rule), cell(f.Message), count, code(f.Scope), cell(example))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

var cells = strings.NewReplacer(`\`, `\\`, "|", `\|`, "&", "&amp;", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "~", `\~`, "@", "&#64;")

// cell is a text of a stranger's in a table: it stays text, and calls nobody.
func cell(s string) string { return cells.Replace(Visible(s)) }

// pipes are what would end a cell. A backslash before one is written as Visible would: the table takes
// two for one that is escaped, and ends the cell.
var pipes = strings.NewReplacer(`\|`, `\x5c\|`, "|", `\|`)

// code is a text of a stranger's in a table as code, within more backticks than it has in a row.
func code(s string) string {
	if s == "" {
		return ""
	}
	s = pipes.Replace(Visible(s))
	most, row := 0, 0
	for i := range len(s) {
		if row++; s[i] != '`' {
			row = 0
		}
		most = max(most, row)
	}
	if most == 0 {
		return "`" + s + "`"
	}
	fence := strings.Repeat("`", most+1)
	return fence + " " + s + " " + fence
}
