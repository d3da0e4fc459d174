package koine

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"

	"github.com/koine-otel/koine/instrumentation/internal/verdict"
	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

// What this package itself sends keeps the conventions.
func TestOwnTelemetryConforms(t *testing.T) {
	s := newSink(t)
	shutdown, _, err := started(t, s.URL, Service("checkout", "1"))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	judge := semconv.Default()
	require.NotNil(t, s.metric("otel.sdk.processor.span.processed"))
	for name, m := range s.metrics {
		use := semconv.Metric{Name: name, Unit: &m.Unit, OnWire: true}
		require.Empty(t, judge.Metric(use))
		for _, p := range m.GetSum().GetDataPoints() {
			require.Empty(t, verdict.Points(&use, attributesFrom(p.Attributes)), name)
		}
	}
	require.Empty(t, verdict.Attributes(translate.Resource, "", attributesFrom(s.resource.Attributes)))
}

func attributesFrom(all []*commonpb.KeyValue) (attributes []attribute.KeyValue) {
	for _, a := range all {
		switch v := a.Value.Value.(type) {
		case *commonpb.AnyValue_StringValue:
			attributes = append(attributes, attribute.String(a.Key, v.StringValue))
		case *commonpb.AnyValue_IntValue:
			attributes = append(attributes, attribute.Int64(a.Key, v.IntValue))
		}
	}
	return attributes
}
