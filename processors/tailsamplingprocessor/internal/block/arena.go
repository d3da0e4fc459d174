package block

import (
	"sync"
	"sync/atomic"

	"github.com/koine-otel/koine/memory"
)

const (
	// chunkSize is what the arena takes from the system at a time. Blocks are written one after
	// the other and live about as long as each other, so that whole chunks fall free; the
	// smaller they are, the less a block that stays longer holds back.
	chunkSize = 256 << 10
	// spareChunks are kept for the next blocks: taking and returning one costs some page faults.
	spareChunks = 16
)

// arena holds bytes outside Go's heap, in chunks that are filled in order and reused once
// nothing in them is needed.
type arena struct {
	held *atomic.Int64 // bytes mapped for what is held; spare chunks do not count

	mu      sync.Mutex // one lock for a block of hundreds of spans, for the time of an addition
	chunks  []chunk
	unused  []uint32 // places in chunks that have no memory
	spare   [][]byte
	current uint32
	has     bool // there is a current chunk
}

type chunk struct {
	bytes []byte
	used  int
	live  int // allocations that are not free
}

// alloc gives n bytes and the chunk that they lie in.
func (a *arena) alloc(n int) (bytes []byte, in uint32, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > chunkSize/2 { // would waste much of one
		in, err = a.add(n, false)
	} else if !a.has || a.chunks[a.current].used+n > chunkSize {
		a.retire()
		if in, err = a.add(chunkSize, true); err == nil {
			a.current, a.has = in, true
		}
	} else {
		in = a.current
	}
	if err != nil {
		return nil, 0, err
	}
	c := &a.chunks[in]
	bytes = c.bytes[c.used : c.used+n : c.used+n]
	c.used += n
	c.live++
	return bytes, in, nil
}

// add makes a chunk.
func (a *arena) add(size int, reusable bool) (uint32, error) {
	var bytes []byte
	if last := len(a.spare) - 1; reusable && last >= 0 {
		bytes, a.spare = a.spare[last], a.spare[:last]
	} else {
		var err error
		if bytes, err = memory.MapRegion(size); err != nil {
			return 0, err
		}
	}
	a.held.Add(int64(len(bytes)))
	c := chunk{bytes: bytes}
	if last := len(a.unused) - 1; last >= 0 {
		var i uint32
		i, a.unused = a.unused[last], a.unused[:last]
		a.chunks[i] = c
		return i, nil
	}
	a.chunks = append(a.chunks, c)
	return uint32(len(a.chunks) - 1), nil
}

// retire ends the current chunk, which is full.
func (a *arena) retire() {
	if a.has && a.chunks[a.current].live == 0 {
		a.release(a.current)
	}
	a.has = false
}

// free gives an allocation's place back.
func (a *arena) free(in uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := &a.chunks[in]
	if c.live--; c.live > 0 {
		return
	}
	if a.has && in == a.current {
		c.used = 0
		return
	}
	a.release(in)
}

func (a *arena) release(in uint32) {
	c := &a.chunks[in]
	a.held.Add(-int64(len(c.bytes)))
	if len(c.bytes) == chunkSize && len(a.spare) < spareChunks {
		a.spare = append(a.spare, c.bytes)
	} else {
		memory.UnmapRegion(c.bytes)
	}
	*c = chunk{}
	a.unused = append(a.unused, in)
}

// close gives everything back.
func (a *arena) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.chunks {
		if a.chunks[i].bytes != nil {
			a.held.Add(-int64(len(a.chunks[i].bytes)))
			memory.UnmapRegion(a.chunks[i].bytes)
		}
	}
	for _, bytes := range a.spare {
		memory.UnmapRegion(bytes)
	}
	a.chunks, a.unused, a.spare, a.has = nil, nil, nil, false
}
