package telemetry

import (
	"errors"
	"io"
	"slices"
)

// wholes are elements that say themselves what they are.
const wholes = ""

// listKeys are the keys of lists that are cut.
var listKeys = map[string]bool{
	"resourceSpans": true, "resourceMetrics": true, "resourceLogs": true,
	"resource_spans": true, "resource_metrics": true, "resource_logs": true,
	jaegerKey: true,
}

// jaegerKey is that of the traces in the answers of Jaeger's API.
const jaegerKey = "data"

// members reads an object by its members. The first one's value is so many bytes ahead.
func (d *document) members(first int) error {
	key, _ := d.key(1)
	d.skip(first)
	for {
		if err := d.member(key); err != nil {
			return err
		}
		c, err := d.next()
		switch {
		case err != nil:
			return early(err)
		case c == '}':
			d.skip(1)
			return nil
		case c != ',':
			return &syntaxError{0, "expected a comma or a closing brace"}
		}
		d.skip(1)
		var value int
		if key, value = d.key(0); value == 0 {
			return &syntaxError{0, "expected a key"}
		}
		d.skip(value)
	}
}

// member reads the value of a key.
func (d *document) member(key string) error {
	c, err := d.next()
	if err != nil {
		return early(err)
	}
	if c == '[' && listKeys[key] {
		if key == jaegerKey {
			key = wholes
		}
		return d.list(key, 0)
	}
	n, err := d.window.value()
	if err == nil {
		d.skip(n)
	}
	return err
}

// deepest is how many lists elements may stand in: Zipkin's API gives lists of traces, which
// are lists of spans.
const deepest = 2

// list reads the elements of a list.
func (d *document) list(key string, depth int) error {
	d.skip(1)
	for first := true; ; first = false {
		c, err := d.next()
		switch {
		case err != nil:
			return early(err)
		case c == ']':
			d.skip(1)
			d.flush()
			return nil
		case first:
		case c != ',':
			return &syntaxError{0, "expected a comma or a closing bracket"}
		default:
			d.skip(1)
			if c, err = d.next(); err != nil {
				return early(err)
			}
		}
		switch {
		case c == '[' && key == wholes && depth+1 < deepest:
			err = d.list(key, depth+1)
		case c == '{':
			err = d.element(key)
		default:
			err = &syntaxError{0, "expected an object"}
		}
		if err != nil {
			return err
		}
	}
}

// element takes an object as a piece, or a part of one.
func (d *document) element(key string) error {
	n, err := d.window.value()
	if err != nil {
		return err
	}
	at, object := d.here(), d.ahead()[:n]
	if key != wholes {
		p := d.piece(otlpJSONPiece, slices.Concat([]byte(`{"`+key+`":[`), object, []byte(`]}`)), at)
		p.ahead = len(key) + len(`{"":[`)
		d.put(p)
	} else {
		d.whole(object, at)
	}
	d.skip(n)
	return nil
}

// early makes an error of an end where there should be none.
func early(err error) error {
	if errors.Is(err, io.EOF) {
		return &syntaxError{0, "ends too early"}
	}
	return err
}
