package tree

import (
	"math/bits"
	"math/rand/v2"

	"github.com/koine-otel/koine/spans/reuse"
)

// idTable finds the first span of an id, by open addressing: a slot is the upper half of
// the id's hash and the span's index + 1, 0 if it is free. At least half of them are.
type idTable struct {
	slots []uint64
}

// reset makes room for n spans.
func (t *idTable) reset(n int) {
	t.slots = reuse.Zeroed(t.slots, 1<<bits.Len(uint(2*n)))
}

// insert gives the first span that has the id of span i: i itself if there was none.
func (t *idTable) insert(spans []Span, i int32) (first int32) {
	slot, hash := t.slot(spans, spans[i].TraceLow, spans[i].ID)
	if *slot == 0 {
		*slot = hash&^indexMask | uint64(i+1)
	}
	return int32(*slot&indexMask) - 1
}

// find gives the first span that has the id, -1 if there is none.
func (t *idTable) find(spans []Span, traceLow, id uint64) (first int32) {
	slot, _ := t.slot(spans, traceLow, id)
	return int32(*slot&indexMask) - 1
}

const indexMask = 1<<32 - 1

// slot is where an id stands or would.
func (t *idTable) slot(spans []Span, traceLow, id uint64) (*uint64, uint64) {
	hash := mix(traceLow, id)
	for at := hash; ; at++ {
		slot := &t.slots[at&uint64(len(t.slots)-1)]
		if *slot == 0 {
			return slot, hash
		}
		if (*slot^hash)>>32 == 0 {
			if s := &spans[*slot&indexMask-1]; s.ID == id && s.TraceLow == traceLow {
				return slot, hash
			}
		}
	}
}

// secret keeps senders from making ids that fall on one slot.
var secret = [...]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}

// mix hashes an id by two folded multiplications.
func mix(traceLow, id uint64) uint64 {
	high, low := bits.Mul64(traceLow^secret[0], id^secret[1])
	high, low = bits.Mul64(high^low, secret[2]|1)
	return high ^ low
}
