package telemetry

import (
	"bytes"
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// BenchmarkReadFiles reads 100,000 spans, as OTLP's JSON and protobuf.
func BenchmarkReadFiles(b *testing.B) {
	all, spans := requests(b, 100_000/24)
	var protos [][]byte
	for _, td := range all {
		p, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(b, err)
		protos = append(protos, p)
	}
	merged := ptrace.NewTraces()
	for _, td := range all {
		for _, rs := range td.ResourceSpans().All() {
			rs.CopyTo(merged.ResourceSpans().AppendEmpty())
		}
	}
	whole := asJSON(b, merged)
	for _, c := range []struct {
		name    string
		content []byte
	}{
		{"json_lines", lines(b, all)}, {"json_lines_gzip", gzipped(lines(b, all))},
		{"json_object", whole}, {"json_indented", indented(b, whole)},
		{"proto", bytes.Join(protos, nil)}, {"frames", framed(protos...)},
	} {
		b.Run(c.name, func(b *testing.B) {
			runtime.GC()
			b.SetBytes(int64(len(c.content)))
			b.ReportAllocs()
			for b.Loop() {
				counts, err := ReadFiles(context.Background(), []string{"-"}, bytes.NewReader(c.content), new(discard), Options{})
				require.NoError(b, err)
				require.EqualValues(b, spans, counts.Spans)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*spans), "ns/span")
		})
	}
}
