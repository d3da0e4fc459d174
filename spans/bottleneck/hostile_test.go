package bottleneck

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/tree"
)

// TestLargeTraces: what senders choose must not make judging take the square of the spans. At
// 50,000 that would be a minute; it is a tenth of a second.
func TestLargeTraces(t *testing.T) {
	const n = 50_000
	s := newShop()
	s.learn(plan{})
	known := []baseline.Operation{s.op("web", "GET /", tree.Server), s.op("cart", "GET /cart", tree.Server), s.op("web", "GET", tree.Client)}
	for name, span := range map[string]func(i uint64) criticalpath.Span{
		"one after the other": func(i uint64) criticalpath.Span {
			return criticalpath.Span{Parent: min(i, 1), Start: i * 1e9, End: i*1e9 + 1e9}
		},
		"chain": func(i uint64) criticalpath.Span {
			return criticalpath.Span{Parent: i, Start: i * 1e6, End: 1e15 - i*1e6}
		},
		"orphan": func(i uint64) criticalpath.Span { return criticalpath.Span{Parent: i + n + 7, Start: 0, End: 1e9 + i} },
		"pairs": func(i uint64) criticalpath.Span {
			return criticalpath.Span{Parent: min(i, 1+(i+1)/2*2%n), Start: i * 1e9, End: i*1e9 + 1e9}
		},
		"a chain with a fan below it": func(i uint64) criticalpath.Span {
			return criticalpath.Span{Parent: min(i, n/2), Start: 5, End: 1e15 - i}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.trace.Reset()
			for i := range uint64(n) {
				at := span(i)
				at.ID, at.Service, at.Clock, at.Kind = i+1, uint32(i%7), uint32(i%7), tree.Kind(i%6)
				if name == "one after the other" && i == 0 {
					at.End = n * 1e9
				}
				s.trace.Add(at, known[i%3], uint16(i%2+1))
			}
			began := time.Now()
			f := s.Judge.Judge(&s.trace)
			var seen Observations
			s.Observe(&seen)
			assert.Less(t, time.Since(began), 3*time.Second)
			assert.GreaterOrEqual(t, f.Span, int32(0))
		})
	}
	f, _ := s.judge(plan{})
	assert.Equal(t, None, f.Pattern)
	assert.LessOrEqual(t, cap(s.notes), 4*keptSites, "what was so long is not kept")
}

func FuzzJudge(f *testing.F) {
	s := newShop()
	s.learn(plan{})
	ops := []baseline.Operation{
		baseline.Other, s.op("web", "GET /", tree.Server), s.op("web", "GET", tree.Client), s.op("cart", "GET /cart", tree.Server),
		s.op("cart", "select", tree.Client), s.op("web", "price", tree.Client), s.op("web", "send", tree.Producer), s.op("mail", "process", tree.Consumer),
	}
	f.Add([]byte{1, 0, 1, 0, 0, 200, 200, 2, 1, 2, 1, 0, 10, 0, 3, 1, 3, 9, 0, 20, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var trace Trace
		for ; len(data) >= 7; data = data[7:] {
			start := uint64(binary.BigEndian.Uint16(data[3:])) * 1e5
			trace.Add(criticalpath.Span{
				ID: uint64(data[0] % 16), Parent: uint64(data[1] % 16), Start: start, End: start + uint64(data[5])*uint64(data[6])*1e4 - uint64(data[6]%3),
				Service: uint32(data[2] % 3), Clock: uint32(data[2] % 5), Kind: tree.Kind(data[2] % 6), Shared: data[2] > 200,
			}, ops[data[2]%8], uint16(data[0]>>6))
		}
		found := s.Judge.Judge(&trace)
		var seen Observations
		s.Observe(&seen)
		require.Len(t, seen.Marks, len(seen.Spans))
		if found.Span < 0 {
			require.Equal(t, None, found.Pattern)
			return
		}
		require.Less(t, int(found.Span), len(trace.Spans))
		require.Equal(t, trace.Operations[found.Span], found.Operation)
		require.GreaterOrEqual(t, found.Excess, 0.0)
		require.LessOrEqual(t, found.Excess, found.Self*(1+1e-9))
		require.False(t, math.IsNaN(found.Score) || math.IsInf(found.Score, 1) || math.IsInf(found.Self, 0), "%+v", found)
		require.Equal(t, found.Pattern == None, math.IsInf(found.Score, -1))
		require.Equal(t, found, s.Judge.Judge(&trace), "a trace is judged by itself, but for skews")
	})
}

func TestJudgeAllocatesNothing(t *testing.T) {
	s := newShop()
	s.learn(plan{})
	trace := s.request(plan{db: 60, lookup: true})
	var seen Observations
	judge := func() {
		s.Judge.Judge(trace)
		seen.Reset()
		s.Observe(&seen)
	}
	judge()
	assert.Zero(t, testing.AllocsPerRun(100, judge))
}

// BenchmarkJudge is all that is done to a trace of 24 spans before it is a candidate.
func BenchmarkJudge(b *testing.B) {
	s := newShop()
	odd := plan{spread: 0.2, lookup: true, selects: 6, prices: 7}
	s.learn(odd)
	traces := make([]Trace, 64)
	for i := range traces {
		t := s.request(odd)
		traces[i] = Trace{append([]criticalpath.Span(nil), t.Spans...), append([]baseline.Operation(nil), t.Operations...), append([]uint16(nil), t.Errors...)}
	}
	var seen Observations
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s.Judge.Judge(&traces[n%len(traces)])
		seen.Reset()
		s.Observe(&seen)
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*len(traces[0].Spans)), "ns/span")
}
