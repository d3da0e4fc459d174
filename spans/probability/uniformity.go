package probability

// Uniformity watches whether the ids of one service's traces are random, as its sampling
// assumes: it counts the 4 highest and the 4 lowest of their 56 bits, in 16 buckets each, and
// judges a window of 512 of them by a chi-squared test of each half, from above (some values are too
// frequent: a constant, a clock) and below (they are too even: a counter).
//
// It wants one randomness a trace, not one a span: the spans of a large trace share theirs and
// look like a constant. And it wants traces that nothing has sampled by it before (th is 0 or not there):
// of kept ones, the high bits are high. The zero value is ready.
type Uniformity struct {
	high, low [16]uint16
	seen      uint16
	good      uint8 // windows in a row since one was not random, up to forgiven
	suspect   bool
}

// window is how many it judges at once: an expected 32 a bucket, enough for chi-squared to hold.
const window = 512

// forgiven is how many good windows in a row make a service random again.
const forgiven = 2

// The bounds of a half's sum of squared counts, both inclusive: chi-squared, which is sum/32 - 512,
// from 0.625 to 68. A service that is random leaves them in 5.3 of 10^8 windows, both halves
// and both ends together (TestFalseAlarm computes it).
const (
	fewest = 32*window + 20
	most   = 32*window + 32*68
)

// Add counts a trace. It is true when that made a window full and Random may have changed.
func (u *Uniformity) Add(r Randomness) (judged bool) {
	u.high[r>>52&15]++
	u.low[r&15]++
	u.seen++
	if u.seen < window {
		return false
	}
	u.judge()
	return true
}

// Random is true until a window says otherwise, and again after 2 good windows in a row.
func (u *Uniformity) Random() bool { return !u.suspect }

func (u *Uniformity) judge() {
	switch {
	case !even(&u.high) || !even(&u.low):
		u.suspect, u.good = true, 0
	case u.suspect:
		u.good++
		u.suspect = u.good < forgiven
	}
	u.high, u.low, u.seen = [16]uint16{}, [16]uint16{}, 0
}

func even(counts *[16]uint16) bool {
	sum := 0
	for _, n := range counts {
		sum += int(n) * int(n)
	}
	return fewest <= sum && sum <= most
}
