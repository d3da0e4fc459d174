package report

import (
	"fmt"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// PlainDoc is what there is to say of a rule, for a terminal.
func PlainDoc(doc *semconvlint.Doc) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s (%s): %s\n", doc.ID, doc.Severity, doc.Title)
	if doc.Why != "" {
		fmt.Fprintf(&out, "\n%s\n", doc.Why)
	}
	for _, x := range []struct{ title, text string }{{"Before", doc.Before}, {"After", doc.After}} {
		if x.text != "" {
			fmt.Fprintf(&out, "\n%s:\n\n    %s\n", x.title, strings.ReplaceAll(strings.TrimSpace(x.text), "\n", "\n    "))
		}
	}
	if len(doc.Options) > 0 {
		out.WriteString("\nOptions:\n\n")
		for _, o := range doc.Options {
			fmt.Fprintf(&out, "    %s (default %v): %s\n", o.Name, o.Default, o.Meaning)
		}
	}
	if facts := facts(doc); facts != "" {
		out.WriteString("\n" + facts + "\n")
	}
	if doc.Link != "" {
		fmt.Fprintf(&out, "\n%s\n", doc.Link)
	}
	return out.String()
}

// MarkdownDoc is the same for a page.
func MarkdownDoc(doc *semconvlint.Doc) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s. Severity: %s.\n", doc.Title, doc.Severity)
	if doc.Why != "" {
		fmt.Fprintf(&out, "\n%s\n", doc.Why)
	}
	for _, x := range []struct{ title, text string }{{"Before", doc.Before}, {"After", doc.After}} {
		if x.text != "" {
			fmt.Fprintf(&out, "\n%s:\n\n```yaml\n%s\n```\n", x.title, strings.TrimSpace(x.text))
		}
	}
	if len(doc.Options) > 0 {
		out.WriteString("\n| option | default | meaning |\n|---|---|---|\n")
		for _, o := range doc.Options {
			fmt.Fprintf(&out, "| `%s` | `%v` | %s |\n", o.Name, o.Default, cell(o.Meaning))
		}
	}
	if facts := facts(doc); facts != "" {
		out.WriteString("\n" + facts + "\n")
	}
	if doc.Link != "" {
		fmt.Fprintf(&out, "\n[Source](%s)\n", doc.Link)
	}
	return out.String()
}

func facts(doc *semconvlint.Doc) string {
	var facts []string
	if doc.Impact > 0 {
		facts = append(facts, fmt.Sprintf("It counts %d in the Instrumentation Score.", doc.Impact))
	}
	if doc.Needs != "" {
		facts = append(facts, "It needs "+doc.Needs+".")
	}
	return strings.Join(facts, " ")
}
