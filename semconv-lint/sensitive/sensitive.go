// Package sensitive finds credentials and what is a person's in texts, and masks it.
package sensitive

import (
	"strconv"
	"strings"
)

// maxRead is how much of a text is looked at.
const maxRead = 8 << 10

// Match is a part of a text, and what it looks like.
type Match struct {
	What       string
	start, end int
}

// first is what the first finder that finds something finds.
func first(text string, finders ...finder) (Match, bool) {
	for _, find := range finders {
		if m, ok := find(text[:min(len(text), maxRead)], 0); ok {
			return m, true
		}
	}
	return Match{}, false
}

// Of is the part of the text in which it was found, masked.
func (m Match) Of(text string) string { return Masked(text[m.start:m.end]) }

// Mask is a text that may be shown: every credential, address and card number in it is masked.
// What it masked it leaves alone.
func Mask(text string) string {
	text = finder(token).mask(text)
	if strings.IndexByte(text, '@') >= 0 { // few have one
		text = finder(email).mask(finder(password).mask(text))
	}
	if manyDigits(text) {
		text = finder(digits).mask(finder(card).mask(text))
	}
	return text
}

// manyDigits says whether there are as many as the shortest card number has.
func manyDigits(text string) bool {
	n := 0
	for i := range len(text) {
		if isDigit(text[i]) {
			n++
		}
	}
	return n >= 13
}

// finder finds the first of a kind that does not begin before an index.
type finder func(text string, from int) (Match, bool)

func (find finder) mask(text string) string {
	from := 0
	for {
		m, ok := find(text[:min(len(text), maxRead)], from)
		if !ok {
			return text
		}
		shown := m.Of(text)
		text, from = text[:m.start]+shown+text[m.end:], m.start+len(shown)
	}
}

// Masked is a value that may be shown: its beginning and its length.
func Masked(value string) string {
	const shown = 4 // enough to find it by, too little to use it
	if len(value) <= 2*shown {
		return strings.Repeat("*", len(value))
	}
	head := strings.ToValidUTF8(value[:shown], "")
	return head + "…(" + strconv.Itoa(len(value)) + " bytes)"
}

// escaped says whether what ends before an index is a line's end or the like as JSON has it, as in
// values that are lists or maps: its letters are no part of the word that follows.
func escaped(text string, i int) bool {
	if i >= 2 && text[i-2] == '\\' {
		return strings.IndexByte("nrtbf", text[i-1]) >= 0
	}
	return i >= 6 && text[i-6] == '\\' && text[i-5] == 'u'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' || isDigit(c) }

func isWord(c byte) bool { return isUpper(c) || 'a' <= c && c <= 'z' || c == '_' }

func isToken(c byte) bool { return isWord(c) || c == '-' }

func isToken68(c byte) bool { return isToken(c) || strings.IndexByte("._~+/=", c) >= 0 }
