package policy

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// usual are policies as many have them, and a span with as many attributes as most have.
func usual() ([]Config, ptrace.ResourceSpans) {
	text := Shared{Type: StringAttribute, StringAttribute: StringAttributeConfig{Key: "http.route", Values: []string{"/checkout", "/cart"}}}
	number := Shared{Type: NumericAttribute, NumericAttribute: NumericAttributeConfig{Key: "http.response.status_code", MinValue: 500, MaxValue: 599}}
	rs := ptrace.NewTraces().ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	for _, key := range []string{"http.request.method", "url.path", "url.scheme", "server.address", "client.address", "user_agent.original"} {
		span.Attributes().PutStr(key, "some value")
	}
	span.Attributes().PutStr("http.route", "/products/{id}")
	span.Attributes().PutInt("http.response.status_code", 200)
	span.Attributes().PutInt("server.port", 443)
	return top(onError, text, number), rs
}

func BenchmarkSpan(b *testing.B) {
	cfgs, rs := usual()
	set, err := New(cfgs, Settings{})
	require.NoError(b, err)
	ctx, ss, bits := context.Background(), rs.ScopeSpans().At(0), make([]uint64, set.Words())
	span := ss.Spans().At(0)
	b.ReportAllocs()
	for b.Loop() {
		set.Span(ctx, rs, ss, span, bits)
	}
}

func BenchmarkSpanPattern(b *testing.B) {
	_, rs := usual()
	set, err := New(top(Shared{Type: StringAttribute, StringAttribute: StringAttributeConfig{Key: "http.route", Values: []string{"^/check.*"}, EnabledRegexMatching: true}}), Settings{})
	require.NoError(b, err)
	ctx, ss, bits := context.Background(), rs.ScopeSpans().At(0), make([]uint64, set.Words())
	span := ss.Spans().At(0)
	b.ReportAllocs()
	for b.Loop() {
		set.Span(ctx, rs, ss, span, bits)
	}
}

func BenchmarkDecide(b *testing.B) {
	deterministic, _ := usual()
	for name, cfgs := range map[string][]Config{
		"deterministic": deterministic,
		"share":         top(onError, prob(1, "")),
		"rate":          top(onError, spansPerSecond(1000)),
	} {
		b.Run(name, func(b *testing.B) {
			set, err := New(cfgs, Settings{})
			require.NoError(b, err)
			round := randomRound(set, 1000)
			var verdicts []Verdict
			var counts Counts
			b.ReportAllocs()
			for b.Loop() {
				verdicts = set.Decide(context.Background(), round, verdicts, &counts)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(round)), "ns/trace")
		})
	}
}

func randomRound(set *Set, n int) []*Trace {
	r := rand.New(rand.NewPCG(1, 4))
	round := make([]*Trace, n)
	for i := range round {
		round[i] = &Trace{Facts: make([]uint64, set.Words()), Spans: 20, Bytes: 5000, Random: true}
		binary.BigEndian.PutUint64(round[i].ID[:], r.Uint64())
		binary.BigEndian.PutUint64(round[i].ID[8:], r.Uint64())
	}
	return round
}
