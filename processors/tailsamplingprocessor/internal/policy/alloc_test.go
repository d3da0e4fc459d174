//go:build !race

package policy

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Not with the race detector, which has a sync.Pool forget.
func TestNothingIsAllocated(t *testing.T) {
	cfgs, rs := usual()
	cfgs = append(cfgs, allOf(prob(50, ""), spansPerSecond(500)), sharing(100, []int64{50, 50}, onError, prob(10, "s")))
	for i := range cfgs {
		cfgs[i].Name = fmt.Sprint(i)
	}
	set, err := New(cfgs, Settings{})
	require.NoError(t, err)
	ctx, ss, bits := context.Background(), rs.ScopeSpans().At(0), make([]uint64, set.Words())
	require.Zero(t, testing.AllocsPerRun(100, func() {
		set.Resource(rs.Resource(), bits)
		set.Span(ctx, rs, ss, ss.Spans().At(0), bits)
		set.Merge(bits, bits)
	}))
	round, verdicts := randomRound(set, 100), []Verdict(nil)
	var counts Counts
	require.Zero(t, testing.AllocsPerRun(100, func() {
		verdicts = set.Decide(ctx, round, verdicts, &counts)
	}))
}
