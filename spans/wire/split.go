package wire

import "errors"

// ErrMalformed says that bytes are no OTLP.
var ErrMalformed = errors.New("wire: malformed protobuf")

// Message walks the fields of a protobuf message without decoding them.
type Message struct {
	bytes []byte
	pos   int
}

// NewMessage begins the walk.
func NewMessage(bytes []byte) Message { return Message{bytes: bytes} }

// Next finds the next field of a number that is itself a message, and gives its content. ok is
// false after the last one; err is ErrMalformed where there is no telling.
func (m *Message) Next(field uint64) (content []byte, ok bool, err error) {
	for m.pos < len(m.bytes) {
		tag, pos := uvarint(m.bytes, m.pos)
		if pos < 0 {
			return nil, false, ErrMalformed
		}
		if tag == field<<3|lengthDelimited {
			from, to := delimited(m.bytes, pos)
			if from < 0 {
				return nil, false, ErrMalformed
			}
			m.pos = to
			return m.bytes[from:to:to], true, nil
		}
		if m.pos = skip(m.bytes, pos, tag&7); m.pos < 0 {
			return nil, false, ErrMalformed
		}
	}
	return nil, false, nil
}

// AppendOthers appends to dst what a message has beside a field: the fields of all other
// numbers, as they are.
func AppendOthers(dst, message []byte, field uint64) ([]byte, error) {
	for pos := 0; pos < len(message); {
		tag, after := uvarint(message, pos)
		if after < 0 {
			return dst, ErrMalformed
		}
		if after = skip(message, after, tag&7); after < 0 {
			return dst, ErrMalformed
		}
		if tag != field<<3|lengthDelimited {
			dst = append(dst, message[pos:after]...)
		}
		pos = after
	}
	return dst, nil
}
