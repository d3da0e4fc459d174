package koinesql

import (
	"context"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var places = map[trace.SpanKind]translate.Place{
	trace.SpanKindInternal: translate.Internal, trace.SpanKindServer: translate.Server, trace.SpanKindClient: translate.Client,
	trace.SpanKindProducer: translate.Producer, trace.SpanKindConsumer: translate.Consumer,
}

// conforms has the conventions' verdict on a span, its attributes and its events.
func conforms(t *testing.T, span sdktrace.ReadOnlySpan) {
	t.Helper()
	place := places[span.SpanKind()]
	s := semconv.Span{Name: span.Name(), Kind: place, Text: func(key string) string { return value(span.Attributes(), key) }}
	for _, a := range span.Attributes() {
		s.Keys = append(s.Keys, string(a.Key))
	}
	problems, convention := semconv.Default().SpanOf(s)
	if convention == nil {
		t.Errorf("%s: no convention's span", span.Name())
	}
	problems = append(problems, attributeProblems(span.Attributes(), place, nil)...)
	for _, e := range span.Events() {
		problems = append(problems, semconv.Default().Event(e.Name)...)
		problems = append(problems, attributeProblems(e.Attributes, translate.Event, nil)...)
	}
	for _, p := range problems {
		t.Errorf("%s: %+v", span.Name(), p)
	}
}

func attributeProblems(attrs []attribute.KeyValue, place translate.Place, m *semconv.Metric) []semconv.Problem {
	in := translate.Input{Place: place}
	for _, a := range attrs {
		in.Keys, in.Values = append(in.Keys, string(a.Key)), append(in.Values, translated(a.Value))
	}
	var problems []semconv.Problem
	for i, key := range in.Keys {
		problems = append(problems, semconv.Default().Attribute(semconv.Attribute{Key: key, Value: in.Values[i], Place: place, Metric: m, Among: &in})...)
	}
	return problems
}

func translated(v attribute.Value) translate.Value {
	switch v.Type() {
	case attribute.INT64:
		return translate.IntValue(v.AsInt64())
	case attribute.FLOAT64:
		return translate.DoubleValue(v.AsFloat64())
	case attribute.BOOL:
		return translate.BoolValue(v.AsBool())
	case attribute.STRINGSLICE:
		return translate.ListValue(v.AsStringSlice())
	default:
		return translate.StringValue(v.AsString())
	}
}

// metrics are a reader's, after the conventions' verdict on each.
func metrics(t *testing.T, reader sdkmetric.Reader) map[string]metricdata.Metrics {
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
				problems = append(problems, attributeProblems(set.ToSlice(), translate.Point, use)...)
			}
			for _, p := range problems {
				t.Errorf("%s: %+v", m.Name, p)
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

// value is an attribute's text, empty where it is not there.
func value(attrs []attribute.KeyValue, key string) string {
	for _, a := range attrs {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

// has wants key=value pairs of a span; key= wants it not to be there.
func has(t *testing.T, span sdktrace.ReadOnlySpan, pairs ...string) {
	t.Helper()
	for _, pair := range pairs {
		key, want, _ := strings.Cut(pair, "=")
		if got := value(span.Attributes(), key); got != want {
			t.Errorf("%s %s: %s is %q, want %q", span.SpanKind(), span.Name(), key, got, want)
		}
	}
}
