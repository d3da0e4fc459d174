package translate

import (
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/koine-otel/koine/semconv/registry"
)

// arrangement is a plan for keys in one order and values of certain types. Whoever writes
// the spans of an operation mostly writes their keys in one order; then it is known
// beforehand where each slot's attribute is, and renames, half of all that happens, are a
// list that all spans share.
type arrangement struct {
	sequence uint64
	plan     *plan
	// index is by slot where its attribute is.
	index []int32
	// ports are the attributes that must be ports for the renames to be no more than that.
	ports   []int32
	renames []Rename
	// copies are the attributes that get what others just have, besides another key.
	copies []Edit
	// soles are the attributes whose value has to be looked at, and nothing else.
	soles []sole
	// rest are the plan's other steps.
	rest []step
}

// arrange makes an arrangement for the likes of in, whose live attributes are of the right
// types; index is by slot.
func (p *plan) arrange(sequence uint64, index []int32, in *Input, o *Options) *arrangement {
	a := &arrangement{sequence: sequence, plan: p, index: append([]int32(nil), index...)}
	bySlot := make([][]step, len(p.slots))
	for i := range p.steps {
		if s := &p.steps[i]; s.sole >= 0 && p.slots[s.sole].sole {
			bySlot[s.sole] = append(bySlot[s.sole], *s)
		} else {
			a.rest = append(a.rest, *s)
		}
	}
	for n, steps := range bySlot {
		renamed := func(s step) bool {
			return s.plain && !s.candidates[0].source.Keep && (s.typ == registry.Any || s.typ == in.Values[index[n]].Type)
		}
		switch {
		case len(steps) == 0:
		case !o.KeepOld && !slices.ContainsFunc(steps, func(s step) bool { return !renamed(s) }):
			a.rename(n, steps)
		default:
			a.soles = append(a.soles, sole{index: index[n], slot: int32(n), steps: steps})
		}
	}
	return a
}

// rename gives an attribute the key of its first step; the others' get copies of it.
func (a *arrangement) rename(slot int, steps []step) {
	at := a.index[slot]
	for i := range steps {
		s := &steps[i]
		rule := s.candidates[0].rule
		if i == 0 {
			a.renames = append(a.renames, Rename{int(at), s.key, rule})
		} else {
			a.copies = append(a.copies, Edit{Index: -1, Key: s.key, Copy: int(at), slot: int32(slot), Rule: rule})
		}
		if s.port {
			a.ports = append(a.ports, at)
		}
	}
}

// fits says whether the values are what the arrangement counts on.
func (a *arrangement) fits(in *Input) bool {
	for _, i := range a.ports {
		if !in.Values[i].isPort() {
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

// follow adds a key's hash and its value's type to those before it, the first to the
// place. The type is a multiple of the table's secret: as the small numbers that they are,
// two sequences of types would be one several times as often as by chance.
func follow(sequence, hash, typ uint64) uint64 {
	return (bits.RotateLeft64(sequence, 23) ^ (hash + typ)) * 0x9e3779b97f4a7c15
}
