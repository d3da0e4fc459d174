package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
)

// TestShop sends the polyglot shop's traffic through all protocols and accounts for
// every span.
func TestShop(t *testing.T) {
	out, sink := newSink(t)
	c := start(t, keepAll("1s"), exportTo(sink))
	cfg := tracegen.DefaultConfig()
	cfg.Rate, cfg.Traces = 0, 500
	sent, err := tracegen.Run(t.Context(), cfg, tracegen.Targets{
		Zipkin:   fmt.Sprintf("localhost:%d", c.Ports.Zipkin),
		OTLPGRPC: fmt.Sprintf("localhost:%d", c.Ports.OTLPGRPC),
		OTLPHTTP: fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP),
	}, nil)
	require.NoError(t, err)
	require.Zero(t, sent.Total.Refused)
	require.Equal(t, sent.Total.Generated, sent.Total.Accepted)

	out.await(t, int(sent.Total.Accepted))
	m, err := c.Metrics(context.Background())
	require.NoError(t, err)
	assert.InDelta(t, float64(sent.Total.Accepted), m.Sum("otelcol_receiver_accepted_spans"), 0)
	assert.Zero(t, m.Sum("otelcol_receiver_refused_spans"))

	spans := out.afterStop(t, c, int(sent.Total.Accepted))
	unique, services, traces := map[string]bool{}, map[string]int64{}, map[string]bool{}
	for _, s := range spans {
		assertSpeaksTarget(t, s)
		unique[s.TraceID().String()+s.SpanID().String()+s.Kind().String()] = true
		traces[s.TraceID().String()] = true
		name, _ := s.resource.Get("service.name")
		services[name.AsString()]++
	}
	assert.Len(t, unique, int(sent.Total.Accepted), "nothing lost, nothing doubled")
	assert.Len(t, spans, int(sent.Total.Accepted))
	assert.Len(t, traces, int(sent.Traces))
	for _, row := range sent.Rows {
		assert.Equal(t, row.Accepted, services[row.Service], row.Service)
	}
}

// TestDrain: what was acknowledged before SIGTERM comes out, also what waits for a
// decision.
func TestDrain(t *testing.T) {
	_, sink := newSink(t)
	c := start(t, keepAll("60s"), exportTo(sink))
	cfg := tracegen.DefaultConfig()
	cfg.Rate, cfg.Traces = 0, 400
	sent, err := tracegen.Run(t.Context(), cfg, tracegen.Targets{
		Zipkin:   fmt.Sprintf("localhost:%d", c.Ports.Zipkin),
		OTLPGRPC: fmt.Sprintf("localhost:%d", c.Ports.OTLPGRPC),
		OTLPHTTP: fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP),
	}, nil)
	require.NoError(t, err)
	require.Zero(t, sink.Spans(), "nothing is decided yet")
	stop(t, c)
	assert.Equal(t, sent.Total.Accepted, sink.Spans())
}
