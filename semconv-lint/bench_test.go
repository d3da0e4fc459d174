package semconvlint

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// BenchmarkTraces is the cost a span of tracegen's traffic, with what decoding it takes beside it. A
// million spans in 20 s on two processors are 40 µs a span.
func BenchmarkTraces(b *testing.B) {
	for _, c := range []struct {
		name string
		old  bool
	}{{"today", false}, {"1.20", true}} {
		batches := traffic(b, c.old, 200, 40)
		var bodies [][]byte
		var m ptrace.JSONMarshaler
		spans := 0
		for _, td := range batches {
			body, err := m.MarshalTraces(td)
			require.NoError(b, err)
			bodies = append(bodies, body)
			spans += td.SpanCount()
		}
		perSpan := func(b *testing.B, rules []Rule, each func(*Engine, int)) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				e := engine(b, Options{Workers: 1}, rules...)
				for i := range batches {
					each(e, i)
				}
				e.Finish()
				n += spans
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/span")
		}
		show := func(e *Engine, i int) { e.Traces(batches[i], "traces.json") }
		b.Run(c.name+"/walk", func(b *testing.B) { perSpan(b, nil, show) })
		b.Run(c.name+"/walk and report", func(b *testing.B) { perSpan(b, []Rule{everyProblem, everyTrace}, show) })
		b.Run(c.name+"/decode JSON", func(b *testing.B) {
			perSpan(b, nil, func(_ *Engine, i int) { decode(b, bodies[i]) })
		})
		b.Run(c.name+"/decode JSON, walk and report", func(b *testing.B) {
			perSpan(b, []Rule{everyProblem, everyTrace}, func(e *Engine, i int) { e.Traces(decode(b, bodies[i]), "traces.json") })
		})
	}
}

func decode(t testing.TB, body []byte) ptrace.Traces {
	var u ptrace.JSONUnmarshaler
	td, err := u.UnmarshalTraces(body)
	require.NoError(t, err)
	return td
}
