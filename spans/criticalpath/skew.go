package criticalpath

import (
	"math"

	"github.com/koine-otel/koine/spans/tree"
)

// shiftOf is how far a span is to be moved whose parent is placed. It notes that the span's
// clock is known until leaveClock.
func (a *Analyzer) shiftOf(spans []Span, i int32, start, end uint64) int64 {
	t, s, parent := &a.trace, &spans[i], a.trace.Parents[i]
	if parent >= 0 && spans[parent].Clock == s.Clock {
		return t.Shift[parent]
	}
	known := a.clocks.slot(uint64(s.Clock))
	ancestor := known.span - 1
	known.key, known.span = uint64(s.Clock), i+1
	a.before[i] = ancestor + 1
	switch {
	case ancestor >= 0:
		return t.Shift[ancestor]
	case parent < 0:
		return 0
	}
	p := &spans[parent]
	isCall := p.Kind == tree.Client && (s.Kind == tree.Server || s.Kind == tree.Unspecified)
	return skew(start, end, t.Start[parent], t.End[parent], isCall)
}

// leaveClock forgets what shiftOf noted, when all below the span is placed.
func (a *Analyzer) leaveClock(spans []Span, i int32) {
	if !a.skewed {
		return
	}
	if parent := a.trace.Parents[i]; parent < 0 || spans[parent].Clock != spans[i].Clock {
		a.clocks.slot(uint64(spans[i].Clock)).span = a.before[i]
	}
}

// skew is how far a span has to be moved to be where its parent, of another clock, allows.
func skew(start, end, parentStart, parentEnd uint64, isCall bool) int64 {
	duration, parentDuration := end-start, parentEnd-parentStart
	switch {
	case start >= parentStart && end <= parentEnd:
		return 0
	case start >= parentStart && (!isCall || duration > parentDuration):
		return 0 // it may be work that nobody waits for
	case duration > parentDuration:
		return difference(parentStart, start)
	}
	return difference(parentStart+(parentDuration-duration)/2, start)
}

// difference is a-b, or 0 if that is more than a clock is ever off.
func difference(a, b uint64) int64 {
	switch {
	case a >= b && a-b <= math.MaxInt64:
		return int64(a - b)
	case a < b && b-a <= math.MaxInt64:
		return -int64(b - a)
	}
	return 0
}

// shifted is a time after a shift, not beyond what a time can be.
func shifted(time uint64, by int64) uint64 {
	if by < 0 {
		return time - min(time, uint64(-by))
	}
	return time + min(math.MaxUint64-time, uint64(by))
}
