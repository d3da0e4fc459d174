package tailsamplingprocessor

import (
	"unsafe"

	"github.com/koine-otel/koine/memory"
	"github.com/koine-otel/koine/spans/probability"
)

// cache remembers decisions of traces that are gone, for spans that come late: 24 bytes each.
// It forgets the oldest of the eight that an id may share a place with. One shard owns it. It
// lies outside Go's heap, which would grow by twice its size.
type cache struct {
	region []byte
	sets   [][cacheWays]cached
	mask   uint64
}

const (
	cacheWays  = 8
	cachedSize = int(unsafe.Sizeof(cached{}))
)

// cached is one decision. An id is known by the set that it falls in and 32 bits more.
type cached struct {
	high uint64 // of the trace id
	what uint64 // the threshold, and above it the outcome
	tag  uint32
	when uint16 // in units of cacheClock; 0 is an empty place
}

// cacheClock is how exactly a decision's time is remembered, in seconds: 16 bits last 3 days.
const cacheClock = 4

// outcome is what became of a trace. Its bits lie above a threshold's 56 and one.
type outcome uint64

const (
	wasKept outcome = 1 << (57 + iota)
	wasErased
	wasRandomized
	thresholdMask = 1<<57 - 1
)

// decision is what a late span must know of its trace's.
type decision struct {
	high      uint64
	threshold probability.Threshold
	outcome   outcome
	age       int64 // seconds since it was taken, to within cacheClock
}

func newCache(entries int) (*cache, error) {
	sets := 1
	for sets*cacheWays < entries {
		sets *= 2
	}
	region, err := memory.MapRegion(sets * cacheWays * cachedSize)
	if err != nil {
		return nil, err
	}
	return &cache{
		region: region, mask: uint64(sets - 1),
		sets: unsafe.Slice((*[cacheWays]cached)(unsafe.Pointer(unsafe.SliceData(region))), sets),
	}, nil
}

func (c *cache) close() {
	memory.UnmapRegion(c.region)
	c.region, c.sets = nil, nil
}

func (c *cache) size() int { return len(c.region) }

// place mixes an id, which need not be random: multiplication carries every bit upwards.
func (c *cache) place(low uint64) (set *[cacheWays]cached, tag uint32) {
	h := low * 0x9e3779b97f4a7c15
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	return &c.sets[(h>>32)&c.mask], uint32(h)
}

func clock(seconds int64) uint16 { return uint16(seconds/cacheClock%0xffff) + 1 }

func (c *cache) put(low uint64, d decision, seconds int64) {
	set, tag := c.place(low)
	now := clock(seconds)
	at := 0
	for i := range set {
		if e := &set[i]; e.when == 0 || e.tag == tag {
			at = i
			break
		} else if now-e.when > now-set[at].when {
			at = i
		}
	}
	set[at] = cached{high: d.high, what: uint64(d.outcome) | uint64(d.threshold), tag: tag, when: now}
}

func (c *cache) get(low uint64, seconds int64) (d decision, ok bool) {
	set, tag := c.place(low)
	for i := range set {
		if e := &set[i]; e.when != 0 && e.tag == tag {
			return decision{
				high: e.high, threshold: probability.Threshold(e.what & thresholdMask), outcome: outcome(e.what &^ thresholdMask),
				age: int64(clock(seconds)-e.when) * cacheClock,
			}, true
		}
	}
	return decision{}, false
}
