package zipkin

import (
	"bytes"
	"fmt"
)

// Detect gives the format of a message that comes without one (from a queue or a file), by
// its first bytes, as Zipkin's transports do.
func Detect(body []byte) (Format, error) {
	if len(body) < 2 {
		return 0, fmt.Errorf("%w: a list of spans has two bytes at least", ErrFormat)
	}
	switch first := body[0]; {
	case first == '[' || first == '{' || isSpace(first) && first != '\n':
		return detectJSON(body), nil
	case first == '\n' && body[1] != 0:
		// A space, too, before JSON; in protobuf it is the tag of the first span, whose
		// length follows.
		if rest := bytes.TrimLeft(body, " \t\r\n"); len(rest) > 0 && rest[0] == '[' && body[1] != '[' {
			return detectJSON(body), nil
		}
		return Proto3, nil
	case first <= 16:
		return Thrift, nil
	}
	return 0, fmt.Errorf("%w: begins with byte %#x, as none of Zipkin's does", ErrFormat, body[0])
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// detectJSON goes by the words that only one version has.
func detectJSON(body []byte) Format {
	if !isV2(body) && isV1(body) {
		return JSONv1
	}
	return JSONv2
}

func isV2(body []byte) bool {
	return bytes.Contains(body, []byte(`Endpoint"`)) || bytes.Contains(body, []byte(`"tags"`))
}

func isV1(body []byte) bool { return bytes.Contains(body, []byte(`yAnnotations"`)) }

// seems explains a list that could not be read by what it looks like, if it looks like
// another: broken JSON without the words of version 2 is not known for it.
func (d *Decoder) seems() error {
	is, err := Detect(d.body)
	if err != nil || is == d.format || is == JSONv2 && d.format == JSONv1 && !isV2(d.body) {
		return nil
	}
	return d.wrongFormat(is)
}

func (d *Decoder) wrongFormat(is Format) error { return &FormatError{d.format, is} }
