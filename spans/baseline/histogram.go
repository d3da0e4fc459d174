package baseline

import "math/bits"

const (
	// The buckets of each quantity. 64 are 16 octaves, from a microsecond to a tenth of a
	// second or from a millisecond to a minute. A call site's norm is asked for its upper end
	// alone and may be coarser in the lower one: its counts span five octaves, exact below 8,
	// its sums six. Of children only the median is asked for.
	timeBuckets     = 64
	childrenBuckets = 12
	callBuckets     = 20
	sumBuckets      = 24

	// bulkShare of a histogram must not be merged into its lowest bucket when its window goes
	// up to reach one value, and tailShare not into its highest when it goes down: P50 stays
	// true in the first case, P99 in the second. Beyond that the value is clipped instead.
	bulkShare = 64
	tailShare = 1024

	// roomyTotal counts a halved scale has room for: none is above half of what 16 bits hold.
	roomyTotal = 4096
)

// series is what is remembered of one quantity beside its buckets.
type series struct {
	total uint32 // sum of the buckets
	at    uint32 // when it was last decayed, or when it was frozen; 0 before the first time
	alarm int32  // see observe
	since uint16 // observations since its norm was published
	above uint16 // code of the value from which on observations raise the alarm; 0 if none does
	// low and high are codes of the extremes of what fell into bucket mode, that of the
	// median: a quantity that hardly varies is known better than its bucket is wide.
	low, high uint16
	mode      uint8
	base      uint8 // the bucket that is first in the window
	scale     uint8 // one count stands for 2^scale observations
	frozen    bool
}

// weight is the number of observations that it stands for.
func (s *series) weight() uint64 { return uint64(s.total) << s.scale }

// add counts a value, moving the window if need be.
func (s *series) add(buckets []uint16, v uint64, c uint16, random *random) {
	bucket := bucketOf(v)
	if s.total == 0 {
		s.begin(len(buckets), bucket)
	}
	at := bucket - int(s.base)
	if at < 0 {
		s.moveDown(buckets, -at)
		at = max(0, bucket-int(s.base))
	} else if above := at - len(buckets) + 1; above > 0 {
		s.moveUp(buckets, above)
		at = min(len(buckets)-1, bucket-int(s.base))
	}
	if bucket == int(s.mode) {
		s.low, s.high = min(s.low, c), max(s.high, c)
	}
	if buckets[at] == 1<<16-1 {
		s.halve(buckets, random)
	}
	buckets[at]++
	s.total++
}

// begin puts the first value into the window: small ones where all below have room too, else
// with more room above it than below.
func (s *series) begin(window, bucket int) {
	base := 0
	if bucket >= window*5/8 {
		base = min(bucket-window*3/8, allBuckets-window)
	}
	s.base = uint8(base)
	s.setMode(bucket)
}

func (s *series) setMode(bucket int) {
	s.mode, s.low, s.high = uint8(bucket), 1<<16-1, 0
}

// moveUp moves the window by n buckets or as far as the bulk allows, merging the lowest.
func (s *series) moveUp(buckets []uint16, n int) {
	allowed := s.total / bulkShare
	if 2*uint32(buckets[len(buckets)-1]) > s.total {
		allowed = s.total // most of it lies clipped in the highest: it is about that
	}
	merged, by := uint32(0), 0
	for by < min(n, len(buckets)-1) && merged+uint32(buckets[by]) <= allowed {
		merged += uint32(buckets[by])
		by++
	}
	if by == 0 {
		return
	}
	kept := copy(buckets, buckets[by:])
	clear(buckets[kept:])
	s.total -= put(&buckets[0], merged)
	s.base += uint8(by)
}

// moveDown moves the window by n buckets or as far as the tail allows, merging the highest.
func (s *series) moveDown(buckets []uint16, n int) {
	allowed := s.total / tailShare
	if 2*uint32(buckets[0]) > s.total {
		allowed = s.total
	}
	last := len(buckets) - 1
	merged, by := uint32(0), 0
	for by < min(n, last) && merged+uint32(buckets[last-by]) <= allowed {
		merged += uint32(buckets[last-by])
		by++
	}
	if by == 0 {
		return
	}
	copy(buckets[by:], buckets)
	clear(buckets[:by])
	s.total -= put(&buckets[last], merged)
	s.base -= uint8(by)
}

// put adds to a bucket what has room there and gives the rest.
func put(bucket *uint16, counts uint32) (lost uint32) {
	sum := uint32(*bucket) + counts
	*bucket = uint16(min(sum, 1<<16-1))
	return sum - uint32(*bucket)
}

// halve lets one count stand for twice as many observations.
func (s *series) halve(buckets []uint16, random *random) {
	s.thin(buckets, 0.5, random)
	s.scale++
}

// thin multiplies all counts, rounding at random so that a tail of ones does not vanish at once.
func (s *series) thin(buckets []uint16, factor float32, random *random) {
	s.total = 0
	for i, n := range buckets {
		if n == 0 {
			continue
		}
		exact := float32(n) * factor
		whole := uint32(exact)
		if random.fraction() < exact-float32(whole) {
			whole++
		}
		buckets[i] = uint16(whole)
		s.total += whole
	}
}

// refine goes back to a smaller scale where the counts have room for it.
func (s *series) refine(buckets []uint16) {
	for s.scale > 0 && s.total < roomyTotal {
		for i := range buckets {
			buckets[i] *= 2
		}
		s.total *= 2
		s.scale--
	}
}

// norm packs the quantiles.
func (s *series) norm(buckets []uint16) uint64 {
	if s.total == 0 {
		return 0
	}
	ranks := [...]uint64{rank(s.total, 50), rank(s.total, 90), rank(s.total, 99)}
	var at [len(ranks)]uint64
	below, next := uint64(0), 0
	for i, n := range buckets {
		for next < len(ranks) && ranks[next] <= below+uint64(n) {
			bucket := int(s.base) + i
			if next == 0 && bucket != int(s.mode) {
				s.setMode(bucket)
			}
			at[next] = s.inside(bucket, ranks[next]-below, uint64(n))
			next++
		}
		below += uint64(n)
	}
	return pack(at[0], at[1], at[2], s.weight())
}

// rank is the place of a quantile among n values, from 1 on.
func rank(n uint32, percent uint64) uint64 { return (uint64(n)*percent + 99) / 100 }

// inside is the value of the one that is rank-th of n in a bucket, which lie evenly.
func (s *series) inside(bucket int, rank, n uint64) uint64 {
	low, high := bucketEdges(bucket)
	if bucket == int(s.mode) && s.low <= s.high {
		low, high = decode(s.low), decode(s.high)
	}
	// The width is below 2^62 and n below 2^16: 128 bits do not overflow.
	over, product := bits.Mul64(high-low, 2*rank-1)
	offset, _ := bits.Div64(over, product, 2*n)
	return low + offset
}

// random is a generator of the learner's own: it costs a nanosecond, and a run can be repeated.
type random uint64

func (r *random) next() uint32 {
	*r = *r*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
	return uint32(*r >> 32)
}

func (r *random) fraction() float32 { return float32(r.next()>>8) / (1 << 24) }
