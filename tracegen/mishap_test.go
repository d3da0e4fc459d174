package tracegen

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClocksAreOffForGood(t *testing.T) {
	cfg := DefaultConfig()
	plain := newGenerator(t, cfg)
	cfg.Skew = 20 * time.Millisecond
	g := newGenerator(t, cfg)
	off := map[int]int64{}
	for range 1000 {
		r, base := g.Next(testEnd), plain.Next(testEnd)
		for i, s := range r.Spans {
			by := s.Start - base.Spans[i].Start
			require.Equal(t, by, s.End-base.Spans[i].End)
			if known, seen := off[s.Service]; seen {
				require.Equal(t, known, by)
			}
			require.LessOrEqual(t, time.Duration(by).Abs(), cfg.Skew)
			require.Zero(t, by%1000, "whole microseconds")
			off[s.Service] = by
		}
	}
	require.Len(t, off, len(g.Services()))
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, by := range off {
		least, most = min(least, by), max(most, by)
	}
	assert.Negative(t, least)
	assert.Positive(t, most)
}

func TestSpansAreLostAndLate(t *testing.T) {
	cfg := stretched()
	plain := newGenerator(t, cfg)
	cfg.Missing, cfg.Late = 0.1, 0.05
	g := newGenerator(t, cfg)
	all, left, late := 0.0, 0.0, 0.0
	for range 3000 {
		r, base := g.Next(testEnd), plain.Next(testEnd)
		require.Equal(t, base.Spans[0], r.Spans[0], "the root")
		require.Equal(t, base.Label, r.Label)
		shared := 0
		for _, s := range r.Spans {
			if s.Shared {
				shared++
			}
			if s.Late {
				late++
				s.Late = false
			}
			require.True(t, slices.ContainsFunc(base.Spans, func(b Span) bool { return b.ID == s.ID && b.Shared == s.Shared }))
		}
		require.Equal(t, shared, r.Shared)
		if r.Label != nil {
			checkSpared(t, r, base)
		}
		all += float64(len(base.Spans) - 1)
		left += float64(len(r.Spans) - 1)
	}
	// Spans in labels are spared, which are a few in a hundred of all.
	assert.InDelta(t, 0.1, 1-left/all, 0.005)
	assert.InDelta(t, 0.05, late/left, 0.003)
}

func checkSpared(t *testing.T, r, base *Request) {
	t.Helper()
	planted := func(spans []Span) (n int) {
		for i := range spans {
			if slices.Contains(r.Label.SpanIDs, spans[i].ID.String()) {
				require.False(t, spans[i].Late)
				n++
			}
		}
		return n
	}
	require.Equal(t, planted(base.Spans), planted(r.Spans))
}
