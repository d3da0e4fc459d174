package tracegen

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultsInTheirShare(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Faults = 0.05
	g := newGenerator(t, cfg)
	n := 0
	for range 20_000 {
		if g.Next(testEnd).Label != nil {
			n++
		}
	}
	assert.InDelta(t, 1000, n, 150)
}

func TestEveryRouteHasSitesAtEverySize(t *testing.T) {
	for name, cfg := range overrides() {
		g := newGenerator(t, cfg)
		sites := map[string]bool{}
		for _, p := range g.plans {
			assert.NotEmpty(t, p.sites, "%s: %s", name, p.path)
			for _, s := range p.sites {
				f := fault{site: s}
				l := f.label(&Request{}, p, g.services)
				sites[l.Service+" "+l.Operation] = true
			}
		}
		assert.GreaterOrEqual(t, len(sites), 8, name)
	}
}

// The truth about a trace can be read from the trace itself.
func TestLabelsTellTheTruth(t *testing.T) {
	for name, cfg := range overrides() {
		t.Run(name, func(t *testing.T) {
			cfg.Faults, cfg.Errors = 1, 0
			g := newGenerator(t, cfg)
			kinds := map[FaultKind]int{}
			for range 1000 {
				r := g.Next(testEnd)
				require.NotNil(t, r.Label)
				checkLabel(t, g, r)
				kinds[r.Label.Kind]++
			}
			assert.Greater(t, kinds[Slow], 100)
			assert.Greater(t, kinds[Repeated], 100)
		})
	}
}

func checkLabel(t *testing.T, g *Generator, r *Request) {
	t.Helper()
	l := r.Label
	require.Equal(t, r.TraceID.String(), l.TraceID)
	require.Equal(t, r.Route, l.Route)
	require.Equal(t, g.Services()[r.Entry].Name, l.EntryService)
	require.Len(t, l.SpanIDs, l.Calls)

	var planted []*Span
	ids := map[string]bool{}
	for _, id := range l.SpanIDs {
		ids[id] = true
	}
	for i := range r.Spans {
		s := &r.Spans[i]
		if ids[s.ID.String()] && g.Services()[s.Service].Name == l.Service && s.Name == l.Operation {
			planted = append(planted, s)
		}
	}
	require.Len(t, planted, l.Calls)
	root := r.Spans[0]
	require.Greater(t, l.AddedSeconds, 0.0)
	require.Greater(t, float64(root.End-root.Start)/1e9, l.AddedSeconds, "the whole request waits")
	if l.Kind == Slow {
		require.Equal(t, 1, l.Calls)
		require.Greater(t, float64(planted[0].End-planted[0].Start)/1e9, l.AddedSeconds)
		return
	}
	require.Greater(t, l.Calls, 15)
	for i, s := range planted[1:] {
		require.Equal(t, planted[0].Parent, s.Parent)
		require.GreaterOrEqual(t, s.Start, planted[i].End, "one after the other")
	}
	spread := float64(planted[len(planted)-1].End-planted[0].End) / 1e9
	require.InDelta(t, spread, l.AddedSeconds, 0.002)
}

// Without a label, no operation takes what a fault adds, and none is called so often.
func TestNoFaultsElsewhere(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Faults, cfg.Errors = 0, 0
	g := newGenerator(t, cfg)
	longest := map[string]float64{}
	for range 10_000 {
		r := g.Next(testEnd)
		require.Nil(t, r.Label)
		calls := map[SpanID]map[string]int{}
		for _, s := range r.Spans {
			if calls[s.Parent] == nil {
				calls[s.Parent] = map[string]int{}
			}
			calls[s.Parent][s.Name]++
			key := g.Services()[s.Service].Name + " " + s.Name + " " + r.Route
			longest[key] = max(longest[key], float64(s.End-s.Start)/1e9)
		}
		for _, names := range calls {
			for name, n := range names {
				require.LessOrEqual(t, n, 5, name)
			}
		}
	}
	cfg.Faults = 1
	faulty := newGenerator(t, cfg)
	for range 2000 {
		l := faulty.Next(testEnd).Label
		if l.Kind == Slow {
			key := l.Service + " " + l.Operation + " " + l.Route
			require.False(t, math.IsNaN(longest[key]))
			require.Greater(t, l.AddedSeconds, longest[key]/2, "%s stands out", key)
		}
	}
}
