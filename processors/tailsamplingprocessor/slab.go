package tailsamplingprocessor

import (
	"unsafe"

	"github.com/koine-otel/koine/memory"
)

const (
	slotBits = 10
	pageLen  = 1 << slotBits
	// sparePages are kept for the next elements: one, as there may be many shards.
	sparePages = 1
)

// slab holds elements without pointers by number, in pages outside the heap. Pages are filled
// in order and given back when none of their elements is needed, as in the blocks' arena: a
// shard's traces end about in the order in which they began. 0 is no element. One goroutine
// owns it.
type slab[T any] struct {
	pages   []slabPage[T]
	unused  []uint32 // places in pages that have no memory
	spare   []*[pageLen]T
	current uint32
	held    int64 // bytes, spare pages aside
	live    int   // elements
}

type slabPage[T any] struct {
	elements   *[pageLen]T
	used, live int
}

func newSlab[T any]() *slab[T] {
	// Page 0 stays without memory, so that no element is number 0.
	return &slab[T]{pages: make([]slabPage[T], 1)}
}

func (s *slab[T]) at(i uint32) *T { return &s.pages[i>>slotBits].elements[i&(pageLen-1)] }

func (s *slab[T]) pageSize() int {
	var page [pageLen]T
	return int(unsafe.Sizeof(page))
}

// add gives the number of a new element, whose content is anything.
func (s *slab[T]) add() (uint32, error) {
	if p := &s.pages[s.current]; p.elements == nil || p.used == pageLen {
		if err := s.grow(); err != nil {
			return 0, err
		}
	}
	p := &s.pages[s.current]
	i := s.current<<slotBits | uint32(p.used)
	p.used++
	p.live++
	s.live++
	return i, nil
}

func (s *slab[T]) grow() error {
	var page *[pageLen]T
	if last := len(s.spare) - 1; last >= 0 {
		page, s.spare = s.spare[last], s.spare[:last]
	} else {
		region, err := memory.MapRegion(s.pageSize())
		if err != nil {
			s.current = 0
			return err
		}
		page = (*[pageLen]T)(unsafe.Pointer(unsafe.SliceData(region)))
	}
	s.held += int64(s.pageSize())
	if last := len(s.unused) - 1; last >= 0 {
		s.current, s.unused = s.unused[last], s.unused[:last]
	} else {
		s.current = uint32(len(s.pages))
		s.pages = append(s.pages, slabPage[T]{})
	}
	s.pages[s.current] = slabPage[T]{elements: page}
	return nil
}

func (s *slab[T]) remove(i uint32) {
	n := i >> slotBits
	p := &s.pages[n]
	s.live--
	if p.live--; p.live > 0 {
		return
	}
	s.release(n)
	if n == s.current {
		s.current = 0 // page 0, where there is no room
	}
}

func (s *slab[T]) release(n uint32) {
	page := s.pages[n].elements
	s.pages[n] = slabPage[T]{}
	s.unused = append(s.unused, n)
	s.held -= int64(s.pageSize())
	if len(s.spare) < sparePages {
		s.spare = append(s.spare, page)
		return
	}
	s.unmap(page)
}

func (s *slab[T]) close() {
	for _, p := range s.pages {
		if p.elements != nil {
			s.unmap(p.elements)
		}
	}
	for _, page := range s.spare {
		s.unmap(page)
	}
	*s = slab[T]{pages: make([]slabPage[T], 1)}
}

func (s *slab[T]) unmap(page *[pageLen]T) {
	memory.UnmapRegion(unsafe.Slice((*byte)(unsafe.Pointer(page)), s.pageSize()))
}
