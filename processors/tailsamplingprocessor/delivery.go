package tailsamplingprocessor

import (
	"sync"
	"unsafe"
)

// delivery is what one request has for one shard. Its arrays hold no pointers and go round.
type delivery struct {
	arrived   int64 // ns on the engine's clock
	fragments []fragment
	records   []record // record.next is the fragment
	facts     []uint64 // words for each fragment
}

var deliveries = sync.Pool{New: func() any { return new(delivery) }}

func takeDelivery(arrived int64) *delivery {
	d := deliveries.Get().(*delivery)
	d.arrived = arrived
	d.fragments, d.records, d.facts = d.fragments[:0], d.records[:0], d.facts[:0]
	return d
}

func (d *delivery) give() {
	if cap(d.records) <= 1<<14 { // else it was a giant request's
		deliveries.Put(d)
	}
}

// size is what it takes while it waits for its shard.
func (d *delivery) size() int64 {
	return int64(len(d.records))*int64(unsafe.Sizeof(record{})) + int64(len(d.fragments))*int64(unsafe.Sizeof(fragment{})) + int64(8*len(d.facts))
}
