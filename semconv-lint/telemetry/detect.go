package telemetry

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// layout is how a file is put together.
type layout uint8

const (
	unknownLayout layout = iota
	emptyFile
	jsonText      // values of JSON, one after the other
	protoMessage  // a message whose elements are its field 1, as all of OTLP's and Zipkin's are
	framedMessage // messages, each after its length in 4 bytes, as the Collector's file exporter has them
	thriftList    // Zipkin's version 1
)

var errUnknown = errors.New("is no telemetry: neither OTLP nor Zipkin nor Jaeger")

var byteOrderMark = []byte("\xef\xbb\xbf")

// detect tells the layout by a file's first bytes.
func detect(head []byte) layout {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n")
	switch {
	case len(head) == 0:
		return emptyFile
	case isText(head) && len(text) == 0:
		return emptyFile
	case isText(head) && (text[0] == '{' || text[0] == '['):
		return jsonText
	case isText(head) && bytes.Contains(head, []byte("\n{\"resource")):
		return jsonText // whose first line is damaged
	case head[0] == '\n':
		return protoMessage
	case len(head) < 5:
		return unknownLayout
	case head[0] == 12:
		return thriftList
	}
	if n := binary.BigEndian.Uint32(head); n > 0 && n <= maxElement && isMessage(head[4:]) {
		return framedMessage
	}
	return unknownLayout
}

func isMessage(b []byte) bool {
	return b[0] == '\n' || b[0] == '{' || bytes.HasPrefix(b, zstdMagic)
}

// isText tells JSON that begins with a line's end from a message that begins with a field of that
// number, and may have a brace for its length: messages have tags soon that no text has.
func isText(head []byte) bool {
	for _, c := range head[:min(len(head), 64)] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}
