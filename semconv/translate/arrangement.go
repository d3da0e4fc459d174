package translate

import (
	"math/bits"
	"sync/atomic"

	"github.com/koine-otel/koine/semconv/registry"
)

// arrangement is a plan for keys in one order. Whoever writes the spans of an operation
// mostly writes their keys in one order; then it is known beforehand where each slot's
// attribute is, and renames, half of all that happens, are a list that all spans share.
type arrangement struct {
	sequence uint64
	plan     *plan
	// index is by slot where its attribute is.
	index []int32
	// types are what attributes must have for the renames to be no more than that, and
	// for live ones to be right as they stand.
	types   []typed
	renames []Rename
	// rest are the plan's steps that are no such renames.
	rest []step
}

type typed struct {
	index int32
	typ   registry.Type
	port  bool
}

// arrange makes an arrangement; index is by slot.
func (p *plan) arrange(sequence uint64, index []int32) *arrangement {
	a := &arrangement{sequence: sequence, plan: p, index: append([]int32(nil), index...)}
	for n, s := range p.slots {
		if s.live && s.typ != registry.Any {
			a.types = append(a.types, typed{index[n], s.typ, false})
		}
	}
	for i := range p.steps {
		s := &p.steps[i]
		if !s.exclusive {
			a.rest = append(a.rest, *s)
			continue
		}
		c := &s.candidates[0]
		at := index[c.slots[0]]
		a.renames = append(a.renames, Rename{int(at), s.key, c.rule})
		if s.typ != registry.Any {
			a.types = append(a.types, typed{at, s.typ, s.port})
		}
	}
	return a
}

// fits says whether the values have the types that the arrangement counts on.
func (a *arrangement) fits(in *Input) bool {
	for _, x := range a.types {
		if v := &in.Values[x.index]; v.Type != x.typ || x.port && !v.isPort() {
			return false
		}
	}
	return true
}

// arrangements remembers arrangements as plans are. Some translators write keys in the
// order of a hash map, ten keys in 3.6 million orders: an order is remembered only when it
// is seen for the second time.
type arrangements struct {
	*cache[arrangement]
	seen []atomic.Uint32
}

func newArrangements(slots int, limit int64) arrangements {
	known := &cache[arrangement]{slots: make([]atomic.Pointer[arrangement], slots), limit: limit, size: (*arrangement).size}
	return arrangements{known, make([]atomic.Uint32, slots)}
}

// again says whether an order was seen before, and notes it if it was not.
func (c *arrangements) again(sequence uint64) bool {
	mark := uint32(sequence >> 32)
	return c.seen[sequence%uint64(len(c.seen))].Swap(mark) == mark
}

// follow adds a key's hash to those of the keys before it.
func follow(sequence, hash uint64) uint64 {
	return (bits.RotateLeft64(sequence, 23) ^ hash) * 0x9e3779b97f4a7c15
}
