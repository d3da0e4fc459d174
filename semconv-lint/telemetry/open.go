package telemetry

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// peeked is how much of a file is looked at to tell what it is.
const peeked = 64 << 10

// opened is a file's content, decompressed.
type opened struct {
	*bufio.Reader
	close func()
}

// open opens a file, or takes what stands for it, and unpacks it if it is packed.
func open(path string, stdin io.Reader) (*opened, error) {
	raw, closeRaw := stdin, func() {}
	if path != standardInput {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		raw, closeRaw = file, func() { _ = file.Close() }
	}
	content, closeContent, err := unpacked(bufio.NewReaderSize(raw, peeked))
	if err != nil {
		closeRaw()
		return nil, err
	}
	return &opened{Reader: content, close: func() {
		closeContent()
		closeRaw()
	}}, nil
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// maxWindow is what a packed file may make zstd hold: its command line's own limit.
const maxWindow = 128 << 20

func unpacked(r *bufio.Reader) (*bufio.Reader, func(), error) {
	head, _ := r.Peek(len(zstdMagic)) // an error comes again with the first read
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		unzip, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, fmt.Errorf("gzip: %w", err)
		}
		return bufio.NewReaderSize(unzip, peeked), func() { _ = unzip.Close() }, nil
	case bytes.HasPrefix(head, zstdMagic):
		unzip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, fmt.Errorf("zstd: %w", err)
		}
		return bufio.NewReaderSize(unzip, peeked), unzip.Close, nil
	}
	return r, func() {}, nil
}
