package report

import (
	"fmt"
	"io"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// maxAnnotations is what GitHub shows of a level and step; the rest it swallows without a word.
const maxAnnotations = 10

// writeGitHub writes workflow commands, of which GitHub makes annotations.
func writeGitHub(w io.Writer, r *Report) error {
	var out strings.Builder
	for _, level := range []struct {
		severity semconvlint.Severity
		command  string
	}{{semconvlint.Error, "error"}, {semconvlint.Warning, "warning"}, {semconvlint.Note, "notice"}} {
		var findings []Finding
		for _, f := range r.counting() {
			if f.Severity == level.severity {
				findings = append(findings, f)
			}
		}
		shown := findings
		if len(findings) > maxAnnotations {
			shown = findings[:maxAnnotations-1]
		}
		for i := range shown {
			file, line := r.place(&shown[i])
			at := fmt.Sprintf("line=%d", line)
			if s := shown[i].Source; s != nil {
				at += fmt.Sprintf(",endLine=%d,col=%d,endColumn=%d", s.EndLine, s.Column, s.EndColumn)
			}
			fmt.Fprintf(&out, "::%s file=%s,%s,title=%s::%s\n", level.command,
				property(Visible(file)), at, property(shown[i].Rule), escape(shown[i].sentence()))
		}
		if rest := len(findings) - len(shown); rest > 0 {
			fmt.Fprintf(&out, "::%s title=semconv-lint::and %d more of this level: see the step's summary\n", level.command, rest)
		}
	}
	_, err := io.WriteString(w, out.String()+strings.Join(r.summary(), "\n")+"\n")
	return err
}

var (
	escapes    = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escape(s string) string   { return escapes.Replace(s) }
func property(s string) string { return properties.Replace(s) }
