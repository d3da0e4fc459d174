//go:build cgo

package treesitter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// text is a text that an expression comes to.
type text struct {
	// text has {} for each part that varies.
	text string
	// at is where it stands, without quotes; plain is whether it stands there as it is.
	at    source.Range
	plain bool
	// varies is whether it has parts that vary, bounded whether all of these have few values.
	varies, bounded bool
	// fixed is whether it has parts that do not vary.
	fixed bool
}

// hole is what stands for a part that varies: the expression in braces.
func (r *reading) hole(n node) string {
	expression := r.text(n)
	expression = strings.Trim(strings.TrimLeft(strings.TrimSpace(expression), "$#"), "{}")
	if at := strings.IndexAny(expression, "{}"); at >= 0 {
		expression = expression[:at]
	}
	return "{" + expression[:min(len(expression), maxHole)] + "}"
}

const maxHole = 80

// fixed is whether a text without its holes says something.
func fixed(text string) bool { return strings.Trim(text, " /:.-_") != "" }

// literal is the text of a literal.
func (r *reading) literal(n node) text { return r.literalAt(n, 0) }

func (r *reading) literalAt(n node, depth int) text {
	open, end, raw := r.delimiters(n)
	t := text{at: source.Range{Start: open, End: end}, plain: true, bounded: true}
	var b strings.Builder
	from := open
	holes := 0
	varies := func(part node) {
		r.unescaped(&b, from, max(from, r.start(part)), raw, &t)
		if fold, ok := r.constantPart(part, depth); ok {
			b.WriteString(fold)
			t.plain, from = false, r.end(part)
			return
		}
		b.WriteString(r.hole(part))
		holes += r.end(part) - r.start(part)
		t.varies, t.plain = true, false
		t.bounded = t.bounded && r.fewValues(part, 0)
		from = r.end(part)
	}
	for c := range r.children(n) {
		if r.form(c) == interpolation {
			varies(c)
			continue
		}
		for inner := range r.children(c) { // some grammars have the content as a node
			if r.form(inner) == interpolation {
				varies(inner)
			}
		}
	}
	r.unescaped(&b, min(from, end), end, raw, &t)
	t.text = b.String()
	if strings.ContainsAny(t.text, "\n") { // a text block with one line that counts
		trimmed := strings.TrimSpace(t.text)
		if at := strings.Index(string(r.src[open:end]), trimmed); t.plain && at >= 0 && !strings.Contains(trimmed, "\n") {
			t.at = source.Range{Start: open + at, End: open + at + len(trimmed)}
		}
		t.text = trimmed
	}
	t.fixed = end-open > holes
	return t
}

// constantPart is the text of a part that does not vary: of a constant of the file.
func (r *reading) constantPart(n node, depth int) (string, bool) {
	inner := r.nodes[n].child
	if inner == none || r.nodes[inner].next != none {
		return "", false
	}
	t, ok := r.evaluate(inner, depth+1)
	return t.text, ok && !t.varies
}

// delimiters are where a literal's text begins and ends, and whether it is raw.
func (r *reading) delimiters(n node) (open, end int, raw bool) {
	src := r.src[r.start(n):r.end(n)]
	at := 0
	for at < len(src) && src[at] != '"' && src[at] != '\'' && src[at] != '`' {
		at++
	}
	if at == len(src) {
		return r.start(n), r.end(n), false // a word that needs no quotes
	}
	prefix := string(src[:at])
	quotes := 1
	for quotes < 3 && at+quotes < len(src) && src[at+quotes] == src[at] {
		quotes++
	}
	if quotes == 2 || quotes == 3 && len(src) < at+6 {
		quotes = 1 // an empty one
	}
	suffix := strings.Count(prefix, "#") // r#"…"#
	open, end = at+quotes, len(src)-quotes-suffix
	raw = r.language.raw != nil && r.language.raw(prefix, string(src[at:at+quotes]))
	return r.start(n) + min(open, len(src)), r.start(n) + max(min(open, len(src)), end), raw
}

// unescaped writes source as the text that it stands for.
func (r *reading) unescaped(b *strings.Builder, from, to int, raw bool, t *text) {
	src := r.src[from:to]
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\' && !raw && i+1 < len(src):
			t.plain = false
			i += escape(b, src[i+1:])
		case c == '$' && r.language.dollar && i+1 < len(src) && letter(src[i+1]):
			word := i + 1
			for word < len(src) && (letter(src[word]) || '0' <= src[word] && src[word] <= '9') {
				word++
			}
			b.WriteString("{" + string(src[i+1:word]) + "}")
			t.varies, t.plain = true, false
			t.bounded = t.bounded && fewWord(string(src[i+1:word]))
			i = word - 1
		default:
			b.WriteByte(c)
		}
	}
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

// escape writes what follows a backslash and says how many bytes that took.
func escape(b *strings.Builder, rest []byte) int {
	digits := 0
	switch c := rest[0]; c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case '\n':
	default:
		b.WriteByte(c)
	}
	if digits == 0 {
		return 1
	}
	if code, err := strconv.ParseUint(string(rest[1:min(1+digits, len(rest))]), 16, 32); err == nil && code <= utf8.MaxRune {
		b.WriteRune(rune(code))
	}
	return min(1+digits, len(rest))
}
