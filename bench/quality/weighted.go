package quality

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// weighted are one operation's kept spans with the probabilities of their traces.
type weighted struct {
	spans []weightedSpan // by length, once sorted
	total float64        // of the weights
}

type weightedSpan struct {
	length      uint32
	trace       int
	probability float64
}

func (w *weighted) add(s weightedSpan) {
	w.spans = append(w.spans, s)
	w.total += 1 / s.probability
}

func (w *weighted) sort() {
	slices.SortFunc(w.spans, func(a, b weightedSpan) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.trace, b.trace))
	})
}

// quantile estimates the least length with at least q of all spans, kept or not, at or
// below it. At 1 and more there is no such length to be known from a sample: infinity.
func (w *weighted) quantile(q float64) float64 {
	if q >= 1 {
		return math.Inf(1)
	}
	sum := 0.0
	for _, s := range w.spans {
		// The last digits of a sum must not push the estimate to the next span.
		if sum += 1 / s.probability; sum >= q*w.total*(1-1e-12) {
			return float64(s.length)
		}
	}
	return math.Inf(1)
}

// tail is how often the truth may lie below an interval, and as often above.
const tail = 0.025

// interval is of 95 %: the share at or below the estimate is known to some error, and the
// quantiles at the ends of that are the interval (Woodruff 1952). The variance is Horvitz and
// Thompson's of the weighted share, of traces that are kept each on its own, with their spans as
// clusters; but not less than what the weights alone make of it if lengths had nothing to do with
// them: of what has a great weight and is rare there may be none in the sample, which then
// knows nothing of its variance (Korn and Graubard 1998). The share's interval is Clopper and Pearson's for
// as many draws as give that variance, because that of a normal distribution is wrong near 1.
func (w *weighted) interval(q float64) (low, high float64) {
	at := w.quantile(q)
	residuals := map[int]residual{} // by trace
	for _, s := range w.spans {
		r := residuals[s.trace]
		if r.probability = s.probability; float64(s.length) <= at {
			r.sum++
		}
		r.sum -= q
		r.spans++
		residuals[s.trace] = r
	}
	variance, design := 0.0, 0.0
	// In a fixed order, since a sum's last digits depend on it.
	for _, trace := range slices.Sorted(maps.Keys(residuals)) {
		r := residuals[trace]
		weight := 1 / (r.probability * w.total)
		variance += (1 - r.probability) * r.sum * r.sum * weight * weight
		design += (1 - r.probability) * r.spans * r.spans * weight * weight
	}
	variance = max(variance, q*(1-q)*design)
	if variance == 0 {
		return at, at
	}
	n := q * (1 - q) / variance
	below := mathext.InvRegIncBeta(q*n, n-q*n+1, tail)
	above := mathext.InvRegIncBeta(q*n+1, n-q*n, 1-tail)
	return w.quantile(below), w.quantile(above)
}

type residual struct{ sum, spans, probability float64 }
