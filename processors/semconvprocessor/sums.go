package semconvprocessor

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// sums adds points of one type up.
type sums[P point] struct {
	// alike says whether two points have values that can be added.
	alike func(a, b P) bool
	// weight is how much a point can bring an integer of its sum nearer to overflow, where
	// values are going to be divided.
	weight func(p P, by float64) float64
	// add adds from's values to those of into.
	add func(into, from P)
}

// maxWeight is how much may be added up without a doubt about overflow: a quarter of
// what an int64 holds.
const maxWeight = 1 << 61

// exact says whether the sum of two points of one time is that of their measurements:
// of two deltas always, of cumulative ones if both count from one moment on.
func (s *sums[P]) exact(t pmetric.AggregationTemporality, a, b P) bool {
	switch {
	case s.add == nil || a.Flags().NoRecordedValue() != b.Flags().NoRecordedValue():
		return false
	case t == pmetric.AggregationTemporalityDelta, t == pmetric.AggregationTemporalityCumulative && a.StartTimestamp() == b.StartTimestamp():
		return s.alike(a, b)
	default:
		return false
	}
}

// merge adds from to into.
func (s *shape[P, S]) merge(into, from P) {
	s.sums.add(into, from)
	into.SetStartTimestamp(min(into.StartTimestamp(), from.StartTimestamp()))
	into.SetTimestamp(max(into.Timestamp(), from.Timestamp()))
	into.SetFlags(into.Flags() | from.Flags())
	if exemplars, ok := s.exemplars(from); ok {
		to, _ := s.exemplars(into)
		exemplars.MoveAndAppendTo(to)
	}
}

// numbersAlike says of an int and a double that they are: a metric that is scaled has
// doubles alone in the end.
func numbersAlike(a, b pmetric.NumberDataPoint) bool {
	const none = pmetric.NumberDataPointValueTypeEmpty
	return (a.ValueType() == none) == (b.ValueType() == none)
}

// weighNumber weighs ints. One that is going to be divided becomes a double then or, if
// there is too much of it, before.
func weighNumber(p pmetric.NumberDataPoint, by float64) float64 {
	if p.ValueType() != pmetric.NumberDataPointValueTypeInt || by != 1 {
		return 0
	}
	return math.Abs(float64(p.IntValue()))
}

func addNumber(into, from pmetric.NumberDataPoint) {
	const integer, none = pmetric.NumberDataPointValueTypeInt, pmetric.NumberDataPointValueTypeEmpty
	switch {
	case into.ValueType() == none:
	case into.ValueType() == integer && from.ValueType() == integer && math.Abs(numberOf(into)+numberOf(from)) < maxWeight:
		into.SetIntValue(into.IntValue() + from.IntValue())
	default:
		into.SetDoubleValue(numberOf(into) + numberOf(from))
	}
}

func numberOf(p pmetric.NumberDataPoint) float64 {
	if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
		return float64(p.IntValue())
	}
	return p.DoubleValue()
}

func histogramsAlike(a, b pmetric.HistogramDataPoint) bool {
	return a.HasSum() == b.HasSum() && a.BucketCounts().Len() == b.BucketCounts().Len() && a.ExplicitBounds().Equal(b.ExplicitBounds())
}

func weighHistogram(p pmetric.HistogramDataPoint, _ float64) float64 {
	weight := float64(p.Count())
	for _, n := range p.BucketCounts().All() {
		weight += float64(n)
	}
	return weight
}

func addHistogram(into, from pmetric.HistogramDataPoint) {
	addExtremes(into, from)
	into.SetCount(into.Count() + from.Count())
	if into.HasSum() {
		into.SetSum(into.Sum() + from.Sum())
	}
	counts, more := into.BucketCounts(), from.BucketCounts()
	for i := range counts.Len() {
		counts.SetAt(i, counts.At(i)+more.At(i))
	}
}

// addExtremes makes into's minimum and maximum those of both. A point without
// measurements has none and says nothing of them; one with measurements and without a
// minimum leaves the sum's unknown.
func addExtremes(into, from pmetric.HistogramDataPoint) {
	if from.Count() == 0 {
		return
	}
	first := into.Count() == 0
	switch {
	case !from.HasMin() || !first && !into.HasMin():
		into.RemoveMin()
	case first:
		into.SetMin(from.Min())
	default:
		into.SetMin(min(into.Min(), from.Min()))
	}
	switch {
	case !from.HasMax() || !first && !into.HasMax():
		into.RemoveMax()
	case first:
		into.SetMax(from.Max())
	default:
		into.SetMax(max(into.Max(), from.Max()))
	}
}
