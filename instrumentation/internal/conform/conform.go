// Package conform is what the tests of the wrappers have in common: the conventions' verdict on the
// spans and metrics that they make. Stricter than koinetest: every span must be of a convention, and
// a metric is judged as the code that makes it, not as it is read from the wire.
package conform

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/koine-otel/koine/instrumentation/internal/verdict"
	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
)

// Span fails the test for all that is wrong with a span, its attributes and its events, and if it
// is of no convention.
func Span(t *testing.T, span sdktrace.ReadOnlySpan) {
	t.Helper()
	if verdict.Convention(span) == nil {
		t.Errorf("%s: no convention's span", span.Name())
	}
	for _, p := range verdict.Span(span) {
		t.Errorf("%s: %s", span.Name(), verdict.Text(p))
	}
}

// Metrics are a reader's, by name. It fails the test for all that is wrong with one.
func Metrics(t *testing.T, reader sdkmetric.Reader) map[string]metricdata.Metrics {
	t.Helper()
	var data metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &data); err != nil {
		t.Fatal(err)
	}
	found := map[string]metricdata.Metrics{}
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m
			instrument, points := pointsOf(m.Data)
			use := &semconv.Metric{Name: m.Name, Unit: &m.Unit, Instrument: instrument}
			problems := semconv.Default().Metric(*use)
			for _, set := range points {
				problems = append(problems, verdict.Points(use, set.ToSlice())...)
			}
			for _, p := range problems {
				t.Errorf("%s: %s", m.Name, verdict.Text(p))
			}
		}
	}
	return found
}

func pointsOf(data metricdata.Aggregation) (registry.Instrument, []attribute.Set) {
	var sets []attribute.Set
	switch d := data.(type) {
	case metricdata.Histogram[float64]:
		for _, p := range d.DataPoints {
			sets = append(sets, p.Attributes)
		}
		return registry.Histogram, sets
	case metricdata.Sum[int64]:
		for _, p := range d.DataPoints {
			sets = append(sets, p.Attributes)
		}
		if d.IsMonotonic {
			return registry.Counter, sets
		}
		return registry.UpDownCounter, sets
	}
	return registry.NoInstrument, nil
}

// Value is an attribute's text, empty where it is not there.
func Value(attributes []attribute.KeyValue, key string) string {
	for _, a := range attributes {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

// Has wants key=value pairs of a span; key= wants it not to be there.
func Has(t *testing.T, span sdktrace.ReadOnlySpan, pairs ...string) {
	t.Helper()
	for _, pair := range pairs {
		key, want, _ := strings.Cut(pair, "=")
		if got := Value(span.Attributes(), key); got != want {
			t.Errorf("%s %s: %s is %q, want %q", span.SpanKind(), span.Name(), key, got, want)
		}
	}
}
