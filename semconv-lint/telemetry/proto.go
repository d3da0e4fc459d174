package telemetry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/koine-otel/koine/zipkin"
)

var (
	errNoSignal  = errors.New("protobuf: neither spans, metrics nor logs, nor Zipkin's spans")
	errNotProto  = errors.New("protobuf: malformed")
	errTruncated = errors.New("protobuf: ends too early")
)

// proto cuts a message into its elements, all of which are its field 1. Small ones go together.
func (in *input) proto() *Error {
	var p *piece
	for n := 1; ; n++ {
		at := place{message: n}
		element, err := in.field()
		if err == nil && (p == nil || p.kind != elementKind(element) || len(p.data) > gathered) {
			if p != nil {
				in.put(p)
			}
			p = in.piece(elementKind(element), nil, at)
		}
		switch {
		case errors.Is(err, io.EOF):
			if p != nil {
				in.put(p)
			}
			return nil
		case err != nil:
			if p != nil {
				in.put(p)
			}
			return &Error{File: in.file, Message: n, Err: err}
		case p.kind == unknownKind:
			if len(element) > 0 {
				in.fail(&Error{File: in.file, Message: n, Err: errNoSignal})
			}
			p = nil
		default:
			p.data = protowire.AppendBytes(protowire.AppendTag(p.data, 1, protowire.BytesType), element)
			p.spans = append(p.spans, at)
		}
	}
}

// field reads the next field 1.
func (in *input) field() ([]byte, error) {
	tag, err := in.varint()
	if err != nil {
		return nil, err
	}
	if tag != uint64(protowire.EncodeTag(1, protowire.BytesType)) {
		return nil, errNotProto
	}
	n, err := in.varint()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errTruncated
	case err != nil:
		return nil, err
	case n > uint64(in.max):
		return nil, fmt.Errorf("protobuf: an element of %d bytes: more than %d", n, in.max)
	}
	return in.bytes(int(n))
}

func (in *input) varint() (n uint64, err error) {
	var b [1]byte
	for i := 0; i < binary.MaxVarintLen64; i++ {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			if i > 0 && errors.Is(err, io.EOF) {
				err = errTruncated
			}
			return 0, err
		}
		n |= uint64(b[0]&0x7f) << (7 * i)
		if b[0] < 0x80 {
			return n, nil
		}
	}
	return 0, errNotProto
}

// bytes reads n bytes. They are taken as they come: a length is only a promise.
func (in *input) bytes(n int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, int64(n)))
	if err == nil && len(b) < n {
		err = errTruncated
	}
	return b, err
}

// thrift takes a list of Zipkin's version 1 as a whole.
func (in *input) thrift() *Error {
	body, err := io.ReadAll(io.LimitReader(in, int64(in.max)+1))
	if err == nil && len(body) > in.max {
		err = fmt.Errorf("%s: more than %d bytes", zipkin.Thrift, in.max)
	}
	if err != nil {
		return &Error{File: in.file, Message: 1, Err: err}
	}
	in.put(in.piece(thriftPiece, body, place{message: 1}))
	return nil
}
