package dashboards

import (
	"bytes"
	"regexp"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// read finds what a file names. What could not be read of it is the error; names may have been
// found all the same.
func read(names *source.Mangled, isJSON bool, content []byte) (f *file, line int, err error) {
	f = &file{names: names}
	if isJSON {
		root, err := yamltext.ParseJSON(content)
		if err == nil {
			f.walk(root, scope{owner: &owner{}}, 0)
			return f, 0, nil
		}
		if !bytes.Contains(content, []byte("{{")) {
			return f, 0, err
		}
	}
	documents := yamltext.Parse(content)
	if failed(documents) && bytes.Contains(content, []byte("{{")) {
		content = mask(content)
		documents = yamltext.Parse(content)
	}
	for _, d := range documents {
		if d.Err != nil {
			line, err = d.Line, d.Err
			continue
		}
		f.walk(d.Root, scope{owner: &owner{}}, 0)
	}
	if len(f.found) == 0 && err != nil {
		f.guess(content)
	}
	return f, line, err
}

func failed(documents []yamltext.Document) bool {
	for _, d := range documents {
		if d.Err != nil {
			return true
		}
	}
	return false
}

const oneLine = `\{\{(?:[^}"` + "`" + `\n]|"(?:[^"\\\n]|\\.)*"|` + "`[^`\n]*`" + `|\}[^}\n])*\}\}`

var (
	// action is one of a template, on one line but for a comment.
	action = regexp.MustCompile(`\{\{-?\s*/\*(?s:.*?)\*/\s*-?\}\}|` + oneLine)
	// verbatim is an action for another template, that of an alert.
	verbatim = regexp.MustCompile("^\\{\\{-?\\s*`([^`\n]*\\$labels[^`\n]*)`\\s*-?\\}\\}$")
	// alone is a line with nothing but actions.
	alone = regexp.MustCompile(`(?m)^[ \t]*((?:(?:` + oneLine + `)[ \t]*)+)\r?$`)
)

// mask replaces a template's actions by as many bytes that YAML takes: a line of them by a comment,
// another by what queries take for a variable.
func mask(content []byte) []byte {
	out := bytes.Clone(content)
	for _, at := range alone.FindAllSubmatchIndex(out, -1) {
		fill(out[at[2]:at[3]], '#')
	}
	for _, at := range action.FindAllIndex(out, -1) {
		text := out[at[0]:at[1]]
		if in := verbatim.FindSubmatchIndex(text); in != nil {
			fill(text[:in[2]], 'x')
			fill(text[in[3]:], 'x')
			continue
		}
		fill(text, '$')
	}
	return out
}

// fill writes a first byte and letters. Lines stay lines.
func fill(out []byte, first byte) {
	for i, c := range out {
		if c != '\n' && c != '\r' {
			out[i] = 'x'
		}
	}
	out[0] = first
}
