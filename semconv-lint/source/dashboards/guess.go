package dashboards

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// entry is a line of YAML that has an expression.
var entry = regexp.MustCompile(`(?m)^([ \t]*(?:- )?)["']?expr["']?[ \t]*:[ \t]*([^\r\n]*)`)

// guess reads the expressions of a file that is no YAML, not even with its templates masked, by
// its lines.
func (f *file) guess(content []byte) {
	f.guessed = true
	for _, at := range entry.FindAllSubmatchIndex(content, -1) {
		from, to := at[4], at[5]
		if value := content[from:to]; len(value) > 0 && (value[0] == '|' || value[0] == '>') {
			from, to = block(content, to, at[3]-at[2])
		}
		text := string(content[from:to])
		if strings.HasPrefix(text, `"`) && strings.Contains(text, `\"`) {
			continue // its escapes are unknown
		}
		if quote := text[:min(1, len(text))]; quote == `"` || quote == "'" {
			text, from = strings.TrimSuffix(text[1:], quote), from+1
		}
		f.expression(yamltext.Literal(text, from), scope{owner: &owner{}})
	}
}

// block is the lines behind one that are indented further.
func block(content []byte, at, indent int) (from, to int) {
	if n := bytes.IndexByte(content[at:], '\n'); n >= 0 {
		at += n + 1
	} else {
		return at, at
	}
	from, to = at, at
	for line := range bytes.Lines(content[at:]) {
		trimmed := bytes.TrimLeft(line, " ")
		if len(line)-len(trimmed) <= indent && len(bytes.TrimSpace(line)) > 0 {
			break
		}
		to += len(line)
	}
	return from, to
}
