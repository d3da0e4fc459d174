package tailsamplingprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/spans/baseline"
)

// observeAnalysis registers the metrics of what is known to be normal.
func (s *sampler) observeAnalysis(r *run, e *engine) error {
	if !r.analyzes {
		return nil
	}
	a := e.analysis.Load()
	for _, number := range []struct {
		register func(metric.Int64Callback) error
		value    func() int64
	}{
		{s.telemetry.RegisterProcessorTailSamplingBaselineBytesCallback, a.bytes.Load},
		{s.telemetry.RegisterProcessorTailSamplingBaselineEvictedCallback, func() int64 { return int64(a.baseline.Stats().Evicted) }},
		{s.telemetry.RegisterProcessorTailSamplingBaselineFrozenCallback, func() int64 { return int64(a.baseline.Stats().Frozen) }},
		{s.telemetry.RegisterProcessorTailSamplingBaselineOperationsCallback, func() int64 { return int64(a.baseline.Stats().Operations) }},
		{s.telemetry.RegisterProcessorTailSamplingBaselineOverflowedCallback, func() int64 { return int64(a.baseline.Stats().Overflowed) }},
		{s.telemetry.RegisterProcessorTailSamplingBaselineSitesCallback, func() int64 { return int64(a.baseline.Stats().Sites) }},
		{s.telemetry.RegisterProcessorTailSamplingBaselineUnlearnedCallback, a.unlearned.Load},
	} {
		err := number.register(func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(number.value())
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, norm := range []struct {
		register func(metric.Float64Callback) error
		of       func(baseline.Operation) baseline.Norm
	}{
		{s.telemetry.RegisterProcessorTailSamplingOperationNormalDurationCallback, a.baseline.Duration},
		{s.telemetry.RegisterProcessorTailSamplingOperationNormalSelfTimeCallback, a.baseline.Self},
	} {
		err := norm.register(func(_ context.Context, o metric.Float64Observer) error {
			observeNorms(o, a.shown.Load(), norm.of)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func observeNorms(o metric.Float64Observer, shown *[]shownOperation, of func(baseline.Operation) baseline.Norm) {
	if shown == nil {
		return
	}
	for i := range *shown {
		s := &(*shown)[i]
		if n := of(s.operation); n.Known() {
			o.Observe(n.P50/float64(time.Second), s.median)
			o.Observe(n.P99/float64(time.Second), s.high)
		}
	}
}

// shownOperation is one of which metrics say what is normal.
type shownOperation struct {
	operation    baseline.Operation
	median, high metric.MeasurementOption
}

// show makes a list for those who read metrics at the same time.
func (t *seriesTable) show() {
	var all []shownOperation
	for i := range t.all {
		if s := &t.all[i]; s.operation != baseline.Other {
			attrs := s.attributes()
			all = append(all, shownOperation{s.operation, withAttribute(attrs, attribute.Float64("quantile", 0.5)), withAttribute(attrs, attribute.Float64("quantile", 0.99))})
		}
	}
	t.shown.Store(&all)
}
