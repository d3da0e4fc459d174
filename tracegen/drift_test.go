package tracegen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDriftSlowsAThirdOfTheServices(t *testing.T) {
	cfg := DefaultConfig()
	plain := newGenerator(t, cfg)
	cfg.Drift = 2
	g := newGenerator(t, cfg)
	require.Equal(t, plain.Next(testEnd).Spans, g.Next(testEnd).Spans, "time counts from the first request")
	slower := map[int]bool{}
	for range 2000 {
		r, base := g.Next(testEnd.Add(2*time.Hour)), plain.Next(testEnd.Add(2*time.Hour))
		for i, s := range r.Spans {
			if s.Scope != ScopeSQL || s.Kind != Client {
				continue // a query has no time but its own
			}
			want := base.Spans[i].End - base.Spans[i].Start
			if drifts(s.Service) {
				want *= 4
				slower[s.Service] = true
			}
			require.Equal(t, want, s.End-s.Start)
		}
	}
	assert.Len(t, slower, 4, "of thirteen")
}
