package baseline

import "math"

// Norm is what is normal of a quantity, in the unit of what was learned: nanoseconds or calls.
// Its quantiles are off by 12 % at the most, about.
type Norm struct {
	P50, P90, P99 float64
	Count         uint64 // about how many observations it stands for, the forgotten ones not
	// Fallback is that the operation's own is not known, and it is its service's.
	Fallback bool
	floor    float64
}

const (
	// enough observations for three quantiles that mean something, the last one barely.
	enough = 50

	// timeFloor is the least spread of logarithms between P90 and P99: a time that hardly
	// varies is still not surprising when it does by a tenth.
	timeFloor = 0.15
	// callFloor is that of calls, where one more may be nothing: where there is always one,
	// two are worth 2.9 and ten 5.1.
	callFloor = 0.75

	// The surprises at P50, P90 and P99, and the largest: the share of one in 10^12 is no
	// statement any more.
	surpriseP50, surpriseP90, surpriseP99, surpriseMost = 0.3, 1, 2, 12
)

// Known says that there are enough observations to say something.
func (n Norm) Known() bool { return n.Count >= enough }

// Surprise is -log10 of about the share of observations that exceed x: 0 at or below P50, up to
// 0.3 just above, 1 at P90, 2 at P99, and beyond that as if the logarithms fell off
// exponentially, as they do between P90 and P99. Without observations it is 0. What takes longer
// than nearly all that its service does may do so always: of a Fallback it is 2 at the most.
func (n Norm) Surprise(x float64) float64 {
	switch {
	case n.Count == 0 || !(x > n.P50):
		return 0
	case x <= n.P90:
		return between(x, n.P50, n.P90, surpriseP50, surpriseP90)
	case x <= n.P99:
		return between(x, n.P90, n.P99, surpriseP90, surpriseP99)
	case n.Fallback:
		return surpriseP99
	}
	last := logarithm(n.P99)
	spread := max(last-logarithm(n.P90), n.floor)
	return min(surpriseP99+(logarithm(x)-last)/spread, surpriseMost)
}

func between(x, low, high, atLow, atHigh float64) float64 {
	from := logarithm(low)
	span := logarithm(high) - from
	if span == 0 {
		return atHigh
	}
	return atLow + (atHigh-atLow)*(logarithm(x)-from)/span
}

// logarithm is that of one nanosecond or one call for less.
func logarithm(x float64) float64 { return math.Log(max(x, 1)) }

// pack puts a norm into a word that is read at once.
func pack(p50, p90, p99, count uint64) uint64 {
	return uint64(code(p50)) | uint64(code(p90))<<16 | uint64(code(p99))<<32 | uint64(code(count))<<48
}

// isKnown is Norm.Known of a packed one: counts below 2048 are exact.
func isKnown(packed uint64) bool { return packed>>48 >= enough }

func unpack(packed uint64, floor float64) Norm {
	return Norm{
		P50: decodeFloat(uint16(packed)), P90: decodeFloat(uint16(packed >> 16)), P99: decodeFloat(uint16(packed >> 32)),
		Count: decode(uint16(packed >> 48)), floor: floor,
	}
}
