package block

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Writer writes the spans of one request. It is used by one goroutine and must be closed.
type Writer struct {
	store  *Store
	set    uint32
	target int
	left   int // of the request, about

	// Either a block of this writer's own, or an open one whose lock it holds.
	shared *openBlock
	own    *buffer
	id     uint32
	entry  *entry
	spans  int64 // in own, not yet counted in the entry
	start  bool  // the next span needs the context in front of it
	at     int   // where the context is

	resource, scope []byte
	done            []finished
	err             error
}

// finished is a block that this writer has closed.
type finished struct {
	id    uint32
	spans int
}

type buffer struct{ bytes []byte }

var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, maxBody+maxBody/4)} }}

// Begin makes w the writer of a request of about size bytes. All of it may be lost where
// memory cannot be had: see Close.
func (s *Store) Begin(w *Writer, set uint32, size int) {
	*w = Writer{store: s, set: set, resource: w.resource[:0], scope: w.scope[:0], done: w.done[:0]}
	if size < minBody {
		w.shared, w.err = s.openBlock(set)
		return
	}
	// Blocks of equal size; the last takes the rest, which is less than minBody.
	w.target = size / ((size + maxBody - minBody - 1) / (maxBody - minBody))
	w.left = size
}

// Context says what the next spans' resource and scope are. The bytes are copied.
func (w *Writer) Context(resource, scope []byte) {
	w.resource = append(w.resource[:0], resource...)
	w.scope = append(w.scope[:0], scope...)
	w.start = true
	w.left -= len(resource) + len(scope)
}

// Span adds a span and gives its place, which the caller then holds.
func (w *Writer) Span(span []byte) Ref {
	if w.err != nil {
		return Ref{}
	}
	if w.shared != nil {
		return w.share(span)
	}
	if w.own == nil {
		if w.id, w.entry, w.err = w.store.take(); w.err != nil {
			return Ref{}
		}
		w.own = buffers.Get().(*buffer)
		w.start = true
	}
	b := w.own.bytes
	b = w.context(b)
	ref := Ref{Block: w.id, Offset: uint32(len(b))}
	b = appendSpan(b, w.at, span)
	w.own.bytes = b
	w.spans++
	w.left -= len(span)
	if len(b) >= w.target && w.left >= minBody || len(b) >= maxBody {
		w.finish()
	}
	return ref
}

func (w *Writer) share(span []byte) Ref {
	o := w.shared
	b := w.context(o.buf.bytes)
	ref := Ref{Block: o.id, Offset: uint32(len(b))}
	b = appendSpan(b, w.at, span)
	if cap(b) != cap(o.buf.bytes) {
		w.store.held.Add(int64(cap(b) - cap(o.buf.bytes)))
	}
	o.buf.bytes = b
	o.used = true
	o.entry.refs.Add(1)
	return ref
}

func (w *Writer) context(b []byte) []byte {
	if w.start {
		w.at, w.start = len(b), false
		b = appendContext(b, w.resource, w.scope)
	}
	return b
}

// finish closes the writer's own block.
func (w *Writer) finish() {
	w.entry.set = w.set
	w.entry.refs.Store(w.spans)
	if w.err = w.store.put(w.entry, w.own.bytes); w.err != nil {
		w.store.give(w.id)
	} else {
		w.done = append(w.done, finished{w.id, int(w.spans)})
	}
	w.spans = 0
	w.own.give()
	w.own, w.entry = nil, nil
}

// Close ends the request. After an error none of its places is valid.
func (w *Writer) Close() error {
	if o := w.shared; o != nil {
		if len(o.buf.bytes) >= maxBody-minBody {
			_ = o.seal(w.store) // nothing is lost: the next to come tries again
		}
		o.mu.Unlock()
		w.shared = nil
	}
	if w.own != nil {
		w.finish()
	}
	if w.err != nil {
		for _, f := range w.done {
			w.store.Release(f.id, f.spans)
		}
	}
	return w.err
}

func (b *buffer) give() {
	if cap(b.bytes) <= 4*maxBody { // else it was a giant span's
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}

// openBlocks are blocks of one set that small requests fill, one for each core: whoever finds
// one in use takes another, so that nobody waits while there is no more load than cores.
type openBlocks struct {
	next   atomic.Uint32
	blocks []openBlock
}

type openBlock struct {
	mu    sync.Mutex
	buf   *buffer
	id    uint32
	entry *entry
	set   uint32
	used  bool // since SealIdle looked last
}

// SealIdle compresses open blocks that were not written to since it was called before: they take
// a buffer each, and there may be many sets.
func (s *Store) SealIdle() {
	s.openMu.RLock()
	defer s.openMu.RUnlock()
	for _, all := range s.open {
		for i := range all.blocks {
			o := &all.blocks[i]
			if !o.mu.TryLock() {
				continue // it is not idle
			}
			if !o.used {
				_ = o.seal(s) // nothing is lost: it stays open
			}
			o.used = false
			o.mu.Unlock()
		}
	}
}

// openBlock gives an open block of the set, locked.
func (s *Store) openBlock(set uint32) (*openBlock, error) {
	s.openMu.RLock()
	all := s.open[set]
	s.openMu.RUnlock()
	if all == nil {
		s.openMu.Lock()
		if all = s.open[set]; all == nil {
			all = &openBlocks{blocks: make([]openBlock, runtime.GOMAXPROCS(0))}
			s.open[set] = all
		}
		s.openMu.Unlock()
	}
	n := uint32(len(all.blocks))
	first := all.next.Load()
	o := &all.blocks[first%n]
	for i := uint32(0); !o.mu.TryLock(); i++ {
		if i == n {
			o.mu.Lock()
			break
		}
		all.next.Add(1)
		o = &all.blocks[(first+i)%n]
	}
	if o.buf == nil {
		var err error
		if o.id, o.entry, err = s.take(); err != nil {
			o.mu.Unlock()
			return nil, err
		}
		o.set = set
		o.buf = buffers.Get().(*buffer)
		s.held.Add(int64(cap(o.buf.bytes)))
		o.entry.set = set
		o.entry.refs.Store(1) // the block's own, until it is sealed
		o.entry.open.Store(o)
	}
	return o, nil
}

// sealIf seals the block if it is still this one.
func (o *openBlock) sealIf(s *Store, e *entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.entry != e {
		return nil
	}
	return o.seal(s)
}

// seal compresses an open block, if it is still open. The caller holds its lock.
func (o *openBlock) seal(s *Store) error {
	if o.buf == nil {
		return nil
	}
	size := int64(cap(o.buf.bytes))
	if err := s.put(o.entry, o.buf.bytes); err != nil {
		return err
	}
	s.held.Add(-size)
	id := o.id
	o.entry.open.Store(nil)
	o.buf.give()
	o.buf, o.entry = nil, nil
	s.Release(id, 1)
	return nil
}
