package guardextension

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/koine-otel/koine/memory"
)

// body is a request's body, received whole. The handler reads it as it would the
// connection; the bytes go back to their pool as soon as it has, for it may then
// wait long for the pipeline. Their reservation stays until release.
type body struct {
	inFlight *budget
	reserved int

	mu      sync.Mutex // a handler may leave a goroutine behind that still reads
	pooled  *[]byte
	content []byte // what was received
	next    int    // the first byte not read yet
}

// receive reads the body of r into a buffer that grows, and reserves the buffer as it grows:
// what the client promises does not count. The caller releases the body, also when there is
// an error.
func receive(r *http.Request, inFlight *budget) (*body, error) {
	b := &body{inFlight: inFlight}
	if err := b.reserve(memory.SmallestBuffer); err != nil {
		return b, err
	}
	buffer := memory.TakeBuffer(memory.SmallestBuffer)
	b.pooled = buffer
	for n := 0; ; {
		read, err := r.Body.Read((*buffer)[n:])
		n += read
		if err == io.EOF {
			b.content = (*buffer)[:n]
			return b, nil
		}
		if err != nil {
			return b, fmt.Errorf("guard: reading the request's body: %w", err)
		}
		if n == len(*buffer) {
			size := grown(n, r.ContentLength)
			if limit := inFlight.limit; limit > int64(n) && int64(size) > limit {
				size = int(limit)
			}
			if err := b.reserve(size - n); err != nil {
				return b, err
			}
			buffer = memory.TakeBuffer(size)
			copy(*buffer, (*b.pooled)[:n])
			memory.GiveBuffer(b.pooled)
			b.pooled = buffer
		}
	}
}

// reserve takes n more bytes for the request.
func (b *body) reserve(n int) error {
	err := b.inFlight.reserve(n, b.reserved)
	if err == nil {
		b.reserved += n
	}
	return err
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := copy(p, b.content[b.next:])
	b.next += n
	if b.next < len(b.content) {
		return n, nil
	}
	b.recycle()
	return n, io.EOF
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recycle()
	return nil
}

// release ends the body's part of the budget, and the body if the handler did not.
func (b *body) release() {
	_ = b.Close()
	b.inFlight.release(b.reserved)
	b.reserved = 0
}

func (b *body) recycle() {
	if b.pooled != nil {
		memory.GiveBuffer(b.pooled)
	}
	b.pooled, b.content, b.next = nil, nil, 0
}

// grown gives the size after n: twice that or, to spare copies, up to eight times, if the
// client promised as much.
func grown(n int, promised int64) int {
	size := 2 * n
	for size <= 4*n && int64(size) <= promised {
		size *= 2
	}
	return size
}
