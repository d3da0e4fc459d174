package semconvlint

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

func (w *worker) walkMetrics(md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		w.enter(rm.Resource(), rm.SchemaUrl())
		for _, sm := range rm.ScopeMetrics().All() {
			w.enterScope(sm.Scope(), sm.SchemaUrl())
			for _, m := range sm.Metrics().All() {
				w.metric(m, sm.Scope().Name())
			}
		}
	}
}

func (w *worker) metric(m pmetric.Metric, scope string) {
	e := &w.element
	unit := m.Unit()
	metric := semconv.Metric{Name: m.Name(), Unit: &unit, Instrument: instrumentOf(m), OnWire: true}
	w.become(OnMetric, translate.Point, m.Name())
	e.Metric, e.Attributes = m, e.Attributes[:0]
	e.Problems = w.engine.conventions.Metric(metric)
	w.show()
	for attributes := range pointsOf(m) {
		w.become(OnPoint, translate.Point, m.Name())
		e.Metric = m
		w.read(attributes, scope, &metric)
		w.show()
	}
}

// pointsOf are the attributes of a metric's points, of whatever type.
func pointsOf(m pmetric.Metric) iter.Seq[pcommon.Map] {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return attributesOf(m.Gauge().DataPoints().All())
	case pmetric.MetricTypeSum:
		return attributesOf(m.Sum().DataPoints().All())
	case pmetric.MetricTypeHistogram:
		return attributesOf(m.Histogram().DataPoints().All())
	case pmetric.MetricTypeExponentialHistogram:
		return attributesOf(m.ExponentialHistogram().DataPoints().All())
	case pmetric.MetricTypeSummary:
		return attributesOf(m.Summary().DataPoints().All())
	default:
		return func(func(pcommon.Map) bool) {}
	}
}

func attributesOf[P interface{ Attributes() pcommon.Map }](points iter.Seq2[int, P]) iter.Seq[pcommon.Map] {
	return func(yield func(pcommon.Map) bool) {
		for _, p := range points {
			if !yield(p.Attributes()) {
				return
			}
		}
	}
}

func instrumentOf(m pmetric.Metric) registry.Instrument {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return registry.Gauge
	case pmetric.MetricTypeSum:
		if m.Sum().IsMonotonic() {
			return registry.Counter
		}
		return registry.UpDownCounter
	case pmetric.MetricTypeHistogram, pmetric.MetricTypeExponentialHistogram:
		return registry.Histogram
	}
	return registry.NoInstrument
}
