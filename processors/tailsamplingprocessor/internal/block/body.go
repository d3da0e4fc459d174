package block

import "encoding/binary"

// Body is a block that was decompressed. It is a list of contexts and spans: a context is the
// lengths and bytes of what a ResourceSpans has beside its scopes and a ScopeSpans beside its
// spans; a span is the distance to its context, its length and its bytes. All bytes are OTLP's.
type Body struct {
	Bytes []byte
	Set   uint32
}

// Span gives the span at an offset and where its context is. The bytes lie in the body.
func (b Body) Span(offset uint32) (span []byte, context uint32) {
	back, n := binary.Uvarint(b.Bytes[offset:])
	return b.field(int(offset) + n), offset - uint32(back)
}

// Context gives what the span's ResourceSpans and ScopeSpans say.
func (b Body) Context(context uint32) (resource, scope []byte) {
	resource = b.field(int(context))
	_, n := binary.Uvarint(b.Bytes[context:])
	return resource, b.field(int(context) + n + len(resource))
}

func (b Body) field(pos int) []byte {
	size, n := binary.Uvarint(b.Bytes[pos:])
	pos += n
	return b.Bytes[pos : pos+int(size) : pos+int(size)]
}

func appendContext(dst, resource, scope []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(resource)))
	dst = append(dst, resource...)
	dst = binary.AppendUvarint(dst, uint64(len(scope)))
	return append(dst, scope...)
}

func appendSpan(dst []byte, context int, span []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(dst)-context))
	dst = binary.AppendUvarint(dst, uint64(len(span)))
	return append(dst, span...)
}
