package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
)

// BenchmarkCorpus is the cost a span of tracegen's conventions 1.20 after decoding, with
// decoding alone beside it: what a whole process adds to its floor is this.
func BenchmarkCorpus(b *testing.B) {
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = tracegen.OTLPHTTP, tracegen.V120
	payloads, err := tracegen.Corpus(cfg, 200, 40)
	require.NoError(b, err)
	n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
	require.NoError(b, err)
	decode := func(b *testing.B, then func(ptrace.Traces)) {
		b.ReportAllocs()
		spans := 0
		var u ptrace.ProtoUnmarshaler
		for i := 0; b.Loop(); i++ {
			p := &payloads[i%len(payloads)]
			td, err := u.UnmarshalTraces(p.Body)
			if err != nil {
				b.Fatal(err)
			}
			then(td)
			spans += p.Spans
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
	}
	b.Run("decode", func(b *testing.B) { decode(b, func(ptrace.Traces) {}) })
	b.Run("decode and normalise", func(b *testing.B) {
		decode(b, func(td ptrace.Traces) { _, _ = n.traces(b.Context(), td) })
	})
}
