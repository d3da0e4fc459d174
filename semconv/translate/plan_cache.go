package translate

import (
	"sync/atomic"
	"unsafe"
)

// planSlots bounds how many shapes are remembered: a service has some dozens, a gateway
// with hundreds of services thousands. Two that fall on one place replace each other and
// are made again when they are needed: some µs.
const planSlots = 1 << 14

// planBytes bounds what they take, which is a matter of their keys: plans of ten or twenty
// keys, as spans have, take 2 to 5 KiB each, so that this is room for some thousands.
const planBytes = 16 << 20

// scopedPlanSlots and scopedPlanBytes do so for the points of some metrics: those of one
// metric have few shapes, of few keys, and there are dozens of such tables.
const (
	scopedPlanSlots = 1 << 6
	scopedPlanBytes = 128 << 10
)

// maxPlanned is the most keys of a shape that is remembered: with more, one element's
// shape is unlikely to be another's, and its plan is large.
const maxPlanned = 128

// cache remembers by hash. It is a table without chains and needs no lock: its bounds are
// its length and a number of bytes. Above that it forgets what its hand comes across on its
// way around, which is as good as at random.
type cache[T any] struct {
	slots []atomic.Pointer[T]
	limit int64
	size  func(*T) int64 // how many bytes one holds on to
	bytes atomic.Int64
	hand  atomic.Uint64
}

// at is what is remembered in a hash's place, which may be another's; nil: nothing.
func (c *cache[T]) at(hash uint64) *T { return c.slots[hash%uint64(len(c.slots))].Load() }

func (c *cache[T]) add(hash uint64, x *T) {
	size := c.size(x)
	if size > c.limit {
		return
	}
	c.bytes.Add(size)
	c.forget(c.slots[hash%uint64(len(c.slots))].Swap(x))
	for c.bytes.Load() > c.limit {
		c.forget(c.slots[c.hand.Add(1)%uint64(len(c.slots))].Swap(nil))
	}
}

func (c *cache[T]) forget(x *T) {
	if x != nil {
		c.bytes.Add(-c.size(x))
	}
}

func newPlans(slots int, limit int64) *cache[plan] {
	return &cache[plan]{slots: make([]atomic.Pointer[plan], slots), limit: limit, size: (*plan).size}
}

// size is what a plan takes, but for what all plans share.
func (p *plan) size() int64 {
	n := unsafe.Sizeof(*p) + uintptr(cap(p.slots))*unsafe.Sizeof(slot{}) + uintptr(cap(p.find))*unsafe.Sizeof(found{}) + uintptr(cap(p.steps))*unsafe.Sizeof(step{})
	for i := range p.steps {
		s := &p.steps[i]
		n += uintptr(len(s.key)) + uintptr(cap(s.candidates))*unsafe.Sizeof(candidate{})
		for j := range s.candidates {
			// A conversion may have been made for this candidate alone, with a map.
			n += uintptr(cap(s.candidates[j].equals))*unsafe.Sizeof(condition{}) + conversionBytes(s.candidates[j].source)
		}
	}
	return int64(n)
}

// conversionBytes is about what a candidate's conversion holds on to.
func conversionBytes(s *Source) uintptr {
	if s == nil || s.Values == nil {
		return 0
	}
	return 128 + 64*uintptr(len(s.Values))
}

// size is what an arrangement takes, with its plan: that may be remembered no more.
func (a *arrangement) size() int64 {
	n := uintptr(0)
	for i := range a.soles {
		n += a.soles[i].size()
	}
	return a.plan.size() + int64(n+unsafe.Sizeof(*a)+uintptr(cap(a.index))*unsafe.Sizeof(int32(0))+uintptr(cap(a.ports))*unsafe.Sizeof(int32(0))+
		uintptr(cap(a.renames))*unsafe.Sizeof(Rename{})+uintptr(cap(a.copies))*unsafe.Sizeof(Edit{})+uintptr(cap(a.rest))*unsafe.Sizeof(step{}))
}
