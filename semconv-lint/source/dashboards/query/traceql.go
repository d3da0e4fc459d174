package query

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// scopes are TraceQL's, by what carries their attributes. An attribute without one is a span's or
// a resource's.
var scopes = []struct {
	prefix string
	place  translate.Place
}{
	{"span.", source.AnySpan}, {"resource.", translate.Resource}, {"event.", translate.Event}, {"link.", translate.Link},
	{"instrumentation.", translate.Scope}, {"parent.", 0}, {".", 0},
}

// TraceQL reads a query of Tempo: the attributes that it names.
func TraceQL(q string) Query {
	var found Query
	if len(q) > maxBytes {
		return found
	}
	for i := 0; i < len(q); {
		switch c := q[i]; {
		case c == '"', c == '`':
			_, i = quoted(q, i)
		case c == '/' && strings.HasPrefix(q[i:], "//"):
			if n := strings.IndexByte(q[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(q)
			}
		case letter(c) || c == '.':
			i = found.attribute(q, i)
		case digit(c):
			for i < len(q) && (digit(q[i]) || letter(q[i]) || q[i] == '.') {
				i++
			}
		default:
			i++
		}
	}
	return found
}

// attribute reads what begins with a letter or a dot, and gives where it ends.
func (q *Query) attribute(text string, from int) int {
	end := from
	for end < len(text) && attributeByte(text[end]) {
		end++
	}
	at, place := from, translate.Place(0)
	for again := true; again; {
		again = false
		for _, s := range scopes {
			if strings.HasPrefix(text[at:end], s.prefix) {
				at, place = at+len(s.prefix), s.place
				again = s.prefix == "parent."
				break
			}
		}
	}
	switch {
	case at == from || strings.ContainsAny(text[max(0, from-1):from], "$})]"): // an intrinsic, a keyword, behind a variable
		return max(end, from+1)
	case at == end && end < len(text) && text[end] == '"': // span."name"
		t, next := quoted(text, end)
		if !t.escaped {
			q.traced(text, &t, place, next)
		}
		return next
	case at == end || strings.ContainsAny(text[end:min(len(text), end+1)], "$"):
		return max(end, from+1)
	}
	q.traced(text, &token{kind: word, start: at, end: end, text: text[at:end]}, place, end)
	return end
}

// traced adds an attribute, with the text that it is compared with behind it.
func (q *Query) traced(text string, t *token, place translate.Place, end int) {
	n := q.add(source.Attribute, t)
	n.Place = place
	rest := strings.TrimLeft(text[end:], " ")
	if value, ok := strings.CutPrefix(rest, "="); ok && !strings.HasPrefix(value, "~") {
		value = strings.TrimLeft(value, " ")
		if strings.HasPrefix(value, `"`) {
			if v, _ := quoted(text, len(text)-len(value)); !v.escaped && !strings.Contains(v.text, "$") {
				n.Value = &source.Text{At: source.Range{Start: v.start, End: v.end}, Text: v.text}
			}
		}
	}
}

// attributeByte may stand in an attribute's name.
func attributeByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || digit(c) || c == '_' || c == '.' || c == '-' || c == '/'
}
