package zipkinreceiver

import (
	"io"

	"github.com/koine-otel/koine/memory"
)

// buffer holds what was read. One is changed for the next, four times as large, when it is full:
// a client that sends little, whatever it promises, holds little. What comes is copied by a
// third more, unless it is as little as clients are believed to send.
type buffer struct {
	content []byte // what was read
	memory  *[]byte
}

// believed is how much is taken at once for what a client promises to send: two system calls
// instead of five for what a reporter sends at a time, and no more than the kernel holds of
// a connection anyway.
const believed = 64 << 10

// readAll reads to the end, which is promised to come after so many bytes, or −1. Somebody
// else stops at the limit, which says how large the last buffer has to be.
func readAll(r io.Reader, promised, limit int64) (*buffer, error) {
	size := memory.SmallestBuffer
	// One byte more is where the end is seen.
	for size < believed && int64(size) <= promised {
		size *= 4
	}
	b := &buffer{memory: memory.TakeBuffer(size)}
	for n := 0; ; {
		read, err := r.Read((*b.memory)[n:])
		n += read
		if err == io.EOF {
			b.content = (*b.memory)[:n]
			return b, nil
		}
		if err != nil {
			b.release()
			return nil, err
		}
		if n == len(*b.memory) {
			next := memory.TakeBuffer(grown(n, limit))
			copy(*next, *b.memory)
			b.release()
			b.memory = next
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
	memory.GiveBuffer(b.memory)
	b.memory, b.content = nil, nil
}
