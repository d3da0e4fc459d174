package semconvprocessor

import "go.opentelemetry.io/collector/pdata/pmetric"

// Values are divided by the unit's factor, never multiplied by its inverse: a bound of
// 5 ms becomes the double nearest to 0.005, which is what an SDK that knows seconds
// writes; 5 × 0.001 is another.

func divideNumber(p pmetric.NumberDataPoint, by float64) {
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		p.SetDoubleValue(float64(p.IntValue()) / by)
	case pmetric.NumberDataPointValueTypeDouble:
		p.SetDoubleValue(p.DoubleValue() / by)
	}
}

// divideHistogram leaves the counts alone: the same measurements are in the same
// buckets, whose bounds are written in another unit.
func divideHistogram(p pmetric.HistogramDataPoint, by float64) {
	bounds := p.ExplicitBounds()
	for i := range bounds.Len() {
		bounds.SetAt(i, bounds.At(i)/by)
	}
	if p.HasSum() {
		p.SetSum(p.Sum() / by)
	}
	if p.HasMin() {
		p.SetMin(p.Min() / by)
	}
	if p.HasMax() {
		p.SetMax(p.Max() / by)
	}
}

// divideSummary leaves the quantiles alone: only what stands at them has a unit.
func divideSummary(p pmetric.SummaryDataPoint, by float64) {
	p.SetSum(p.Sum() / by)
	for _, at := range p.QuantileValues().All() {
		at.SetValue(at.Value() / by)
	}
}

func divideExemplar(e pmetric.Exemplar, by float64) {
	switch e.ValueType() {
	case pmetric.ExemplarValueTypeInt:
		e.SetDoubleValue(float64(e.IntValue()) / by)
	case pmetric.ExemplarValueTypeDouble:
		e.SetDoubleValue(e.DoubleValue() / by)
	}
}
