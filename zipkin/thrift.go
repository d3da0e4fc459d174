package zipkin

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strconv"
)

// Types of thrift's binary protocol.
const (
	thriftStop   = 0
	thriftBool   = 2
	thriftByte   = 3
	thriftDouble = 4
	thriftI16    = 6
	thriftI32    = 8
	thriftI64    = 10
	thriftString = 11
	thriftStruct = 12
	thriftMap    = 13
	thriftSet    = 14
	thriftList   = 15
)

// thriftDepth is how deep unknown fields may nest: skipping them recurs. Zipkin's own nest 3
// deep.
const thriftDepth = 32

// thriftReader reads thrift's binary protocol. The first error stays, and everything after it is
// zero.
type thriftReader struct {
	body []byte
	pos  int
	err  error
}

func (t *thriftReader) fail(what string) {
	if t.err == nil {
		t.err = fmt.Errorf("%w: thrift at byte %d: %s", ErrMalformed, t.pos, what)
	}
}

// take gives the next n bytes.
func (t *thriftReader) take(n int) []byte {
	if t.err != nil {
		return nil
	}
	if n < 0 || n > len(t.body)-t.pos {
		t.fail("unexpected end")
		return nil
	}
	t.pos += n
	return t.body[t.pos-n : t.pos : t.pos]
}

