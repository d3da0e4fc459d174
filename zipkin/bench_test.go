package zipkin_test

import (
	"testing"
	"time"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/zipkin"
)

var received = time.Unix(1_750_000_000, 0)

// corpus is request bodies of services of conventions 1.20, one a service for 40 traces.
func corpus(tb testing.TB, protocol tracegen.Protocol) []tracegen.Payload {
	tb.Helper()
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = protocol, tracegen.V120
	payloads, err := tracegen.Corpus(cfg, 400, 40)
	require.NoError(tb, err)
	return payloads
}

func bench(b *testing.B, payloads []tracegen.Payload, decode func([]byte) error) {
	b.Helper()
	b.ReportAllocs()
	spans, bytes := 0, 0
	for i := 0; b.Loop(); i++ {
		p := &payloads[i%len(payloads)]
		require.NoError(b, decode(p.Body))
		spans += p.Spans
		bytes += len(p.Body)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
}

// BenchmarkDecode sets our formats beside contrib's translator for JSON and pdata's for OTLP,
// on the same spans.
func BenchmarkDecode(b *testing.B) {
	d := zipkin.NewDecoder(zipkin.Options{Memory: zipkin.NewMemory()})
	decode := func(f zipkin.Format) func([]byte) error {
		return func(body []byte) error {
			_, _, err := d.Decode(f, body, received)
			return err
		}
	}
	b.Run("json v2", func(b *testing.B) { bench(b, corpus(b, tracegen.ZipkinJSON), decode(zipkin.JSONv2)) })
	b.Run("proto3", func(b *testing.B) { bench(b, corpus(b, tracegen.ZipkinProto), decode(zipkin.Proto3)) })
	b.Run("peer json v2", func(b *testing.B) {
		peer := contrib.NewJSONTracesUnmarshaler(false)
		bench(b, corpus(b, tracegen.ZipkinJSON), func(body []byte) error {
			_, err := peer.UnmarshalTraces(body)
			return err
		})
	})
	b.Run("otlp", func(b *testing.B) {
		var u ptrace.ProtoUnmarshaler
		bench(b, corpus(b, tracegen.OTLPHTTP), func(body []byte) error {
			_, err := u.UnmarshalTraces(body)
			return err
		})
	})
}
