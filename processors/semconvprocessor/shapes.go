package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// point is what all shapes of points have.
type point interface {
	Attributes() pcommon.Map
	StartTimestamp() pcommon.Timestamp
	SetStartTimestamp(pcommon.Timestamp)
	Timestamp() pcommon.Timestamp
	SetTimestamp(pcommon.Timestamp)
	Flags() pmetric.DataPointFlags
	SetFlags(pmetric.DataPointFlags)
}

// slice is a pdata slice S of points P.
type slice[P, S any] interface {
	Len() int
	At(int) P
	RemoveIf(func(P) bool)
	MoveAndAppendTo(S)
}

// shape is what is particular to one type of metric.
type shape[P point, S slice[P, S]] struct {
	points func(pmetric.Metric) S
	// exemplars are a point's; false: this type has none.
	exemplars func(P) (pmetric.ExemplarSlice, bool)
	// divide scales a point's values, but not its exemplars'.
	divide func(P, float64)
	// sums adds points up; its zero value says that there is no sum of two points.
	sums sums[P]
}

var (
	gauges = &shape[pmetric.NumberDataPoint, pmetric.NumberDataPointSlice]{
		points:    func(m pmetric.Metric) pmetric.NumberDataPointSlice { return m.Gauge().DataPoints() },
		exemplars: numberExemplars,
		divide:    divideNumber,
	}
	counters = &shape[pmetric.NumberDataPoint, pmetric.NumberDataPointSlice]{
		points:    func(m pmetric.Metric) pmetric.NumberDataPointSlice { return m.Sum().DataPoints() },
		exemplars: numberExemplars,
		divide:    divideNumber,
		sums:      sums[pmetric.NumberDataPoint]{alike: numbersAlike, weight: weighNumber, add: addNumber},
	}
	histograms = &shape[pmetric.HistogramDataPoint, pmetric.HistogramDataPointSlice]{
		points:    func(m pmetric.Metric) pmetric.HistogramDataPointSlice { return m.Histogram().DataPoints() },
		exemplars: func(p pmetric.HistogramDataPoint) (pmetric.ExemplarSlice, bool) { return p.Exemplars(), true },
		divide:    divideHistogram,
		sums:      sums[pmetric.HistogramDataPoint]{alike: histogramsAlike, weight: weighHistogram, add: addHistogram},
	}
	exponentials = &shape[pmetric.ExponentialHistogramDataPoint, pmetric.ExponentialHistogramDataPointSlice]{
		points: func(m pmetric.Metric) pmetric.ExponentialHistogramDataPointSlice {
			return m.ExponentialHistogram().DataPoints()
		},
		exemplars: func(p pmetric.ExponentialHistogramDataPoint) (pmetric.ExemplarSlice, bool) {
			return p.Exemplars(), true
		},
	}
	summaries = &shape[pmetric.SummaryDataPoint, pmetric.SummaryDataPointSlice]{
		points:    func(m pmetric.Metric) pmetric.SummaryDataPointSlice { return m.Summary().DataPoints() },
		exemplars: func(pmetric.SummaryDataPoint) (none pmetric.ExemplarSlice, ok bool) { return none, false },
		divide:    divideSummary,
	}
)

func numberExemplars(p pmetric.NumberDataPoint) (pmetric.ExemplarSlice, bool) {
	return p.Exemplars(), true
}

// pointsOf is a shape of points with its types hidden.
type pointsOf interface {
	len(pmetric.Metric) int
	each(pmetric.Metric, func(pcommon.Map))
	scan(*work, *plan) bool
	identify(w *work, host int) bool
	write(w *work, host int)
}

func pointsOfType(t pmetric.MetricType) pointsOf {
	switch t {
	case pmetric.MetricTypeGauge:
		return gauges
	case pmetric.MetricTypeSum:
		return counters
	case pmetric.MetricTypeHistogram:
		return histograms
	case pmetric.MetricTypeExponentialHistogram:
		return exponentials
	case pmetric.MetricTypeSummary:
		return summaries
	default:
		return nil
	}
}

func (s *shape[P, S]) len(m pmetric.Metric) int { return s.points(m).Len() }

// each calls f with the attributes of each point and of its exemplars.
func (s *shape[P, S]) each(m pmetric.Metric, f func(pcommon.Map)) {
	list := s.points(m)
	for i := range list.Len() {
		at := list.At(i)
		f(at.Attributes())
		if exemplars, ok := s.exemplars(at); ok {
			for _, e := range exemplars.All() {
				f(e.FilteredAttributes())
			}
		}
	}
}