func (t *thriftReader) byte() byte {
	if b := t.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (t *thriftReader) i16() uint16 {
	if b := t.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (t *thriftReader) i32() uint32 {
	if b := t.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (t *thriftReader) i64() uint64 {
	if b := t.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (t *thriftReader) text() []byte { return t.take(int(int32(t.i32()))) }

// field gives the next field of a struct, a stop at its end and after an error.
func (t *thriftReader) field() (typ byte, id uint16) {
	typ = t.byte()
	if typ == thriftStop || t.err != nil {
		return thriftStop, 0
	}
	return typ, t.i16()
}

// list gives the number of a list's members, which are of the type that is wanted, and at least a
// byte each.
func (t *thriftReader) list(wanted byte) int {
	typ, n := t.byte(), int(int32(t.i32()))
	switch {
	case t.err != nil:
		return 0
	case n < 0 || n > len(t.body)-t.pos:
		t.fail(fmt.Sprintf("a list of %d members in %d bytes", n, len(t.body)-t.pos))
		return 0
	case n > 0 && typ != wanted:
		t.fail(fmt.Sprintf("a list of type %d, expected %d", typ, wanted))
		return 0
	}
	return n
}

// skip reads a value for nothing.
func (t *thriftReader) skip(typ byte, depth int) {
	if depth > thriftDepth {
		t.fail(fmt.Sprintf("nested more than %d deep", thriftDepth))
		return
	}
	switch typ {
	case thriftBool, thriftByte:
		t.take(1)
	case thriftI16:
		t.take(2)
	case thriftI32:
		t.take(4)
	case thriftI64, thriftDouble:
		t.take(8)
	case thriftString:
		t.text()
	case thriftStruct:
		for {
			typ, _ := t.field()
			if typ == thriftStop {
				return
			}
			t.skip(typ, depth+1)
		}
	case thriftSet, thriftList:
		t.skipMembers(depth, t.byte())
	case thriftMap:
		t.skipMembers(depth, t.byte(), t.byte())
	default:
		t.fail(fmt.Sprintf("unknown type %d", typ))
	}
}

func (t *thriftReader) skipMembers(depth int, types ...byte) {
	n := int(int32(t.i32()))
	if n < 0 || n > len(t.body)-t.pos {
		t.fail(fmt.Sprintf("%d members in %d bytes", n, len(t.body)-t.pos))
	}
	for i := 0; i < n && t.err == nil; i++ {
		for _, typ := range types {
			t.skip(typ, depth+1)
		}
	}
}

// thriftList reads a list of structs (zipkinCore.thrift, whose field ids these are), or one alone,
// as Scribe and the oldest messages in Kafka have it. Some reporters wrote the type of the list's
// members as a string's.
func (d *Decoder) thriftList(body []byte) error {
	t := &thriftReader{body: body}
	n, err := t.spans()
	if err != nil {
		return err
	}
	for range n {
		start := t.pos
		d.scanner.clear()
		d.v1.reset()
		d.thriftSpan(t, &d.v1)
		if t.err != nil {
			return t.err
		}
		d.at(start, t.pos)
		d.addV1(&d.v1)
		if d.stop != nil {
			return d.stop
		}
	}
	if t.pos < len(body) {
		t.fail("bytes after the spans")
	}
	return t.err
}

// spans goes to the first span and gives their number. A span alone begins with a field instead
// of a list, and all writers begin with a half of the trace id: an i64, as whose first byte no
// list has one, and a number below 256.
func (t *thriftReader) spans() (int, error) {
	switch {
	case len(t.body) == 0:
		return 0, nil
	case t.body[0] == thriftStruct, t.body[0] == thriftString:
		n := t.list(t.body[0])
		if n > MaxSpans {
			return 0, ErrTooMany
		}
		return n, t.err
	case t.body[0] == thriftI64 && len(t.body) > 1 && t.body[1] == 0:
		return 1, nil
	}
	t.fail(fmt.Sprintf("begins with type %d, expected %d: a list of spans", t.body[0], thriftStruct))
	return 0, t.err
}

func (d *Decoder) thriftSpan(t *thriftReader, v *v1Span) {
	for {
		typ, id := t.field()
		switch {
		case typ == thriftStop:
			return
		case id == 1 && typ == thriftI64:
			v.traceLow = t.i64()
		case id == 12 && typ == thriftI64:
			v.traceHigh = t.i64()
		case id == 4 && typ == thriftI64:
			v.id = t.i64()
		case id == 5 && typ == thriftI64:
			v.parent = t.i64()
		case id == 3 && typ == thriftString:
			v.name = d.scanner.valid(t.text())
		case id == 6 && typ == thriftList:
			for range t.list(thriftStruct) {
				d.thriftAnnotation(t, v)
			}
		case id == 8 && typ == thriftList:
			for range t.list(thriftStruct) {
				d.thriftBinary(t, v)
			}
		case id == 9 && typ == thriftBool:
			v.debug = t.byte() != 0
		case id == 10 && typ == thriftI64:
			v.timestamp = natural(t.i64())
		case id == 11 && typ == thriftI64:
			v.duration = natural(t.i64())
		default:
			t.skip(typ, 0)
		}
	}
}

func (d *Decoder) thriftAnnotation(t *thriftReader, v *v1Span) {
	var (
		timestamp uint64
		value     []byte
		local     endpoint
	)
	for {
		typ, id := t.field()
		switch {
		case typ == thriftStop:
			v.annotate(timestamp, value, local)
			return
		case id == 1 && typ == thriftI64:
			timestamp = natural(t.i64())
		case id == 2 && typ == thriftString:
			value = d.scanner.valid(t.text())
		case id == 3 && typ == thriftStruct:
			local = d.thriftEndpoint(t)
		default:
			t.skip(typ, 0)
		}
	}
}

// Types of binary annotations.
const (
	annotationBool = iota
	annotationBytes
	annotationI16
	annotationI32
	annotationI64
	annotationDouble
	annotationString
)

func (d *Decoder) thriftBinary(t *thriftReader, v *v1Span) {
	var (
		b     v1Binary
		raw   []byte
		typed = uint32(annotationString)
		local endpoint
	)
	for {
		typ, id := t.field()
		switch {
		case typ == thriftStop:
			if b.key == nil || raw == nil {
				return // one byte says so, which must not take a hundred
			}
			isTrue := typed == annotationBool && len(raw) == 1 && raw[0] == 1
			b.value = d.thriftText(typed, raw)
			b.address = isAddress(b.key, b.value, isTrue)
			b.endpoint = v.at(local)
			v.binary = append(v.binary, b)
			return
		case id == 1 && typ == thriftString:
			b.key = d.scanner.valid(t.text())
		case id == 2 && typ == thriftString:
			raw = t.text()
		case id == 3 && typ == thriftI32:
			typed = t.i32()
		case id == 4 && typ == thriftStruct:
			local = d.thriftEndpoint(t)
		default:
			t.skip(typ, 0)
		}
	}
}

// thriftText is a value as text, which may be the scanner's. Zipkin keeps strings alone; so
// nothing is lost.
func (d *Decoder) thriftText(typed uint32, raw []byte) []byte {
	if typed == annotationString {
		return d.scanner.valid(raw)
	}
	s := &d.scanner
	start := len(s.scratch)
	switch {
	case typed == annotationBool && len(raw) == 1:
		s.scratch = strconv.AppendBool(s.scratch, raw[0] != 0)
	case typed == annotationI16 && len(raw) == 2:
		s.scratch = strconv.AppendInt(s.scratch, int64(int16(binary.BigEndian.Uint16(raw))), 10)
	case typed == annotationI32 && len(raw) == 4:
		s.scratch = strconv.AppendInt(s.scratch, int64(int32(binary.BigEndian.Uint32(raw))), 10)
	case typed == annotationI64 && len(raw) == 8:
		s.scratch = strconv.AppendInt(s.scratch, int64(be64(raw)), 10)
	case typed == annotationDouble && len(raw) == 8:
		s.scratch = strconv.AppendFloat(s.scratch, math.Float64frombits(be64(raw)), 'g', -1, 64)
	default:
		s.scratch = base64.StdEncoding.AppendEncode(s.scratch, raw)
	}
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

func (d *Decoder) thriftEndpoint(t *thriftReader) (e endpoint) {
	for {
		typ, id := t.field()
		switch {
		case typ == thriftStop:
			return e
		case id == 1 && typ == thriftI32:
			var ip [4]byte
			binary.BigEndian.PutUint32(ip[:], t.i32())
			if ip != [4]byte{} {
				e.setIP(netip.AddrFrom4(ip))
			}
		case id == 2 && typ == thriftI16:
			e.port = t.i16()
		case id == 3 && typ == thriftString:
			e.service = d.scanner.valid(t.text())
		case id == 4 && typ == thriftString:
			if ip, ok := netip.AddrFromSlice(t.text()); ok {
				e.setIP(ip)
			}
		default:
			t.skip(typ, 0)
		}
	}
}
