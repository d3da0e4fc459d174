package guardextension

import (
	"runtime"
	"slices"
	"sync"
	"weak"

	"google.golang.org/grpc/mem"
)

var _ mem.BufferPool = (*framePool)(nil)

// framePool gives a gRPC server its buffers, and counts those that are out: a frame of HTTP/2
// each while a message arrives, and larger ones while it is decompressed. It cannot refuse
// one, for that would end the connection; when there is no room it calls makeRoom.
//
// gRPC does not give all of them back: of a call that ends early it drops what had arrived.
// So a buffer that was collected counts as given back.
type framePool struct {
	inFlight *budget
	makeRoom func(wait bool)
	pools    [len(frameSizes)]sync.Pool

	mu  sync.Mutex
	out map[weak.Pointer[[]byte]]int // the size of each
}

// frame is the most that a frame of HTTP/2 has.
const frame = 16 << 10

// frameSizes are pooled: decompressors fill 32 KiB at a time.
var frameSizes = [...]int{4 << 10, frame, 32 << 10}

func newFramePool(inFlight *budget, makeRoom func(wait bool)) *framePool {
	return &framePool{inFlight: inFlight, makeRoom: makeRoom, out: map[weak.Pointer[[]byte]]int{}}
}

// Get implements mem.BufferPool.
func (p *framePool) Get(size int) *[]byte {
	if mem.IsBelowBufferPoolingThreshold(size) {
		b := make([]byte, size) // gRPC does not give these back
		return &b
	}
	b := p.buffer(size)
	held := cap(*b)
	p.mu.Lock()
	p.out[weak.Make(b)] = held
	p.mu.Unlock()
	if !p.inFlight.take(held) {
		p.makeRoom(size <= frame) // what is larger is a call's own, which has none to wait for
	}
	return b
}

// Put implements mem.BufferPool.
func (p *framePool) Put(b *[]byte) {
	if !p.in(weak.Make(b)) {
		return
	}
	held := cap(*b)
	*b = (*b)[:held]
	if i := slices.Index(frameSizes[:], held); i >= 0 {
		p.pools[i].Put(b) // from here on it is another's
	}
}

// in gives back what a buffer takes, and reports whether it was out.
func (p *framePool) in(b weak.Pointer[[]byte]) bool {
	p.mu.Lock()
	held, out := p.out[b]
	delete(p.out, b)
	p.mu.Unlock()
	p.inFlight.release(held)
	return out
}

func (p *framePool) buffer(size int) *[]byte {
	held := size
	for i, pooled := range frameSizes {
		if size > pooled {
			continue
		}
		if b, ok := p.pools[i].Get().(*[]byte); ok {
			*b = (*b)[:size]
			return b
		}
		held = pooled
		break
	}
	content := make([]byte, size, held)
	b := &content
	runtime.AddCleanup(b, func(b weak.Pointer[[]byte]) { p.in(b) }, weak.Make(b))
	return b
}
