package baseline

import (
	"math"
	"math/bits"
)

const (
	// codeBits after the first are a value's precision in a norm: a thousandth. 16 bits have
	// room for as many, the exponent being below 64.
	codeBits = 10
	// bucketBits make four buckets an octave: the reference's choice of error against memory.
	bucketBits = 2
	// allBuckets is one more than the largest uint64's.
	allBuckets = 62<<bucketBits + 4
)

// code gives a value 16 bits, in order: like a float, exact below 2048.
func code(v uint64) uint16 { return uint16(logLinear(v, codeBits)) }

func decode(c uint16) uint64 { return edge(uint(c), codeBits) }

// decodeFloat is decode's result made from the bits of a float64, whose exponent and fraction
// a code is but for an offset: half of a norm's reading would be conversions.
func decodeFloat(c uint16) float64 {
	if c < 1<<codeBits {
		return float64(int(c))
	}
	const bias, fraction = 1023, 52
	return math.Float64frombits(uint64(c>>codeBits+codeBits-1+bias)<<fraction | uint64(c%(1<<codeBits))<<(fraction-codeBits))
}

// bucketOf gives a value's bucket, below allBuckets: exact below 8.
func bucketOf(v uint64) int { return int(logLinear(v, bucketBits)) }

// bucketEdges are the smallest and the largest value of a bucket.
func bucketEdges(bucket int) (low, high uint64) {
	// That of the last wraps around to the largest uint64.
	return edge(uint(bucket), bucketBits), edge(uint(bucket)+1, bucketBits) - 1
}

// logLinear is the exponent and some bits that follow the first one; where there are no more
// than those, the value itself.
func logLinear(v uint64, mantissa int) uint {
	shift := bits.Len64(v) - mantissa - 1
	if shift < 0 {
		return uint(v)
	}
	return uint(shift)<<mantissa + uint(v>>uint(shift))
}

// edge is the smallest value that has this logLinear.
func edge(c uint, mantissa int) uint64 {
	shift := int(c>>mantissa) - 1
	if shift <= 0 {
		return uint64(c)
	}
	return (1<<mantissa | uint64(c)&(1<<mantissa-1)) << shift
}
