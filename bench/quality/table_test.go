package quality

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
)

func everyone() []Entry { return append(Peers(), Koine()) }

// faulty is the scenario with calls that are repeated, or take very long, too: more bottlenecks than
// there is room for at 1 %.
func faulty() Scenario {
	s := Default()
	s.Config.Faults = 0.003
	return s
}

// TestTable prints the comparison. It runs with KOINE_BENCH=1, for a minute and a half.
func TestTable(t *testing.T) {
	if os.Getenv("KOINE_BENCH") == "" {
		t.Skip("KOINE_BENCH is not set")
	}
	for _, s := range []Scenario{Default(), faulty()} {
		c, err := Compare(s, []uint64{1, 2, 3}, Budgets, everyone())
		require.NoError(t, err)
		require.NoError(t, c.WriteText(os.Stdout))
	}
}

// TestQuality says how well ours has to do: with one seed, or with KOINE_BENCH=1 with three. A
// recall is of some 360 traces a seed, so one seed's is off by 1 % now and then, and a share of
// covered intervals is of 70.
func TestQuality(t *testing.T) {
	seeds, noise := []uint64{1}, 1.0
	if os.Getenv("KOINE_BENCH") != "" {
		seeds, noise = []uint64{1, 2, 3}, 0
	}
	c, err := Compare(Default(), seeds, []float64{0.001, 0.01}, everyone())
	require.NoError(t, err)
	last := len(c.Names) - 1
	f := &c.Figures[1][last]
	assert.InDelta(t, 0.01, f.Used, 0.0002)
	assert.GreaterOrEqual(t, f.Recall[tracegen.OnPath], 0.95-0.01*noise)
	assert.GreaterOrEqual(t, f.Recall[tracegen.Short], 0.95-0.01*noise)
	assert.GreaterOrEqual(t, f.Named, 0.95)
	assert.LessOrEqual(t, f.Decoys, 0.05)
	assert.LessOrEqual(t, f.Pace, 0.02)
	assert.Equal(t, 1.0, f.Routes)
	assert.GreaterOrEqual(t, (f.P50Covered+f.P99Covered)/2, 0.93-0.02*noise)

	both := func(f *Figures) float64 { return f.Recall[tracegen.OnPath] + f.Recall[tracegen.Short] }
	for e := range last {
		assert.GreaterOrEqual(t, both(&c.Figures[0][last]), 3*both(&c.Figures[0][e]), c.Names[e])
	}
}

// TestRepeatedCallsAreFound, by the operation that is called too often.
func TestRepeatedCallsAreFound(t *testing.T) {
	s := faulty()
	s.Config.OnPath, s.Config.Short, s.Traces, s.WarmUp = 0, 0, 60_000, 30_000
	c, err := Compare(s, []uint64{1}, []float64{0.01}, []Entry{Koine()})
	require.NoError(t, err)
	f := &c.Figures[0][0]
	assert.GreaterOrEqual(t, f.Recall[tracegen.Repeated], 0.95)
	assert.GreaterOrEqual(t, f.Recall[tracegen.Slow], 0.95)
	assert.GreaterOrEqual(t, f.Named, 0.95)
}
