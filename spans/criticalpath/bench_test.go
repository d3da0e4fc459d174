package criticalpath

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/tree"
)

// requests is a trace of a web of services: each span calls others, one after the other or at
// once, over a network, on hosts whose clocks are off by a few ms.
func requests(n int) []Span {
	rng := rand.New(rand.NewPCG(1, 2))
	spans := []Span{{ID: rng.Uint64() | 1, Start: 1_700_000_000_000_000_000, End: 1_700_000_001_000_000_000, Kind: tree.Server}}
	for at := 0; len(spans) < n; at++ {
		p := spans[at]
		if p.Kind == tree.Client { // the other side
			trip := (p.End - p.Start) / 20
			service := uint32(rng.IntN(10))
			skew := uint64(service) * 1_000_000
			spans = append(spans, Span{
				ID: rng.Uint64() | 1, Parent: p.ID, Start: p.Start + trip + skew, End: p.End - trip + skew,
				Service: service, Clock: service, Kind: tree.Server,
			})
			continue
		}
		calls := min(1+rng.IntN(6), n-len(spans))
		length := (p.End - p.Start) / uint64(calls)
		for k := range uint64(calls) {
			start := p.Start + k*length + rng.Uint64N(length/10+1)
			kind := tree.Client
			if rng.IntN(4) == 0 {
				kind = tree.Internal
			}
			spans = append(spans, Span{
				ID: rng.Uint64() | 1, Parent: p.ID, Start: start, End: start + rng.Uint64N(length+1),
				Service: p.Service, Clock: p.Clock, Kind: kind,
			})
		}
	}
	rng.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	return spans
}

// shapes are large traces, the hostile among them.
func shapes(n int) map[string][]Span {
	rng := rand.New(rand.NewPCG(3, 4))
	lists := map[string][]Span{"requests": requests(n)}
	for i := range uint64(n) {
		nested := Span{ID: i + 1, Parent: i, Start: i, End: 4*uint64(n) - i}
		star := Span{ID: i + 1, Parent: min(i, 1), Start: rng.Uint64N(1e9), End: 1e9}
		star.End = star.Start + rng.Uint64N(1e9-star.Start)
		if i == 0 {
			star.Start, star.End = 0, 1e9
		}
		random := Span{ID: i + 1, Start: rng.Uint64N(1e9)}
		random.End = random.Start + rng.Uint64N(1e9)
		if i > 0 {
			random.Parent = 1 + rng.Uint64N(i)
		}
		sequence := Span{ID: i + 1, Parent: min(i, 1), Start: i * 7919 % uint64(n) * 10}
		sequence.End = sequence.Start + 10
		if i == 0 {
			sequence.End = uint64(n) * 10
		}
		clocks, cycle, server, message := nested, nested, star, nested
		clocks.Clock = uint32(i) % 1000
		clocks.Start -= min(clocks.Start, i%7)
		cycle.Parent = (i+1)%uint64(n) + 1
		server.ID, server.Parent, server.Service, server.Kind = 1, 0, uint32(i/2), tree.Server
		if server.Shared = i > 0 && i%2 == 0; !server.Shared && i > 0 {
			server.ID, server.Parent = i+1, 1
		}
		message.Start, message.End = i, i+1
		for name, s := range map[string]Span{
			"chain": nested, "star": star, "sequence": sequence, "random": random, "chain of clocks": clocks, "cycle": cycle,
			"servers of one client": server, "each after its parent": message, "one span": {ID: 1, Parent: 1, End: 1},
			"ids that differ in few bits": {ID: (i + 1) << 44, Parent: i << 44, End: 1},
			"roots":                       {Start: rng.Uint64(), End: math.MaxUint64},
		} {
			lists[name] = append(lists[name], s)
		}
	}
	return lists
}

func TestShapes(t *testing.T) {
	a := NewAnalyzer()
	for name, spans := range shapes(50_000) {
		require.NoError(t, checkTrace(a, spans, a.Analyze(spans)), name)
	}
	tr := a.Analyze(shapes(50_000)["chain"])
	assert.Len(t, tr.Sections, 2*50_000-1)
}

// TestLongIsNotQuadratic: one long trace takes about as long as its length in short ones, where
// the square would take sixteen times that. What else the machine does disturbs both.
func TestLongIsNotQuadratic(t *testing.T) {
	const times, short = 16, 1_000
	longs := shapes(times * short)
	for name, shorts := range shapes(short) {
		t.Run(name, func(t *testing.T) {
			a := NewAnalyzer()
			cost := func(spans []Span) time.Duration {
				start := time.Now()
				a.Analyze(spans)
				return time.Since(start)
			}
			one, many := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for range 5 {
				one = min(one, cost(longs[name]))
				var sum time.Duration
				for range times {
					sum += cost(shorts)
				}
				many = min(many, sum)
			}
			assert.Less(t, one, 10*many)
		})
	}
}

func TestAnalyzeAllocatesNothing(t *testing.T) {
	for name, spans := range shapes(1000) {
		a := NewAnalyzer()
		a.Analyze(spans)
		assert.Zero(t, testing.AllocsPerRun(10, func() { a.Analyze(spans) }), name)
	}
}

func TestScratchIsBounded(t *testing.T) {
	spans := requests(keptSpans + 1)
	a := NewAnalyzer()
	tr := a.Analyze(spans)
	assert.Equal(t, NewAnalyzer(), a)
	a.Analyze(spans[:10])
	assert.Len(t, tr.Parents, len(spans), "what was handed over stays")
	require.NoError(t, checkTrace(a, spans, tr))
}

func BenchmarkAnalyze(b *testing.B) {
	for _, n := range []int{24, 1000} {
		b.Run(fmt.Sprintf("requests/%d", n), func(b *testing.B) { benchmark(b, requests(n)) })
	}
	for name, spans := range shapes(50_000) {
		b.Run(name+"/50000", func(b *testing.B) { benchmark(b, spans) })
	}
}

func benchmark(b *testing.B, spans []Span) {
	a := NewAnalyzer()
	b.ReportAllocs()
	for b.Loop() {
		a.Analyze(spans)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(spans)), "ns/span")
}
