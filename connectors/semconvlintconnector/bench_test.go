package semconvlintconnector

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
	"github.com/koine-otel/koine/tracegen"
)

// BenchmarkConnector is the cost a span of tracegen's traffic, with traces that are judged when
// they are whole, and without those rules. The floor is what a pipeline does anyhow: to decode a
// request and pass it on; x/floor is how often that the whole costs, in the same run.
func BenchmarkConnector(b *testing.B) {
	for _, convention := range []tracegen.Convention{tracegen.V144, tracegen.V120} {
		bodies, spans := requests(b, convention)
		floor := 0.0
		run := func(name string, next consumer.Traces) {
			b.Run(convention.String()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				var u ptrace.ProtoUnmarshaler
				round := byte(0)
				for b.Loop() {
					round++
					for _, body := range bodies {
						td, err := u.UnmarshalTraces(body)
						require.NoError(b, err)
						renew(td, round)
						require.NoError(b, next.ConsumeTraces(b.Context(), td))
					}
				}
				perSpan := float64(b.Elapsed().Nanoseconds()) / float64(b.N*spans)
				b.ReportMetric(perSpan, "ns/span")
				if name == "floor" {
					floor = perSpan
				} else if floor > 0 {
					b.ReportMetric(perSpan/floor, "x/floor")
				}
			})
		}
		run("floor", consumertest.NewNop())
		for _, c := range []struct {
			name string
			wait time.Duration
		}{{"whole traces", 100 * time.Millisecond}, {"without traces", 0}} {
			cfg := createDefaultConfig().(*Config)
			cfg.TraceWait = c.wait
			way, err := NewFactory().CreateTracesToMetrics(b.Context(), connectortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
			require.NoError(b, err)
			require.NoError(b, way.Start(b.Context(), componenttest.NewNopHost()))
			run(c.name, way)
			require.NoError(b, way.Shutdown(b.Context()))
		}
	}
}

// requests are the bodies of 200 traces, 40 in one.
func requests(b *testing.B, convention tracegen.Convention) (bodies [][]byte, spans int) {
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = tracegen.OTLPHTTP, convention
	payloads, err := tracegen.Corpus(cfg, 200, 40)
	require.NoError(b, err)
	for i := range payloads {
		bodies = append(bodies, payloads[i].Body)
		spans += payloads[i].Spans
	}
	return bodies, spans
}

// renew gives traces other ids in each round, or they had been judged.
func renew(td ptrace.Traces, round byte) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				id := s.TraceID()
				id[0] ^= round
				s.SetTraceID(id)
			}
		}
	}
}
