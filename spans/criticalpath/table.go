package criticalpath

import (
	"math/bits"
	"math/rand/v2"

	"github.com/koine-otel/koine/spans/reuse"
)

// table holds a span for a key, by open addressing. At least half of its slots are free.
type table struct {
	slots []slot
}

type slot struct {
	key  uint64
	span int32 // index + 1; 0 if the slot is free
}

// reset makes room for n keys.
func (t *table) reset(n int) {
	t.slots = reuse.Zeroed(t.slots, 1<<bits.Len(uint(2*n)))
}

// find gives the span of a key, -1 if there is none.
func (t *table) find(key uint64) int32 { return t.slot(key).span - 1 }

// insert gives the span that has the key, which is the new one if there was none.
func (t *table) insert(key uint64, span int32) int32 {
	s := t.slot(key)
	if s.span == 0 {
		s.key, s.span = key, span+1
	}
	return s.span - 1
}

// slot is where a key stands or would.
func (t *table) slot(key uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for at := mix(key); ; at++ {
		s := &t.slots[at&mask]
		if s.span == 0 || s.key == key {
			return s
		}
	}
}

// secret keeps senders from making ids that fall on one slot.
var secret = [...]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}

// mix hashes a key by two folded multiplications.
func mix(key uint64) uint64 {
	high, low := bits.Mul64(key^secret[0], secret[1]|1)
	high, low = bits.Mul64(high^low, secret[2]|1)
	return high ^ low
}
