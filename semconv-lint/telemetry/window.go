package telemetry

import (
	"bytes"
	"errors"
	"io"
)

// window is the part of a text that is held: from what is read next to as far as somebody
// looked ahead.
type window struct {
	reader io.Reader
	max    int // bytes held
	buf    []byte
	pos    int // of what is read next
	end    error

	line  int
	begun int // pos at which the line began; less than 0 if that is not held any more
}

var errTooLong = errors.New("is longer")

func newWindow(r io.Reader, limit int) *window {
	return &window{reader: r, max: limit, buf: make([]byte, 0, 2*peeked), line: 1}
}

// here is the place of what is read next.
func (w *window) here() place { return place{line: w.line, column: w.pos - w.begun + 1} }

// ahead is what is held of what is to be read.
func (w *window) ahead() []byte { return w.buf[w.pos:] }

// more holds more than before. It fails with io.EOF at the end, and with errTooLong if too much
// is held already.
func (w *window) more() error {
	if w.end != nil {
		return w.end
	}
	if len(w.buf)-w.pos > w.max {
		return errTooLong
	}
	if w.pos > 0 && cap(w.buf)-len(w.buf) < peeked {
		n := copy(w.buf[:cap(w.buf)], w.buf[w.pos:])
		w.buf, w.begun, w.pos = w.buf[:n], w.begun-w.pos, 0
	}
	if cap(w.buf)-len(w.buf) < peeked {
		w.buf = append(make([]byte, 0, 2*cap(w.buf)), w.buf...)
	}
	// No more than that it is too long, however much there is room for.
	n, err := w.reader.Read(w.buf[len(w.buf):min(cap(w.buf), w.pos+w.max+1)])
	w.buf, w.end = w.buf[:len(w.buf)+n], err
	if n > 0 {
		return nil
	}
	if err == nil {
		return w.more() // readers may give nothing once
	}
	return err
}

// skip reads n bytes of what is held.
func (w *window) skip(n int) {
	passed := w.buf[w.pos : w.pos+n]
	if ends := bytes.Count(passed, lineEnd); ends > 0 {
		w.line += ends
		w.begun = w.pos + bytes.LastIndexByte(passed, '\n') + 1
	}
	w.pos += n
}

var lineEnd = []byte{'\n'}

// next skips white space, and gives what comes then without reading it.
func (w *window) next() (byte, error) {
	for {
		n := 0
		ahead := w.ahead()
		for n < len(ahead) && isSpace(ahead[n]) {
			n++
		}
		w.skip(n)
		if n < len(ahead) {
			return ahead[n], nil
		}
		if err := w.more(); err != nil {
			return 0, err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
