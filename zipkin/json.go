package zipkin

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) forward, one token after the other, without a model of it.
// Text that it gives points into the document where it has no escapes, else into scratch,
// which grows until clear.
type scanner struct {
	doc     []byte
	pos     int
	scratch []byte
}

// maxDepth is how many arrays and objects may stand inside each other. Zipkin's own nest 4
// deep; the rest is fields that nobody knows.
const maxDepth = 512

func (s *scanner) begin(doc []byte) {
	s.doc, s.pos = doc, 0
	s.clear()
}

// maxScratch is kept from one list to the next.
const maxScratch = 64 << 10

// clear takes back all text with escapes.
func (s *scanner) clear() {
	s.scratch = s.scratch[:0]
	if cap(s.scratch) > maxScratch {
		s.scratch = nil
	}
}

func (s *scanner) malformed(what string) error {
	return fmt.Errorf("%w: JSON at byte %d: %s", ErrMalformed, s.pos, what)
}

func (s *scanner) unexpected(wanted string) error {
	if s.pos >= len(s.doc) {
		return s.malformed("unexpected end, expected " + wanted)
	}
	return s.malformed(fmt.Sprintf("unexpected %q, expected %s", rune(s.doc[s.pos]), wanted))
}

// peek skips white space and gives the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.doc) {
		switch c := s.doc[s.pos]; c {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// enter takes the bracket that opens an array or object.
func (s *scanner) enter(bracket byte, wanted string) error {
	if s.peek() != bracket {
		return s.unexpected(wanted)
	}
	s.pos++
	return nil
}

// element goes to the next element of an array, the first or one behind a comma, or past
// the bracket that ends it.
func (s *scanner) element(first bool) (more bool, err error) {
	c := s.peek()
	switch {
	case c == ']':
		s.pos++
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, s.unexpected("',' or ']'")
	}
	s.pos++
	if s.peek() == ']' {
		return false, s.unexpected("a value")
	}
	return true, nil
}

// member goes to the value of the next member of an object and gives its key, or past the
// bracket that ends it.
func (s *scanner) member(first bool) (key []byte, more bool, err error) {
	c := s.peek()
	if c == '}' && first {
		s.pos++
		return nil, false, nil
	}
	if !first {
		if c == '}' {
			s.pos++
			return nil, false, nil
		}
		if c != ',' {
			return nil, false, s.unexpected("',' or '}'")
		}
		s.pos++
		c = s.peek()
	}
	if c != '"' {
		return nil, false, s.unexpected("a key")
	}
	if key, err = s.text(); err != nil {
		return nil, false, err
	}
	if s.peek() != ':' {
		return nil, false, s.unexpected("':'")
	}
	s.pos++
	return key, true, nil
}

// text reads a string, whose opening quote is next.
func (s *scanner) text() ([]byte, error) {
	start := s.pos + 1
	end := plainText(s.doc, start)
	if end < len(s.doc) && s.doc[end] == '"' {
		s.pos = end + 1
		return s.doc[start:end], nil
	}
	return s.oddText(start, end)
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainText is where the text from i on ends that is plain: at a quote, mostly, at an escape, a
// control character, what is not ASCII, or near the end of the document. It looks at eight
// bytes at a time. The lowest bit of the mask is exact, as a borrow only ever goes up from a
// byte that is one of those.
func plainText(doc []byte, i int) int {
	for ; i+8 <= len(doc); i += 8 {
		word := binary.LittleEndian.Uint64(doc[i:])
		quote, escape := word^'"'*ones, word^'\\'*ones
		if mask := ((quote-ones)&^quote | (escape-ones)&^escape | (word-' '*ones)&^word | word) & highs; mask != 0 {
			return i + bits.TrailingZeros64(mask)/8
		}
	}
	return i
}

// memberOf reads `,"key":"value"` where the key is the one that is expected.
func (s *scanner) memberOf(w *word) (value []byte, ok bool) {
	doc, at := s.doc, s.pos
	end := at + 2 + len(w.text)
	if !w.plain || end+3 > len(doc) || doc[at] != ',' || doc[at+1] != '"' || string(doc[at+2:end]) != w.text ||
		doc[end] != '"' || doc[end+1] != ':' || doc[end+2] != '"' {
		return nil, false
	}
	valueEnd := plainText(doc, end+3)
	if valueEnd >= len(doc) || doc[valueEnd] != '"' {
		return nil, false
	}
	s.pos = valueEnd + 1
	return doc[end+3 : valueEnd], true
}

// plainMember reads `,"key":"value"` where it stands without a space and is plain: what nearly
// all tags are. It leaves everything else as it is.
func (s *scanner) plainMember() (key, value []byte, ok bool) {
	doc, at := s.doc, s.pos
	if at+2 > len(doc) || doc[at] != ',' || doc[at+1] != '"' {
		return nil, nil, false
	}
	keyEnd := plainText(doc, at+2)
	if keyEnd+3 > len(doc) || doc[keyEnd] != '"' || doc[keyEnd+1] != ':' || doc[keyEnd+2] != '"' {
		return nil, nil, false
	}
	valueEnd := plainText(doc, keyEnd+3)
	if valueEnd >= len(doc) || doc[valueEnd] != '"' {
		return nil, nil, false
	}
	s.pos = valueEnd + 1
	return doc[at+2 : keyEnd], doc[keyEnd+3 : valueEnd], true
}

// oddText goes on byte by byte.
func (s *scanner) oddText(start, i int) ([]byte, error) {
	ascii := true
	for ; i < len(s.doc); i++ {
		switch c := s.doc[i]; {
		case c == '"':
			text := s.doc[start:i]
			if !ascii && !utf8.Valid(text) {
				text = s.repair(text)
			}
			s.pos = i + 1
			return text, nil
		case c == '\\':
			return s.escapedText(start)
		case c < ' ':
			s.pos = i
			return nil, s.malformed("control character in a string")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	s.pos = i
	return nil, s.malformed("unexpected end in a string")
}

// repair replaces each byte that is no UTF-8, because pdata must be.
func (s *scanner) repair(text []byte) []byte {
	start := len(s.scratch)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		s.scratch = utf8.AppendRune(s.scratch, r)
		text = text[size:]
	}
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

func (s *scanner) escapedText(start int) ([]byte, error) {
	at := len(s.scratch)
	doc := s.doc
	for i := start; i < len(doc); {
		switch c := doc[i]; {
		case c == '"':
			s.pos = i + 1
			return s.scratch[at:len(s.scratch):len(s.scratch)], nil
		case c == '\\':
			size := s.escape(doc[i:])
			if size == 0 {
				s.pos = i
				return nil, s.malformed("invalid escape in a string")
			}
			i += size
		case c < ' ':
			s.pos = i
			return nil, s.malformed("control character in a string")
		case c < utf8.RuneSelf:
			s.scratch = append(s.scratch, c)
			i++
		default:
			r, size := utf8.DecodeRune(doc[i:])
			s.scratch = utf8.AppendRune(s.scratch, r)
			i += size
		}
	}
	s.pos = len(doc)
	return nil, s.malformed("unexpected end in a string")
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape appends what an escape stands for and gives its length, 0 if it is none. A
// surrogate without its other half is U+FFFD.
func (s *scanner) escape(at []byte) int {
	if len(at) < 2 {
		return 0
	}
	if c := escapes[at[1]]; c != 0 {
		s.scratch = append(s.scratch, c)
		return 2
	}
	r, ok := unicodeEscape(at)
	if !ok {
		return 0
	}
	size := 6
	if utf16.IsSurrogate(r) {
		low, _ := unicodeEscape(at[6:])
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			size = 12
		}
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return size
}

func unicodeEscape(at []byte) (rune, bool) {
	if len(at) < 6 || at[0] != '\\' || at[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range at[2:6] {
		digit := hexDigits[c]
		if digit > 15 {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// hexDigits is the value of each digit of either case, 255 of what is none.
var hexDigits = func() (digits [256]byte) {
	for i := range digits {
		digits[i] = 255
	}
	for i := range byte(10) {
		digits['0'+i] = i
	}
	for i := range byte(6) {
		digits['a'+i], digits['A'+i] = 10+i, 10+i
	}
	return digits
}()

// number reads a number and gives its text.
func (s *scanner) number() ([]byte, error) {
	start := s.pos
	s.accept('-')
	switch c := s.current(); {
	case c == '0':
		s.pos++
	case !s.digits():
		return nil, s.unexpected("a digit")
	}
	if s.accept('.') && !s.digits() {
		return nil, s.unexpected("a digit")
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if !s.digits() {
			return nil, s.unexpected("a digit")
		}
	}
	return s.doc[start:s.pos], nil
}

// current is the next byte, white space too, 0 at the end.
func (s *scanner) current() byte {
	if s.pos < len(s.doc) {
		return s.doc[s.pos]
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.current() == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.doc) && s.doc[s.pos]-'0' < 10 {
		s.pos++
	}
	return s.pos > start
}

// word reads true, false or null.
func (s *scanner) word() ([]byte, error) {
	for _, word := range [...]string{"null", "true", "false"} {
		if rest := s.doc[s.pos:]; len(rest) >= len(word) && string(rest[:len(word)]) == word {
			s.pos += len(word)
			return rest[:len(word)], nil
		}
	}
	return nil, s.unexpected("a value")
}

// scalar reads whatever is no array or object and gives its text.
func (s *scanner) scalar() ([]byte, error) {
	switch c := s.peek(); {
	case c == '"':
		return s.text()
	case c == '-' || c-'0' < 10:
		return s.number()
	}
	return s.word()
}

// skip reads a value of any kind for nothing, so deep in others. Text in it takes no memory.
func (s *scanner) skip(depth int) error {
	mark := len(s.scratch)
	defer func() { s.scratch = s.scratch[:mark] }()
	c := s.peek()
	if c != '[' && c != '{' {
		_, err := s.scalar()
		return err
	}
	if depth >= maxDepth {
		return s.malformed(fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	s.pos++
	for first := true; ; first = false {
		more, err := false, error(nil)
		if c == '[' {
			more, err = s.element(first)
		} else {
			_, more, err = s.member(first)
		}
		if err != nil || !more {
			return err
		}
		if err := s.skip(depth + 1); err != nil {
			return err
		}
	}
}

// finish says whether nothing follows.
func (s *scanner) finish() error {
	if s.peek(); s.pos < len(s.doc) {
		return s.unexpected("the end")
	}
	return nil
}
