package wire

// Protobuf's wire types.
const (
	varint          = 0
	fixed64         = 1
	lengthDelimited = 2
	startGroup      = 3
	endGroup        = 4
	fixed32         = 5
)

// bad is the position that the readers below give for bytes that pdata refuses.
const bad = -1

// uvarint reads the varint at pos of b and gives the position after it. Like pdata's
// it takes ten bytes at most and drops what is above 64 bits.
func uvarint(b []byte, pos int) (uint64, int) {
	var v uint64
	for shift := 0; shift < 64 && pos < len(b); shift += 7 {
		c := b[pos]
		pos++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, pos
		}
	}
	return 0, bad
}

// delimited reads the length at pos and gives the bounds of what it delimits.
func delimited(b []byte, pos int) (from, to int) {
	if pos < len(b) && b[pos] < 0x80 { // nearly always, and small enough to be inlined
		if to = pos + 1 + int(b[pos]); to <= len(b) {
			return pos + 1, to
		}
	}
	return longDelimited(b, pos)
}

func longDelimited(b []byte, pos int) (from, to int) {
	size, pos := uvarint(b, pos)
	if pos < 0 || size > uint64(len(b)-pos) {
		return bad, bad
	}
	return pos, pos + int(size)
}

// skip passes over the value at pos of a field of the wire type.
func skip(b []byte, pos int, wireType uint64) int {
	switch wireType {
	case lengthDelimited:
		_, pos = delimited(b, pos)
	case varint:
		_, pos = uvarint(b, pos)
	case fixed64:
		pos += 8
	case fixed32:
		pos += 4
	case startGroup:
		return skipGroup(b, pos)
	default:
		return bad
	}
	if pos > len(b) {
		return bad
	}
	return pos
}

// skipGroup passes over what pdata takes for a group, after its start tag: start and
// end tags until they balance, or else the first field among them. What follows that
// field pdata reads as fields of the message around the group, so it must be
// scanned: attributes could hide there.
func skipGroup(b []byte, pos int) int {
	for open := 1; open > 0; {
		var tag uint64
		if tag, pos = uvarint(b, pos); pos < 0 || int32(tag>>3) <= 0 {
			return bad
		}
		switch tag & 7 {
		case startGroup:
			open++
		case endGroup:
			open--
		default:
			return skip(b, pos, tag&7)
		}
	}
	return pos
}
