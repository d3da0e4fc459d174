package tracegen

import (
	"testing"
	"time"
)

// BenchmarkNext is the cost of making spans, by requests of the default shop.
func BenchmarkNext(b *testing.B) {
	g := newGenerator(b, DefaultConfig())
	end := DefaultConfig().Start
	spans := 0
	b.ReportAllocs()
	for b.Loop() {
		spans += len(g.Next(end).Spans)
	}
	perSpan(b, spans)
}

// BenchmarkNextAndEncode is all that traffic costs before it is sent.
func BenchmarkNextAndEncode(b *testing.B) {
	for _, p := range []Protocol{NativeProtocol, ZipkinJSON, ZipkinProto, OTLPHTTP} {
		b.Run(p.String(), func(b *testing.B) {
			cfg := DefaultConfig()
			cfg.Protocol = p
			g := newGenerator(b, cfg)
			encoders := newEncoders(g.Services())
			body := make([]byte, 0, 1<<20)
			spans, bytes := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				made := g.Next(cfg.Start).Spans
				for i := range made {
					e := encoders[made[i].Service]
					if e.Add(&made[i]); e.Spans() == cfg.BatchSpans {
						body = e.Finish(body[:0])
						spans, bytes = spans+cfg.BatchSpans, bytes+len(body)
					}
				}
			}
			perSpan(b, spans)
			b.ReportMetric(float64(bytes)/float64(spans), "B/span")
		})
	}
}

// BenchmarkCorpus is the time to prepare a benchmark's input.
func BenchmarkCorpus(b *testing.B) {
	for b.Loop() {
		if _, err := Corpus(DefaultConfig(), 200, 40); err != nil {
			b.Fatal(err)
		}
	}
}

func perSpan(b *testing.B, spans int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
}

func newGenerator(tb testing.TB, cfg Config) *Generator {
	tb.Helper()
	g, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

var testEnd = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
