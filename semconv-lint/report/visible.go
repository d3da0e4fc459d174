package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is a line of a stranger's text as people may see it: what would command a terminal,
// reorder what stands beside it or is not seen at all (control characters, line ends, marks of
// direction, zero widths, bytes that are no text) is written as Go has it, \x1b and \u202e. What a
// CI system would take for a command of its own, ::error:: and ##[error], is broken in the same way.
func Visible(s string) string {
	if plain(s) {
		return s
	}
	var out strings.Builder
	for i, n := 0, 0; i < len(s); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&out, `\x%02x`, s[i])
		case hidden(r):
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		case command(s, i):
			fmt.Fprintf(&out, `\x%02x`, s[i])
		default:
			out.WriteString(s[i : i+n])
		}
	}
	return out.String()
}

// plain says whether there is nothing to look at more closely: nearly always.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == ':' || c == '[' {
			return false
		}
	}
	return true
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// command says whether what stands at an index makes a command: the first colon of ::name::, where
// a line could begin, or the bracket of ##[name].
func command(s string, i int) bool {
	switch s[i] {
	case ':':
		rest, two := strings.CutPrefix(s[i:], "::")
		if last, _ := utf8.DecodeLastRuneInString(s[:i]); !two || i > 0 && !unicode.IsSpace(last) {
			return false
		}
		end := strings.IndexAny(rest, " :")
		switch {
		case end < 1 || '0' <= rest[0] && rest[0] <= '9': // ::1 is an address
			return false
		case rest[end] == ':':
			return strings.HasPrefix(rest[end:], "::") // ::ffff:1.2.3.4 is one, too
		}
		return strings.Contains(rest[end:], "::")
	case '[':
		return strings.HasSuffix(s[:i], "##")
	}
	return false
}
