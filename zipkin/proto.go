package zipkin

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
)

// protoList reads a ListOfSpans (zipkin.proto, whose field numbers these are). Fields that
// are not known, and known ones of another wire type, say nothing.
func (d *Decoder) protoList(body []byte) error {
	f := fields{rest: body, size: len(body)}
	for f.next() {
		if f.number != 1 || f.typ != protowire.BytesType {
			continue
		}
		to := f.size - len(f.rest)
		d.at(to-len(f.bytes), to)
		d.scanner.clear()
		d.record.reset()
		if err := d.protoSpan(&d.record, f.bytes, d.from); err != nil {
			return err
		}
		d.add(&d.record)
		if d.stop != nil {
			return d.stop
		}
	}
	return f.err
}

// fields walks through the fields of a message.
type fields struct {
	rest   []byte
	size   int // of the message
	offset int // of the message in the list, for errors
	number protowire.Number
	typ    protowire.Type
	bytes  []byte // of BytesType
	varint uint64 // of VarintType, Fixed64Type and Fixed32Type
	err    error
}

func (f *fields) next() bool {
	if len(f.rest) == 0 || f.err != nil {
		return false
	}
	// Nearly all fields have a tag of one byte and less than 128 bytes of content.
	if b := f.rest; len(b) >= 2 && b[0]&0x87 == byte(protowire.BytesType) && b[0] >= 8 && int(b[1]) <= len(b)-2 && b[1] < 0x80 {
		end := 2 + int(b[1])
		f.number, f.typ, f.bytes, f.rest = protowire.Number(b[0]>>3), protowire.BytesType, b[2:end], b[end:]
		return true
	}
	return f.nextOdd()
}

func (f *fields) nextOdd() bool {
	at := f.size - len(f.rest)
	number, typ, n := protowire.ConsumeTag(f.rest)
	if n < 0 {
		return f.malformed(at, n)
	}
	rest := f.rest[n:]
	switch typ {
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(rest)
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(rest)
	case protowire.Fixed64Type:
		f.varint, n = protowire.ConsumeFixed64(rest)
	default:
		n = protowire.ConsumeFieldValue(number, typ, rest)
	}
	if n < 0 {
		return f.malformed(at, n)
	}
	f.rest, f.number, f.typ = rest[n:], number, typ
	return true
}

func (f *fields) malformed(at, n int) bool {
	f.err = fmt.Errorf("%w: protobuf at byte %d: %w", ErrMalformed, f.offset+at, protowire.ParseError(n))
	return false
}

func (d *Decoder) protoSpan(r *record, message []byte, offset int) error {
	f := fields{rest: message, size: len(message), offset: offset}
	for f.next() {
		switch {
		case f.typ == protowire.BytesType:
			at := offset + f.size - len(f.rest) - len(f.bytes)
			if err := d.protoBytes(r, f.number, f.bytes, at); err != nil {
				return err
			}
		case f.typ == protowire.VarintType:
			switch f.number {
			case 4:
				r.kind = protoKind(f.varint)
			case 7:
				r.duration = natural(f.varint)
			case 12:
				r.debug = f.varint != 0
			case 13:
				r.shared = f.varint != 0
			}
		case f.typ == protowire.Fixed64Type && f.number == 6:
			r.timestamp = natural(f.varint)
		}
	}
	return f.err
}

// natural is a number that senders may have made of a negative one, which is none at all.
func natural(n uint64) uint64 {
	if int64(n) < 0 {
		return 0
	}
	return n
}

var protoKinds = [...]ptrace.SpanKind{
	1: ptrace.SpanKindClient, 2: ptrace.SpanKindServer, 3: ptrace.SpanKindProducer, 4: ptrace.SpanKindConsumer,
}

func protoKind(n uint64) ptrace.SpanKind {
	if n < uint64(len(protoKinds)) {
		return protoKinds[n]
	}
	return ptrace.SpanKindUnspecified
}

