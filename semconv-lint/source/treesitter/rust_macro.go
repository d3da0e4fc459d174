//go:build cgo

package treesitter

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// rustMacro finds what the macros of the crate tracing are given: a span's name, fields, of which
// the names need no quotes. Others make such macros of their own: root_span!.
func (r *reading) rustMacro(id string, tokens node) {
	if tokens == none {
		return
	}
	m := macro{reading: r, tokens: tokens, a: r.as(tokens, source.A, id+"!", 0)}
	switch id {
	case "span", "trace_span", "debug_span", "info_span", "warn_span", "error_span":
		m.span = true
	case "event", "trace", "debug", "info", "warn", "error":
		m.a.place = translate.Event
	default:
		if m.own = strings.HasSuffix(id, "span"); !m.own {
			return
		}
	}
	m.fields(r.start(tokens)+1, r.end(tokens)-1, 0)
}

// rustInstrument finds the same in #[instrument(name = "…", fields(…))].
func (r *reading) rustInstrument(n node) {
	attribute := r.childOf(n, "attribute")
	tokens := r.childOf(attribute, "token_tree")
	if tokens == none || last(r.text(r.find(attribute, part{at: 0}))) != "instrument" || !r.telemetry {
		return
	}
	m := macro{reading: r, tokens: tokens, span: true, attribute: true, a: r.as(n, source.A, "#[instrument]", 0)}
	for at, end := range m.segments(r.start(tokens)+1, r.end(tokens)-1) {
		segment := string(r.src[at:end])
		switch key, value, ok := strings.Cut(segment, "="); {
		case strings.HasPrefix(segment, "fields") && strings.HasSuffix(segment, ")"):
			m.fields(at+strings.IndexByte(segment, '(')+1, end-1, 0)
		case ok && strings.TrimSpace(key) == "name":
			m.name(end-len(strings.TrimLeft(value, " \t\n")), m.a)
		}
	}
}

// macro is one that is read.
type macro struct {
	*reading
	tokens node
	a      as
	// span is one that makes a span, own one that others have made for that, attribute one above
	// a function.
	span, own, attribute bool
}

// field is a field with an optional sigil and value.
var field = regexp.MustCompile(`^([%?]?)\s*([A-Za-z_][A-Za-z0-9_]*(?:\.(?:r#)?[A-Za-z_][A-Za-z0-9_]*)*)\s*(?:=\s*([^=][\s\S]*))?$`)

// option is what is no field.
var option = regexp.MustCompile(`^(?:target|parent|name|level)\s*:[^:]`)

// special are the fields with which the crate tracing-opentelemetry is told of the span.
var special = map[string]bool{
	"otel.name": true, "otel.kind": true, "otel.status_code": true, "otel.status_message": true, "otel.status_description": true,
}

// fields makes uses of the fields between two places.
func (m *macro) fields(from, to, depth int) {
	named := false
	for at, end := range m.segments(from, to) {
		segment := string(m.src[at:end])
		switch {
		case option.MatchString(segment):
		case segment[0] == '{' && depth == 0:
			m.fields(at+1, end-1, depth+1)
		case segment[0] == '"' || segment[0] == 'r' && m.literalAt(at) != none:
			text := m.literalAt(at)
			if text == none || m.end(text) > end {
				return
			}
			rest := strings.TrimLeft(string(m.src[m.end(text):end]), " \t\n")
			if strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") {
				m.quoted(text, strings.TrimSpace(rest[1:]), end)
				continue
			}
			switch {
			case m.own:
			case !m.span || m.attribute:
				return // the message, and what is put in it
			case !named:
				m.name(at, m.a)
				named = true
			}
		default:
			if parts := field.FindStringSubmatch(segment); parts != nil {
				m.field(at+strings.Index(segment, parts[2]), parts[1], parts[2], parts[3], end)
			}
		}
	}
}

// name makes a use of a span's name, if it is a literal.
func (m *macro) name(at int, a as) {
	if text := m.literalAt(at); text != none && m.telemetry {
		a.role = source.SpanName
		m.use(text, a)
	}
}

// quoted is a field whose name has quotes.
func (m *macro) quoted(key node, value string, end int) {
	if special[m.literal(key).text] {
		m.special(m.literal(key).text, value, end)
		return
	}
	if !m.telemetry && !m.names.interesting(m.literal(key).text) {
		return
	}
	a := m.a
	m.valued(&a, value, end)
	m.use(key, a)
}

// special marks the texts of what is no attribute, and takes a span's name.
func (m *macro) special(key, value string, end int) {
	if key != "otel.name" {
		return
	}
	m.name(end-len(value), m.a)
	if parts := formatting.FindString(value); parts != "" && strings.HasSuffix(value, ")") {
		m.formatted(end-len(value), end-len(value)+len(parts), end)
	}
}

// formatting begins a text that is put together; rustMasked has written a space for the mark.
var formatting = regexp.MustCompile(`^[%?]?\s*format[!\s]\s*\(\s*`)

