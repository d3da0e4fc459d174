package koinetest

import (
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/koine-otel/koine/instrumentation/internal/verdict"
	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
)

// AssertConforms fails the test for every span, attribute and metric that breaks the semantic
// conventions, saying what to write instead. What it ignores are keys, metrics' names and codes
// of semconv (retired, unknown, missing …). It also fails where there is nothing to judge.
func (tel *Telemetry) AssertConforms(tb testing.TB, ignore ...string) {
	tb.Helper()
	rm := tel.Metrics(tb)
	if len(tel.Spans()) == 0 && len(rm.ScopeMetrics) == 0 {
		tb.Error("koinetest: no span has ended and nothing was measured")
	}
	AssertSpans(tb, tel.Spans(), ignore...)
	AssertMetrics(tb, rm.ScopeMetrics, ignore...)
}

// AssertSpans is AssertConforms for spans of any recorder.
func AssertSpans(tb testing.TB, spans []sdktrace.ReadOnlySpan, ignore ...string) {
	tb.Helper()
	f := findings{tb: tb, ignore: ignore, told: map[string]bool{}}
	for _, s := range spans {
		for _, p := range verdict.Span(s) {
			f.fail("span "+s.Name(), s.InstrumentationScope(), p)
		}
	}
}

// AssertMetrics is AssertConforms for metrics of any reader.
func AssertMetrics(tb testing.TB, scopes []metricdata.ScopeMetrics, ignore ...string) {
	tb.Helper()
	f := findings{tb: tb, ignore: ignore, told: map[string]bool{}}
	for i := range scopes {
		for _, m := range scopes[i].Metrics {
			use, points := read(m)
			problems := semconv.Default().Metric(use)
			for _, attributes := range points {
				problems = append(problems, verdict.Points(&use, attributes.ToSlice())...)
			}
			for _, p := range problems {
				f.fail("metric "+m.Name, scopes[i].Scope, p)
			}
		}
	}
}

// findings tells each one once.
type findings struct {
	tb     testing.TB
	ignore []string
	told   map[string]bool
}

func (f *findings) fail(subject string, scope instrumentation.Scope, p semconv.Problem) {
	f.tb.Helper()
	if slices.Contains(f.ignore, p.Key) || slices.Contains(f.ignore, string(p.Code)) {
		return
	}
	if text := subject + " (" + scope.Name + "): " + verdict.Text(p); !f.told[text] {
		f.told[text] = true
		f.tb.Error(text)
	}
}

// read is a metric as the judge sees it and its points' attributes.
func read(m metricdata.Metrics) (semconv.Metric, []attribute.Set) {
	use := semconv.Metric{Name: m.Name, Unit: &m.Unit, OnWire: true}
	switch d := m.Data.(type) {
	case metricdata.Sum[int64]:
		use.Instrument = counter(d.IsMonotonic)
		return use, sets(d.DataPoints, func(p metricdata.DataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Sum[float64]:
		use.Instrument = counter(d.IsMonotonic)
		return use, sets(d.DataPoints, func(p metricdata.DataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.Gauge[int64]:
		use.Instrument = registry.Gauge
		return use, sets(d.DataPoints, func(p metricdata.DataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Gauge[float64]:
		use.Instrument = registry.Gauge
		return use, sets(d.DataPoints, func(p metricdata.DataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.Histogram[int64]:
		use.Instrument = registry.Histogram
		return use, sets(d.DataPoints, func(p metricdata.HistogramDataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Histogram[float64]:
		use.Instrument = registry.Histogram
		return use, sets(d.DataPoints, func(p metricdata.HistogramDataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.ExponentialHistogram[int64]:
		use.Instrument = registry.Histogram
		return use, sets(d.DataPoints, func(p metricdata.ExponentialHistogramDataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.ExponentialHistogram[float64]:
		use.Instrument = registry.Histogram
		return use, sets(d.DataPoints, func(p metricdata.ExponentialHistogramDataPoint[float64]) attribute.Set { return p.Attributes })
	}
	return use, nil
}

func counter(monotonic bool) registry.Instrument {
	if monotonic {
		return registry.Counter
	}
	return registry.UpDownCounter
}

func sets[P any](points []P, attributes func(P) attribute.Set) []attribute.Set {
	all := make([]attribute.Set, len(points))
	for i := range points {
		all[i] = attributes(points[i])
	}
	return all
}
