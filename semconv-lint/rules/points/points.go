// Package points walks a metric's points, of whatever type.
package points

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

type point interface {
	Attributes() pcommon.Map
	Timestamp() pcommon.Timestamp
}

// Of are the points' times and attributes.
func Of(m pmetric.Metric) iter.Seq2[pcommon.Timestamp, pcommon.Map] {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return all(m.Gauge().DataPoints().All())
	case pmetric.MetricTypeSum:
		return all(m.Sum().DataPoints().All())
	case pmetric.MetricTypeHistogram:
		return all(m.Histogram().DataPoints().All())
	case pmetric.MetricTypeExponentialHistogram:
		return all(m.ExponentialHistogram().DataPoints().All())
	case pmetric.MetricTypeSummary:
		return all(m.Summary().DataPoints().All())
	default:
		return func(func(pcommon.Timestamp, pcommon.Map) bool) {}
	}
}

func all[P point](points iter.Seq2[int, P]) iter.Seq2[pcommon.Timestamp, pcommon.Map] {
	return func(yield func(pcommon.Timestamp, pcommon.Map) bool) {
		for _, p := range points {
			if !yield(p.Timestamp(), p.Attributes()) {
				return
			}
		}
	}
}
