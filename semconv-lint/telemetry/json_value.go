package telemetry

import (
	"bytes"
	"fmt"
	"io"
)

// value gives the length of the value of JSON that is ahead, which is held then. It only looks
// for the end: what is inside is for the decoders to check.
func (w *window) value() (int, error) {
	var scan valueScan
	for i := 0; ; {
		ahead := w.ahead()
		n, err := scan.run(ahead, i)
		if n > 0 || err != nil {
			return n, err
		}
		i = len(ahead) + scan.escaped
		switch err := w.more(); {
		case err == io.EOF:
			return 0, &syntaxError{len(ahead), "ends too early"}
		case err == errTooLong:
			return 0, &syntaxError{0, fmt.Sprintf("is longer than %d bytes", w.max)}
		case err != nil:
			return 0, err
		}
	}
}

// valueScan is how far a value was looked at.
type valueScan struct {
	depth   int
	text    bool
	escaped int // 1: the next byte is
}

// run looks on from byte i, and gives the value's length if it ends in b.
func (s *valueScan) run(b []byte, i int) (int, error) {
	for s.escaped = 0; i < len(b); i++ {
		if s.text {
			for i < len(b) && !inText[b[i]] {
				i++
			}
			switch {
			case i == len(b):
				return 0, nil
			case b[i] == '\n':
				return 0, &syntaxError{i, "a text does not end in its line"}
			case b[i] == '\\':
				i++
				s.escaped = max(i+1-len(b), 0)
				continue
			}
			s.text = false
		} else {
			for i < len(b) && !outsideText[b[i]] {
				i++
			}
			if i == len(b) {
				return 0, nil
			}
			if err := s.mark(b, i); err != nil {
				return 0, err
			}
		}
		if s.depth > 0 || s.text {
			continue
		}
		if c := b[i]; c == ',' || c == '}' && s.depth < 0 || c == ']' && s.depth < 0 || c == '\n' {
			if i == 0 {
				return 0, &syntaxError{0, "expected a value"}
			}
			return i, nil // behind a number or a word
		}
		return i + 1, nil
	}
	return 0, nil
}

// mark takes what means something outside of texts.
func (s *valueScan) mark(b []byte, i int) error {
	switch b[i] {
	case '"':
		s.text = true
	case '{', '[':
		s.depth++
	case '}', ']':
		s.depth--
	case '\n':
		if requestBegins(b[i+1:]) {
			return &syntaxError{i, "does not end before the next request begins"}
		}
	}
	return nil
}

// The bytes that mean something in texts and outside of them.
var inText, outsideText = set("\"\\\n"), set("\"{}[],\n")

func set(of string) (in [256]bool) {
	for _, c := range []byte(of) {
		in[c] = true
	}
	return in
}

// requestBegins is whether a request of OTLP begins here, as it does at the beginning of a line
// and nowhere inside of others.
func requestBegins(b []byte) bool { return bytes.HasPrefix(b, requestStart) }

var requestStart = []byte(`{"resource`)

// syntaxError is where a text is no JSON, so many bytes ahead.
type syntaxError struct {
	ahead int
	what  string
}

func (e *syntaxError) Error() string { return e.what }
