package koine

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	spanID  = "b7ad6b7169203331"
)

// A service joins traces whatever its caller speaks, and speaks all of it itself.
func TestPropagation(t *testing.T) {
	for name, test := range map[string]struct {
		in       map[string]string
		trace    string
		sampled  bool
		fraction float64
	}{
		"W3C":                     {map[string]string{"traceparent": "00-" + traceID + "-" + spanID + "-01"}, traceID, true, 0},
		"B3 single":               {map[string]string{"b3": traceID + "-" + spanID + "-1"}, traceID, true, 0},
		"B3 single, 64 bits":      {map[string]string{"b3": "8448eb211c80319c-" + spanID + "-1"}, "00000000000000008448eb211c80319c", true, 0},
		"B3 multi":                {map[string]string{"X-B3-TraceId": traceID, "X-B3-SpanId": spanID, "X-B3-Sampled": "1"}, traceID, true, 0},
		"B3 says no":              {map[string]string{"X-B3-TraceId": traceID, "X-B3-SpanId": spanID, "X-B3-Sampled": "0"}, traceID, false, 1},
		"B3 debug":                {map[string]string{"X-B3-TraceId": traceID, "X-B3-SpanId": spanID, "X-B3-Flags": "1"}, traceID, true, 0},
		"B3 defers, kept here":    {map[string]string{"X-B3-TraceId": traceID, "X-B3-SpanId": spanID}, traceID, true, 1},
		"B3 defers, single":       {map[string]string{"b3": traceID + "-" + spanID}, traceID, true, 1},
		"B3 defers, dropped":      {map[string]string{"b3": traceID + "-" + spanID}, traceID, false, 0},
		"W3C counts more than B3": {map[string]string{"b3": "463ac35c9f6413ad48485a3953bb6124-" + spanID + "-0", "traceparent": "00-" + traceID + "-" + spanID + "-01"}, traceID, true, 0},
		"W3C says no, B3 defers":  {map[string]string{"b3": traceID + "-" + spanID, "traceparent": "00-" + traceID + "-" + spanID + "-00"}, traceID, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_METRICS_EXPORTER", "none")
			_, _, err := started(t, dead(t), Sample(test.fraction))
			require.NoError(t, err)
			in, out := http.Header{}, http.Header{}
			for k, v := range test.in {
				in.Set(k, v)
			}
			in.Set("baggage", "tenant=blue")
			ctx := otel.GetTextMapPropagator().Extract(context.Background(), propagation.HeaderCarrier(in))
			ctx, server := otel.Tracer("test").Start(ctx, "server")
			ctx, client := otel.Tracer("test").Start(ctx, "client", trace.WithSpanKind(trace.SpanKindClient))
			defer server.End()
			defer client.End()
			otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(out))
			require.Equal(t, test.trace, server.SpanContext().TraceID().String())
			require.Equal(t, test.sampled, server.SpanContext().IsSampled())
			require.Equal(t, test.sampled, client.SpanContext().IsSampled(), "what was decided holds for what is below")
			require.Equal(t, "blue", baggage.FromContext(ctx).Member("tenant").Value())

			flag := map[bool]string{true: "1", false: "0"}[test.sampled]
			id := client.SpanContext().SpanID().String()
			require.Equal(t, "00-"+test.trace+"-"+id+"-0"+flag, out.Get("traceparent"))
			require.Equal(t, "tenant=blue", out.Get("baggage"))
			require.Equal(t, id, out.Get("X-B3-SpanId"))
			if name != "B3 debug" {
				require.Equal(t, test.trace+"-"+id+"-"+flag, out.Get("b3"))
				require.Equal(t, flag, out.Get("X-B3-Sampled"))
			} else {
				require.Equal(t, "1", out.Get("X-B3-Flags"))
			}
		})
	}
}