func (d *Decoder) protoBytes(r *record, number protowire.Number, b []byte, at int) (err error) {
	switch number {
	case 1:
		switch len(b) {
		case 8:
			r.traceHigh, r.traceLow = 0, binary.BigEndian.Uint64(b)
		case 16:
			r.traceHigh, r.traceLow = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
		default:
			r.fail(BadTraceID, fmt.Sprintf("%d bytes, neither 8 nor 16", len(b)))
		}
	case 2:
		if len(b) > 0 {
			r.parent = protoID(r, b, BadParentID)
		}
	case 3:
		r.id = protoID(r, b, BadID)
	case 5:
		r.name = d.scanner.valid(b)
	case 8:
		err = d.protoLocalEndpoint(r, b, at)
	case 9:
		err = d.protoEndpoint(&r.remote, r, b, at)
	case 10:
		err = d.protoAnnotation(r, b, at)
	case 11:
		err = d.protoTag(r, b, at)
	}
	return err
}

func protoID(r *record, b []byte, reason Reason) uint64 {
	if len(b) != 8 {
		r.fail(reason, fmt.Sprintf("%d bytes, not 8", len(b)))
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// protoLocalEndpoint is as jsonLocalEndpoint.
func (d *Decoder) protoLocalEndpoint(r *record, b []byte, at int) error {
	l := &d.local
	if len(l.text) > 0 && bytes.Equal(b, l.text) {
		r.local, r.lastLocal = l.endpoint, true
		return nil
	}
	l.text, r.local, r.lastLocal = nil, endpoint{}, false // of two the last counts
	err := d.protoEndpoint(&r.local, r, b, at)
	if err == nil && !r.invalid && utf8.Valid(r.local.service) {
		d.local = local{text: b, endpoint: r.local}
		r.lastLocal = true
	}
	return err
}

func (d *Decoder) protoEndpoint(e *endpoint, r *record, message []byte, offset int) error {
	f := fields{rest: message, size: len(message), offset: offset}
	for f.next() {
		switch {
		case f.typ == protowire.BytesType && f.number == 1:
			e.service = d.scanner.valid(f.bytes)
		case f.typ == protowire.BytesType && (f.number == 2 || f.number == 3):
			if ip, ok := netip.AddrFromSlice(f.bytes); ok {
				e.setIP(ip)
			}
		case f.typ == protowire.VarintType && f.number == 4:
			if e.port = uint16(f.varint); int32(f.varint) < 0 {
				e.port = 0
			} else if f.varint > 0xffff {
				r.fail(BadEndpoint, "port beyond 65535")
			}
		}
	}
	return f.err
}

func (d *Decoder) protoAnnotation(r *record, message []byte, offset int) error {
	var a annotation
	f := fields{rest: message, size: len(message), offset: offset}
	for f.next() {
		switch {
		case f.typ == protowire.Fixed64Type && f.number == 1:
			a.timestamp = natural(f.varint)
		case f.typ == protowire.BytesType && f.number == 2:
			a.value = d.scanner.valid(f.bytes)
		}
	}
	r.annotate(a)
	return f.err
}

func (d *Decoder) protoTag(r *record, message []byte, offset int) error {
	// A key and a value in this order, of less than 128 bytes: what nearly all tags are.
	if m := message; len(m) >= 4 && m[0] == 1<<3|2 && m[1] < 0x80 && int(m[1]) <= len(m)-4 {
		keyEnd := 2 + int(m[1])
		if v := m[keyEnd:]; v[0] == 2<<3|2 && v[1] < 0x80 && int(v[1]) == len(v)-2 {
			d.addTag(r, d.scanner.valid(m[2:keyEnd]), d.scanner.valid(v[2:]))
			return nil
		}
	}
	var key, value []byte
	f := fields{rest: message, size: len(message), offset: offset}
	for f.next() {
		if f.typ != protowire.BytesType {
			continue
		}
		switch f.number {
		case 1:
			key = d.scanner.valid(f.bytes)
		case 2:
			value = d.scanner.valid(f.bytes)
		}
	}
	d.addTag(r, key, value)
	return f.err
}
