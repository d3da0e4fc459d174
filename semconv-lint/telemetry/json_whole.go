package telemetry

import "bytes"

// whole takes an object that says itself what it is.
func (d *document) whole(object []byte, at place) {
	switch k := kindOf(object); k {
	case zipkinJSONPiece:
		d.gather(object, at)
	case unknownKind:
		if string(bytes.Join(bytes.Fields(object), nil)) != "{}" { // a request without anything
			d.fail(&Error{File: d.file, Line: at.line, Column: at.column, Err: errUnknown})
		}
	default:
		d.put(d.piece(k, bytes.Clone(object), at))
	}
}

// gathered is how many bytes of Zipkin's spans are decoded at once: what a reporter sends.
const gathered = 256 << 10

func (d *document) gather(span []byte, at place) {
	if d.zipkin == nil {
		d.zipkin = d.piece(zipkinJSONPiece, append(make([]byte, 0, gathered), '['), at)
	} else {
		d.zipkin.data = append(d.zipkin.data, ',')
	}
	d.zipkin.data = append(d.zipkin.data, span...)
	d.zipkin.spans = append(d.zipkin.spans, at)
	if len(d.zipkin.data) > gathered {
		d.flush()
	}
}

// flush passes on what was gathered.
func (d *document) flush() {
	if d.zipkin != nil {
		d.zipkin.data = append(d.zipkin.data, ']')
		d.put(d.zipkin)
		d.zipkin = nil
	}
}
