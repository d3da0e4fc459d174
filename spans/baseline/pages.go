package baseline

import (
	"sync/atomic"
	"unsafe"
)

const (
	pageBits = 10
	// pageLen is small enough that a page half used is no loss, large enough that the
	// pointers to 100,000 elements fit two pages of the processor's.
	pageLen = 1 << pageBits
)

// pages hold elements by number. A page is allocated when it is first needed and stays where it
// is, so that readers need no lock. Elements without pointers are outside the garbage
// collector's scan.
type pages[T any] struct {
	table []atomic.Pointer[[pageLen]T]
	made  atomic.Int64
}

// newPages has room for the numbers 0 to last.
func newPages[T any](last int) pages[T] {
	return pages[T]{table: make([]atomic.Pointer[[pageLen]T], last>>pageBits+1)}
}

// at gives an element, nil if it has no memory.
func (p *pages[T]) at(i uint32) *T {
	if n := int(i >> pageBits); n < len(p.table) {
		if page := p.table[n].Load(); page != nil {
			return &page[i%pageLen]
		}
	}
	return nil
}

// make gives an element memory if it has none. One goroutine at a time may call it.
func (p *pages[T]) make(i uint32) *T {
	at := &p.table[i>>pageBits]
	if at.Load() == nil {
		at.Store(new([pageLen]T))
		p.made.Add(1)
	}
	return &at.Load()[i%pageLen]
}

// size is in bytes.
func (p *pages[T]) size() int {
	return int(p.made.Load())*int(unsafe.Sizeof([pageLen]T{})) + len(p.table)*8
}
