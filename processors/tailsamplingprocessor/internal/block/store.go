// Package block holds spans as compressed blocks outside Go's heap, until the last of a
// block's spans is forwarded or dropped.
//
// Spans lie in a block as they arrived, not by trace: whoever knows the trace keeps a Ref for
// each span. To drop a trace is then to count down, and only what is kept is ever read.
package block

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

const (
	// maxBody is where a block is closed: S2 finds what repeats within 64 KiB, and a block of
	// that size is read in some tens of microseconds for the sake of one span.
	maxBody = 64 << 10
	// minBody is what gets a block of its own. Less shares an open block with other requests.
	minBody = 16 << 10

	pageBits = 10
	pageLen  = 1 << pageBits
	maxPages = 1 << 16
)

// ErrFull says that there are more blocks than a Ref can tell apart: 67 million.
var ErrFull = errors.New("block: too many blocks")

// Ref is where a span lies. It stays valid until it is Released.
type Ref struct{ Block, Offset uint32 }

// Store holds blocks. All methods may be called by many goroutines at a time.
type Store struct {
	arena arena
	held  atomic.Int64

	mu     sync.Mutex // for the table's growth and its free places: taken once a block
	pages  [maxPages]atomic.Pointer[page]
	len    uint32 // places given out so far
	unused []uint32

	openMu sync.RWMutex // guards the map, not the blocks in it
	open   map[uint32]*openBlocks
}

type page [pageLen]entry

// entry is one block. What is not atomic is written before refs are handed out or, for an open
// block, before open becomes nil.
type entry struct {
	refs atomic.Int64
	open atomic.Pointer[openBlock] // not yet compressed
	data []byte
	raw  int
	in   uint32 // the arena's chunk
	set  uint32
}

// NewStore gives an empty store.
func NewStore() *Store {
	s := &Store{open: map[uint32]*openBlocks{}}
	s.arena.held = &s.held
	return s
}

// Held is the memory that the blocks take, in bytes.
func (s *Store) Held() int64 { return s.held.Load() }

// Set is what the block's writer gave: which requests its spans may leave with.
func (s *Store) Set(id uint32) uint32 { return s.entry(id).set }

// Release gives n spans of a block back. A block without spans is gone.
func (s *Store) Release(id uint32, n int) {
	if e := s.entry(id); e.refs.Add(-int64(n)) == 0 {
		s.arena.free(e.in)
		s.give(id)
	}
}

// Read decompresses a block, of which the caller holds a span, into buf, which may be nil.
func (s *Store) Read(id uint32, buf []byte) (Body, error) {
	e := s.entry(id)
	if o := e.open.Load(); o != nil {
		if err := o.sealIf(s, e); err != nil {
			return Body{}, err
		}
	}
	if cap(buf) < e.raw {
		buf = make([]byte, max(e.raw, maxBody))
	}
	body, err := s2.Decode(buf[:e.raw], e.data)
	if err != nil {
		return Body{}, fmt.Errorf("block: %w", err)
	}
	return Body{Bytes: body, Set: e.set}, nil
}

// Close gives all memory back. Nobody may hold a span.
func (s *Store) Close() { s.arena.close() }

func (s *Store) entry(id uint32) *entry {
	return &s.pages[id>>pageBits].Load()[id&(pageLen-1)]
}

// take gives a place for a block.
func (s *Store) take() (uint32, *entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var id uint32
	if last := len(s.unused) - 1; last >= 0 {
		id, s.unused = s.unused[last], s.unused[:last]
	} else {
		if s.len == maxPages*pageLen {
			return 0, nil, ErrFull
		}
		id = s.len
		s.len++
		if id&(pageLen-1) == 0 {
			s.pages[id>>pageBits].Store(new(page))
		}
	}
	return id, s.entry(id), nil
}

func (s *Store) give(id uint32) {
	e := s.entry(id)
	e.data = nil
	s.mu.Lock()
	s.unused = append(s.unused, id)
	s.mu.Unlock()
}

var compressed = sync.Pool{New: func() any { b := make([]byte, s2.MaxEncodedLen(maxBody)); return &b }}

// put compresses a body and makes it the entry's.
func (s *Store) put(e *entry, body []byte) error {
	scratch := compressed.Get().(*[]byte)
	defer compressed.Put(scratch)
	// A larger body than the scratch makes Encode allocate; that is one giant span.
	small := s2.Encode(*scratch, body)
	data, in, err := s.arena.alloc(len(small))
	if err != nil {
		return err
	}
	copy(data, small)
	e.data, e.in, e.raw = data, in, len(body)
	return nil
}