// formatted makes a use of a span's name that is put together of a format and what is behind it.
func (m *macro) formatted(start, from, end int) {
	format, args := none, []string(nil)
	for at, to := range m.segments(from, end-1) {
		if format == none {
			if format = m.literalAt(at); format == none {
				return
			}
			continue
		}
		args = append(args, string(m.src[at:to]))
	}
	if format == none || !m.telemetry {
		return
	}
	few, next := true, 0
	key := braces.ReplaceAllStringFunc(m.literal(format).text, func(hole string) string {
		part, _, _ := strings.Cut(strings.Trim(hole, "{}"), ":")
		if part == "" && next < len(args) {
			part = args[next]
			next++
		}
		few = few && fewWord(strings.TrimRight(strings.TrimSuffix(part, ".as_str()"), "() "))
		return "{" + part + "}"
	})
	a := m.a
	a.role = source.SpanName
	u := m.made(a)
	u.At, u.Key, u.Varies, u.Bounded = source.Range{Start: start, End: end}, key, next > 0 || key != m.literal(format).text || !few, few
	m.done[format] = true
	m.add(u)
}

// field is one whose name has none.
func (m *macro) field(at int, sigil, key, value string, end int) {
	if special[key] {
		m.special(key, value, end)
		return
	}
	if dots := strings.Contains(key, "."); !m.span && (value == "" || !dots) || !m.telemetry && !(dots && m.names.interesting(key)) {
		return // any value of a log, or of another macro
	}
	a := m.a
	m.valued(&a, value, end)
	u := m.made(a)
	if u.Type == registry.Any && sigil != "" {
		u.Type = registry.String
	}
	u.At, u.Key = source.Range{Start: at, End: at + len(key)}, key
	u.Rewrite = m.renamed(at, key, sigil, value != "")
	m.add(u)
}

// renamed writes another name. One with a word of the language needs quotes, and a field that is
// called as what it holds needs a value then.
func (m *macro) renamed(at int, key, sigil string, valued bool) source.Rewrite {
	return func(name string) []source.Edit {
		r := source.Range{Start: at, End: at + len(key)}
		for word := range strings.SplitSeq(name, ".") {
			if rustWords[word] {
				name = `"` + name + `"`
				break
			}
		}
		if valued || m.attribute && sigil == "" {
			return []source.Edit{{Range: r, Text: name}}
		}
		r.Start -= len(sigil)
		if string(m.src[r.Start:at]) != sigil {
			return nil
		}
		return []source.Edit{{Range: r, Text: name + " = " + sigil + key}}
	}
}

// rustWords are those that are no variable's name.
var rustWords = set(`as async await break const continue crate dyn else enum extern false fn for gen if impl in let
	loop match mod move mut pub ref return self static struct super trait true type unsafe use where while`)

// valued notes a field's value, which ends at a place.
func (m *macro) valued(a *as, value string, end int) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
	case value[0] == '"':
		if text := m.literalAt(end - len(value)); text != none && m.end(text) == end {
			a.value = text
		}
	case value[0] == '%', value[0] == '?':
		a.typ = registry.String
	case value == "true", value == "false":
		a.typ = registry.Bool
	case '0' <= value[0] && value[0] <= '9':
		a.typ = registry.Int
		if strings.Contains(value, ".") {
			a.typ = registry.Double
		}
	}
}

// literalAt is the literal that begins at a byte of the macro.
func (m *macro) literalAt(at int) node {
	for n := m.tokens; int(n) < len(m.nodes) && m.start(n) < m.end(m.tokens); n++ {
		if m.start(n) == at && m.form(n) == literal {
			return n
		}
	}
	return none
}

// segments are what commas part, without the spaces around. What they hold is skipped over: texts,
// comments, and what has brackets.
func (m *macro) segments(from, to int) func(yield func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		start, depth := from, 0
		give := func(end int) bool {
			text := string(m.src[start:end])
			first := start + len(text) - len(strings.TrimLeft(text, " \t\r\n"))
			trimmed := strings.TrimRight(string(m.src[first:end]), " \t\r\n;")
			return trimmed == "" || yield(first, first+len(trimmed))
		}
		for at := from; at < to; at++ {
			switch c := m.src[at]; c {
			case '"', 'r', 'b': // r#"…"#
				if text := m.literalAt(at); text != none {
					at = m.end(text) - 1
				}
			case '/':
				if at+1 < to && m.src[at+1] == '/' {
					newline := strings.IndexByte(string(m.src[at:to]), '\n')
					if newline < 0 {
						newline = to - at
					}
					if strings.TrimSpace(string(m.src[start:at])) == "" {
						start = at + newline // a comment before a field
					}
					at += newline
				}
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			case ',', ';':
				if depth == 0 {
					if !give(at) {
						return
					}
					start = at + 1
				}
			}
		}
		if start < to {
			give(to)
		}
	}
}
