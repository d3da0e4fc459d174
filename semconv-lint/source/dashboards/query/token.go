package query

import "strings"

// kind is what a token is.
type kind uint8

const (
	word    kind = iota + 1 // a name, keyword or function
	literal                 // quoted; the token's range and text are without the quotes
	number
	sign // a bracket, a comma or an operator
)

// token is a piece of a query.
type token struct {
	kind       kind
	start, end int
	text       string
	// escaped is a text with escapes, which was not decoded.
	escaped bool
}

func (t *token) is(sign_ string) bool { return t != nil && t.kind == sign && t.text == sign_ }

// isWord compares as PromQL does its keywords, without case.
func (t *token) isWord(words ...string) bool {
	if t == nil || t.kind != word {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

// tokens cuts a query into tokens. It takes any bytes: what is none of a query's stays out, and
// a quote that is not closed ends with the query.
func tokens(q string) []token {
	var all []token
	for i := 0; i < len(q); {
		switch c := q[i]; {
		case c == '#':
			if n := strings.IndexByte(q[i:], '\n'); n >= 0 {
				i += n + 1
			} else {
				i = len(q)
			}
		case c == '"', c == '\'', c == '`':
			t, next := quoted(q, i)
			all = append(all, t)
			i = next
		case letter(c):
			from := i
			for i < len(q) && (letter(q[i]) || digit(q[i])) {
				i++
			}
			all = append(all, token{kind: word, start: from, end: i, text: q[from:i]})
		case digit(c):
			from := i
			for i < len(q) && (letter(q[i]) || digit(q[i]) || q[i] == '.') && q[i] != ':' {
				i++
			}
			all = append(all, token{kind: number, start: from, end: i, text: q[from:i]})
		case c <= ' ' || c >= 0x7f:
			i++
		default:
			n := 1
			if i+1 < len(q) && strings.Contains(" == != =~ !~ >= <= |= |~ |> !> && || -> ", " "+q[i:i+2]+" ") {
				n = 2
			}
			all = append(all, token{kind: sign, start: i, end: i + n, text: q[i : i+n]})
			i += n
		}
	}
	return all
}

func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':'
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// quoted reads a text.
func quoted(q string, from int) (t token, next int) {
	quote := q[from]
	t = token{kind: literal, start: from + 1}
	i := from + 1
	for i < len(q) && q[i] != quote {
		if q[i] == '\\' && quote != '`' {
			t.escaped = true
			i++
		}
		i++
	}
	t.end = min(i, len(q))
	t.text = q[t.start:t.end]
	return t, min(i+1, len(q))
}

// reader goes through tokens.
type reader struct {
	tokens []token
	at     int
}

// peek is the token n ahead, nil behind the end.
func (r *reader) peek(n int) *token {
	if i := r.at + n; i >= 0 && i < len(r.tokens) {
		return &r.tokens[i]
	}
	return nil
}

// next is the next token, nil at the end.
func (r *reader) next() *token {
	t := r.peek(0)
	if t != nil {
		r.at++
	}
	return t
}

// seek goes to the first token at or behind a byte.
func (r *reader) seek(start int) {
	low, high := 0, len(r.tokens)
	for low < high {
		if m := (low + high) / 2; r.tokens[m].start < start {
			low = m + 1
		} else {
			high = m
		}
	}
	r.at = low
}
