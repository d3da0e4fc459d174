package telemetry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// json cuts a text into pieces: requests, elements of their lists, lists of Zipkin's spans,
// traces of Jaeger.
func (in *input) json() *Error {
	d := &document{input: in, window: newWindow(in, in.max)}
	if ahead := d.start(); ahead != nil {
		return ahead
	}
	for {
		err := d.value()
		if errors.Is(err, io.EOF) {
			d.flush()
			return nil
		}
		if err == nil {
			continue
		}
		d.flush()
		var syntax *syntaxError
		if !errors.As(err, &syntax) {
			return &Error{File: in.file, Line: d.line, Column: 1, Err: err}
		}
		d.damaged(syntax)
		if err := d.recover(); err != nil {
			return nil // the end
		}
	}
}

// document is a text while it is read.
type document struct {
	*input
	*window
	// zipkin gathers spans: one alone is not worth the way.
	zipkin *piece
}

// start skips a byte order mark.
func (d *document) start() *Error {
	if err := d.more(); err != nil && !errors.Is(err, io.EOF) {
		return &Error{File: d.file, Line: 1, Column: 1, Err: err}
	}
	if bytes.HasPrefix(d.ahead(), byteOrderMark) {
		d.skip(len(byteOrderMark))
	}
	return nil
}

// value reads a value that stands in nothing.
func (d *document) value() error {
	c, err := d.next()
	switch {
	case err != nil:
		return err
	case c == '[':
		return d.list(wholes, 0)
	case c != '{':
		return &syntaxError{0, "expected an object or a list"}
	}
	if d.takeLine() {
		return nil
	}
	if first, length := d.key(1); listKeys[first] {
		return d.members(length)
	}
	return d.element(wholes)
}

func (d *document) damaged(e *syntaxError) {
	// The place may be lines ahead of what is read next.
	d.skip(min(e.ahead, len(d.ahead())))
	at := d.here()
	d.fail(&Error{File: d.file, Line: at.line, Column: at.column, Err: fmt.Errorf("JSON: %w", e)})
}

// recover goes to the next line that begins with an object or a list: in a text with one value
// a line that is the next one, in others there is none.
func (d *document) recover() error {
	if d.here().column == 1 && d.begins() {
		return nil
	}
	for {
		ahead := d.ahead()
		n := bytes.IndexByte(ahead, '\n')
		if n < 0 {
			d.skip(len(ahead))
			if err := d.more(); err != nil {
				return err
			}
			continue
		}
		d.skip(n + 1)
		if len(d.ahead()) == 0 {
			if err := d.more(); err != nil {
				return err
			}
		}
		if d.begins() {
			return nil
		}
	}
}

func (d *document) begins() bool {
	ahead := d.ahead()
	return len(ahead) > 0 && (ahead[0] == '{' || ahead[0] == '[')
}
