package ottl

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// kind is what a token is.
type kind uint8

const (
	end kind = iota
	word
	text
	number
	symbol
	broken
)

// token is one of a statement, with its place in the statement's text.
type token struct {
	kind kind
	source.Range
	text string
}

// symbols are those of more than one byte before their beginnings.
var symbols = []string{"==", "!=", "<=", ">=", "=>", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ".", ":", "+", "-", "*", "/"}

// next reads the token at or behind a byte.
func next(s string, at int) token {
	for at < len(s) && strings.IndexByte(" \t\r\n", s[at]) >= 0 {
		at++
	}
	if at == len(s) {
		return token{kind: end, Range: source.Range{Start: at, End: at}}
	}
	from := at
	made := func(k kind, to int) token {
		return token{k, source.Range{Start: from, End: to}, s[from:to]}
	}
	switch c := s[at]; {
	case c == '"':
		for at++; at < len(s) && s[at] != '"'; at++ {
			if s[at] == '\\' {
				at++
			}
		}
		if at >= len(s) {
			return made(broken, len(s))
		}
		return made(text, at+1)
	case letter(c):
		for at < len(s) && (letter(s[at]) || digit(s[at])) {
			at++
		}
		return made(word, at)
	case digit(c), c == '.' && at+1 < len(s) && digit(s[at+1]):
		for at < len(s) && (letter(s[at]) || digit(s[at]) || s[at] == '.' || (s[at] == '-' || s[at] == '+') && (s[at-1] == 'e' || s[at-1] == 'E')) {
			at++
		}
		return made(number, at)
	}
	for _, sign := range symbols {
		if strings.HasPrefix(s[at:], sign) {
			return made(symbol, at+len(sign))
		}
	}
	return made(broken, at+1)
}

func letter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }
