package baseline

import (
	"math/bits"
	"sync/atomic"
)

const (
	// numberBits are a slot's lower bits: 16 million operations would take 7 GB.
	numberBits = 24
	numberMask = 1<<numberBits - 1
)

// index finds numbers by a hash, by open addressing: a slot is the hash's upper 40 bits and a
// number, 0 if it is free. At least half of them are. Readers need no lock; one goroutine at a
// time writes. While an entry is removed, a reader may miss one that is moved up.
type index struct {
	slots []atomic.Uint64
}

func newIndex(entries int) index {
	return index{slots: make([]atomic.Uint64, 1<<bits.Len(uint(2*entries)))}
}

func (x *index) size() int { return 8 * len(x.slots) }

// find gives the first number from slot at on whose hash agrees in 40 bits, and where the
// search for the next would begin. 0 is none.
func (x *index) find(hash, at uint64) (number uint32, next uint64) {
	mask := uint64(len(x.slots) - 1)
	for ; ; at++ {
		slot := x.slots[at&mask].Load()
		if slot == 0 {
			return 0, at
		}
		if (slot^hash)>>numberBits == 0 {
			return uint32(slot & numberMask), at + 1
		}
	}
}

func (x *index) insert(hash uint64, number uint32) {
	mask := uint64(len(x.slots) - 1)
	at := hash
	for x.slots[at&mask].Load() != 0 {
		at++
	}
	x.slots[at&mask].Store(hash&^numberMask | uint64(number))
}

// remove closes the gap with the entries that follow, whose hashes' lower bits home gives, so
// that searches stay short whatever has come and gone.
func (x *index) remove(hash uint64, number uint32, home func(number uint32) uint64) {
	mask := uint64(len(x.slots) - 1)
	gap := hash
	for x.slots[gap&mask].Load()&numberMask != uint64(number) {
		gap++
	}
	for at := gap + 1; ; at++ {
		slot := x.slots[at&mask].Load()
		if slot == 0 {
			break
		}
		// It may move to the gap if its search begins there or before.
		if (at-home(uint32(slot&numberMask)))&mask >= (at-gap)&mask {
			x.slots[gap&mask].Store(slot)
			gap = at
		}
	}
	x.slots[gap&mask].Store(0)
}

// mix spreads a hash and makes it unknown to those who send names.
func mix(hash uint64, seed *[2]uint64) uint64 { return fold(hash^seed[0], seed[1]) }

// fold is both halves of a product.
func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
