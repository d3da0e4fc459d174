package telemetry

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"
)

// frames reads messages that stand each after its length. What is in one is a file by itself:
// JSON or protobuf, packed or not.
func (in *input) frames() *Error {
	for n := 1; ; n++ {
		var head [4]byte
		_, err := io.ReadFull(in, head[:])
		if errors.Is(err, io.EOF) {
			return nil
		}
		var message []byte
		if err == nil {
			if size := binary.BigEndian.Uint32(head[:]); int64(size) > int64(in.max) {
				err = fmt.Errorf("is %d bytes long: more than %d", size, in.max)
			} else {
				message, err = in.bytes(int(size))
			}
		}
		if err != nil {
			return &Error{File: in.file, Message: n, Err: err}
		}
		if err := in.frame(n, message); err != nil {
			in.fail(&Error{File: in.file, Message: n, Err: cause(err)})
		}
	}
}

// frame takes the message of a number.
func (in *input) frame(n int, message []byte) error {
	if bytes.HasPrefix(message, zstdMagic) {
		unpacked, err := unzstd().DecodeAll(message, nil)
		if err != nil {
			return fmt.Errorf("zstd: %w", err)
		}
		message = unpacked
	}
	at := place{message: n}
	switch detect(message) {
	case emptyFile:
		return nil
	case jsonText:
		in.put(in.piece(kindOf(message), message, at))
		return nil
	case protoMessage:
		k := unknownKind
		eachField(message, func(_ protowire.Number, _ protowire.Type, element []byte) bool {
			k = elementKind(element)
			return k == unknownKind
		})
		if k == unknownKind {
			return errNoSignal
		}
		in.put(in.piece(k, message, at))
		return nil
	}
	return errUnknown
}

// unzstd unpacks single messages.
var unzstd = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxElement))
	if err != nil {
		panic(err) // options are constant
	}
	return d
})
