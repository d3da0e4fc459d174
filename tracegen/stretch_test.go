package tracegen

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func stretched() Config {
	cfg := DefaultConfig()
	cfg.OnPath, cfg.Short, cfg.OffPath = 0.1, 0.08, 0.06
	return cfg
}

// The same request without what was planted is the next of a generator that plants
// nothing.
func TestStretchedCallsAreTrue(t *testing.T) {
	for name, cfg := range overrides() {
		if cfg.Faults+cfg.Errors == 1 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			with := stretched()
			with.Spans, with.Protocol, with.Convention = cfg.Spans, cfg.Protocol, cfg.Convention
			g, plain := newGenerator(t, with), newGenerator(t, cfg)
			kinds := map[FaultKind]int{}
			n := 3000
			if cfg.Spans > 100 {
				n = 500
			}
			for range n {
				r, base := g.Next(testEnd), plain.Next(testEnd)
				checkTree(t, g, r)
				require.Equal(t, base.TraceID, r.TraceID)
				require.Len(t, r.Spans, len(base.Spans))
				if r.Label == nil || r.Label.Kind == Slow || r.Label.Kind == Repeated {
					require.Equal(t, base.Spans, r.Spans)
					continue
				}
				require.Nil(t, base.Label)
				checkStretch(t, g, r, base)
				kinds[r.Label.Kind]++
			}
			assert.Greater(t, kinds[OnPath], n/15)
			assert.Greater(t, kinds[Short], n/20)
			if cfg.Spans >= 24 { // a small shop has no calls that nobody waits for
				assert.Greater(t, kinds[OffPath], n/30)
			}
		})
	}
}

func checkStretch(t *testing.T, g *Generator, r, base *Request) {
	t.Helper()
	l := r.Label
	require.False(t, r.Failed)
	require.Equal(t, r.TraceID.String(), l.TraceID)
	require.Equal(t, r.Route, l.Route)
	require.Equal(t, 1, l.Calls)
	require.Len(t, l.SpanIDs, 1)
	length := func(s *Span) float64 { return float64(s.End-s.Start) / 1e9 }
	later := length(&r.Spans[0]) - length(&base.Spans[0])
	require.InDelta(t, later, l.AddedSeconds, 1e-9)
	planted := 0
	for i := range r.Spans {
		s := &r.Spans[i]
		require.Equal(t, base.Spans[i].ID, s.ID)
		if s.ID.String() != l.SpanIDs[0] || s.Name != l.Operation || g.Services()[s.Service].Name != l.Service {
			continue
		}
		planted++
		longer := length(s) - length(&base.Spans[i])
		switch l.Kind {
		case OffPath:
			require.Zero(t, l.AddedSeconds)
			require.GreaterOrEqual(t, longer, 0.005-1e-9)
		case Short:
			require.True(t, later >= 0.01 && later <= 0.15, later)
			require.GreaterOrEqual(t, later, 0.8*longer-1e-9)
		case OnPath:
			require.Positive(t, later)
			require.GreaterOrEqual(t, later, 0.8*longer-1e-9)
		}
	}
	require.Equal(t, 1, planted)
}

func TestStretchedSharesAreKept(t *testing.T) {
	cfg := stretched()
	g := newGenerator(t, cfg)
	kinds, routes := map[FaultKind]float64{}, map[FaultKind]map[string]bool{OnPath: {}, Short: {}, OffPath: {}}
	const n = 20_000
	for range n {
		if l := g.Next(testEnd).Label; l != nil && routes[l.Kind] != nil {
			kinds[l.Kind]++
			routes[l.Kind][l.Route] = true
		}
	}
	for kind, share := range map[FaultKind]float64{OnPath: cfg.OnPath, Short: cfg.Short, OffPath: cfg.OffPath} {
		assert.InDelta(t, share*n, kinds[kind], 3*math.Sqrt(n*share*(1-share)), kind)
	}
	assert.Len(t, routes[OnPath], 10, "every route")
	assert.GreaterOrEqual(t, len(routes[Short]), 8)
	assert.GreaterOrEqual(t, len(routes[OffPath]), 6)
}

// Decoys are of both sorts: consumers, and calls beside a longer one.
func TestDecoysAreVaried(t *testing.T) {
	cfg := DefaultConfig()
	cfg.OffPath = 0.5
	g := newGenerator(t, cfg)
	after, beside := 0, 0
	for range 4000 {
		r := g.Next(testEnd)
		if r.Label == nil || r.Label.Kind != OffPath {
			continue
		}
		for _, s := range r.Spans {
			if s.ID.String() != r.Label.SpanIDs[0] {
				continue
			}
			if s.End > r.Spans[0].End {
				after++
			} else {
				beside++
			}
		}
	}
	assert.Greater(t, after, 200)
	assert.Greater(t, beside, 100)
}

func TestSameSeedSamePlants(t *testing.T) {
	cfg := stretched()
	cfg.Drift, cfg.Skew, cfg.Missing, cfg.Late = 1.3, 20e6, 0.01, 0.01
	a, b := newGenerator(t, cfg), newGenerator(t, cfg)
	for range 1000 {
		require.Equal(t, a.Next(testEnd), b.Next(testEnd))
	}
}

func TestBatchRoutes(t *testing.T) {
	g := newGenerator(t, DefaultConfig())
	batch := map[string]bool{}
	for range 2000 {
		if r := g.Next(testEnd); r.Batch {
			batch[r.Route] = true
		}
	}
	assert.Equal(t, map[string]bool{"GET /reports/daily": true, "POST /admin/reprice": true}, batch)
}
