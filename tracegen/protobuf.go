package tracegen

import "google.golang.org/protobuf/encoding/protowire"

// open begins a message inside another, and leaves room for its length; shut, given
// the same start, writes the length once it is known, moving the message if the room
// does not fit.
func open(b []byte, field protowire.Number) ([]byte, int) {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = append(b, make([]byte, reserved)...)
	return b, len(b)
}

func shut(b []byte, start int) []byte {
	length := len(b) - start
	need := protowire.SizeVarint(uint64(length))
	if need > reserved {
		b = append(b, make([]byte, need-reserved)...)
	}
	if need != reserved {
		copy(b[start-reserved+need:], b[start:start+length])
		b = b[:start-reserved+need+length]
	}
	protowire.AppendVarint(b[:start-reserved], uint64(length))
	return b
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, s)
}

func appendBytes(b []byte, field protowire.Number, s []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, s)
}

func appendVarint(b []byte, field protowire.Number, n uint64) []byte {
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, n)
}

func appendFixed64(b []byte, field protowire.Number, n uint64) []byte {
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, n)
}
