package zipkinreceiver

import (
	"io"
	"math/bits"
	"sync"
)

// buffer holds what was read. Buffers are pooled by size, each four times the one before, and
// one is changed for the next when it is full: a client that sends little, whatever it
// promises, holds little. What comes is copied by a third more, unless it is as little as
// clients are believed to send.
type buffer struct {
	content []byte // what was read
	memory  []byte
}

const (
	// smallest is what a connection that sends nothing costs: about as much as it does in
	// net/http.
	smallest = 4 << 10
	// pools are for up to 16 MiB. Greater buffers are left to the garbage collector: senders
	// end their messages at half a MiB (zipkin-reporter's messageMaxBytes) to 5 MiB.
	pools = 7
)

var buffers [pools]sync.Pool

// believed is how much is taken at once for what a client promises to send: two system calls
// instead of five for what a reporter sends at a time, and no more than the kernel holds of
// a connection anyway.
const believed = 64 << 10

// readAll reads to the end, which is promised to come after so many bytes, or −1. Somebody
// else stops at the limit, which says how large the last buffer has to be.
func readAll(r io.Reader, promised, limit int64) (*buffer, error) {
	size := smallest
	// One byte more is where the end is seen.
	for size < believed && int64(size) <= promised {
		size *= 4
	}
	b := takeBuffer(size)
	for n := 0; ; {
		read, err := r.Read(b.memory[n:])
		n += read
		if err == io.EOF {
			b.content = b.memory[:n]
			return b, nil
		}
		if err != nil {
			b.release()
			return nil, err
		}
		if n == len(b.memory) {
			next := takeBuffer(grown(n, limit))
			copy(next.memory, b.memory)
			b.release()
			b = next
		}
	}
}

// grown is the size after n. One byte above the limit is where the end is seen.
func grown(n int, limit int64) int {
	size := 4 * n
	if over := limit + 1; over > int64(n) && over < int64(size) {
		return int(over)
	}
	return size
}

// release gives the memory back: nobody may read content any more.
func (b *buffer) release() {
	if p := pool(len(b.memory)); p != nil {
		b.content = nil
		p.Put(b)
	}
}

func takeBuffer(size int) *buffer {
	if p := pool(size); p != nil {
		if b, ok := p.Get().(*buffer); ok {
			return b
		}
	}
	return &buffer{memory: make([]byte, size)}
}

// pool is that of a size, nil if there is none.
func pool(size int) *sync.Pool {
	steps := (bits.Len(uint(size)) - bits.Len(uint(smallest))) / 2
	if steps < 0 || steps >= pools || size != smallest<<(2*steps) {
		return nil
	}
	return &buffers[steps]
}
