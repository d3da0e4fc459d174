package query

import (
	"regexp"
	"sort"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// variable is one of Grafana's: $name, ${name:format}, [[name:format]].
var variable = regexp.MustCompile(`^(?:\$\{[^{}"]{1,200}\}|\$[A-Za-z_][A-Za-z0-9_]*|\[\[[A-Za-z_][A-Za-z0-9_]*(?::[a-z]+)?\]\])`)

// filled is a query with its variables replaced by as many bytes of what may stand there, so that
// it parses, and where they were.
type filled struct {
	text      string
	variables []source.Range
}

// fill replaces the variables outside texts: in a range or an offset by a duration, as the first of
// several arguments by a number, among matchers by a matcher, else by a name.
func fill(q string) filled {
	if !strings.ContainsAny(q, "$[") {
		return filled{text: q}
	}
	f, out := filled{}, []byte(q)
	brackets, braces, last := 0, 0, byte(0) // last is the last byte that is no space
	for i := 0; i < len(q); {
		c := q[i]
		if c == '$' || c == '[' {
			if n := len(variable.FindString(q[i:])); n > 0 {
				f.variables = append(f.variables, source.Range{Start: i, End: i + n})
				copy(out[i:], filler(q, i, n, brackets > 0, braces > 0, last))
				i += n
				last = 'x'
				continue
			}
		}
		switch c {
		case '"', '\'', '`':
			_, next := quoted(q, i)
			i, last = next, c
			continue
		case '[':
			brackets++
		case ']':
			brackets = max(0, brackets-1)
		case '{':
			braces++
		case '}':
			braces = max(0, braces-1)
		}
		if c > ' ' {
			last = c
		}
		i++
	}
	f.text = string(out)
	return f
}

// near is how far from a variable is looked at what it may be.
const near = 40

// filler is what stands for the n bytes from i on.
func filler(q string, i, n int, inRange, inBraces bool, last byte) string {
	before, rest := q[max(0, i-near):i], strings.TrimLeft(q[i+n:min(len(q), i+n+near)], " \n\t\r")
	next := byte(0)
	if rest != "" {
		next = rest[0]
	}
	touches := i+n < len(q) && (letter(q[i+n]) && q[i+n] != ':' || digit(q[i+n]))
	switch {
	case inRange && touches: // ${seconds}s
		return strings.Repeat("0", n-1) + "1"
	case inRange, strings.HasSuffix(strings.TrimRight(before, " \n\t\r"), "offset"):
		return strings.Repeat("0", n-2) + "1s"
	case last == '(' && next == ',' && !listed.MatchString(before):
		return strings.Repeat("0", n-1) + "1"
	case (last == '{' || last == ',') && (next == '}' || next == ',') && n > 3 && inBraces:
		return strings.Repeat("x", n-3) + `=""`
	}
	return strings.Repeat("x", n)
}

// listed ends where a list of labels begins.
var listed = regexp.MustCompile(`(?i)\b(?:by|without|on|ignoring|group_left|group_right)\s*\(\s*$`)

// partly says whether bytes are, or touch, a variable: what name it is nobody knows.
func (f *filled) partly(r source.Range) bool {
	i := sort.Search(len(f.variables), func(i int) bool { return f.variables[i].End > r.Start })
	return i < len(f.variables) && f.variables[i].Start < r.End
}
