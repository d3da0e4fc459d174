package policy

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/probability"
)

// Shards decide ten times a second, each on its own, with one budget. What is kept stands
// for all that came nevertheless, and uses the budget up.
func TestBudgetsAreSharedFairly(t *testing.T) {
	always := Shared{Type: AlwaysSample}
	for name, c := range map[string]struct {
		cfgs     []Config
		rate     float64
		stream   stream
		accuracy float64
	}{
		"rate":                   {top(spansPerSecond(1000)), 1000, stream{}, 0.04},
		"small rate":             {top(spansPerSecond(100)), 100, stream{}, 0.1},
		"rate of sampled traces": {top(spansPerSecond(1000)), 1000, stream{incoming: true}, 0.04},
		"rate of a share":        {[]Config{allOf(prob(20, ""), spansPerSecond(1000))}, 1000, stream{}, 0.04},
		"composite":              {[]Config{sharing(2000, []int64{50, 50}, onError, always)}, 2000, stream{}, 0.04},
	} {
		for _, shards := range []int{1, 4} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(9, uint64(shards)))
				start := time.Unix(1e9, 0)
				now := start
				set, err := New(c.cfgs, Settings{Now: func() time.Time { return now }})
				require.NoError(t, err)
				var in, out, spans float64
				for now.Sub(start) < 2*time.Minute {
					for range shards {
						i, o, s := c.stream.round(t, r, set, r.IntN(600/shards), choosers{})
						in, out, spans = in+i, out+o, spans+s
					}
					now = now.Add(100 * time.Millisecond)
				}
				assert.InDelta(t, 1, out/in, c.accuracy)
				assert.InDelta(t, c.rate, spans/now.Sub(start).Seconds(), 0.1*c.rate)
			})
		}
	}
}

func TestBudgetHasNoFloorBelowItsRate(t *testing.T) {
	now := time.Unix(1e9, 0)
	set, err := New(top(spansPerSecond(1000)), Settings{Now: func() time.Time { return now }})
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		in, out, _ := stream{}.round(t, r, set, 9, choosers{}) // at most 1800 spans a second, 945 as a rule
		require.LessOrEqual(t, out, in+1)
		now = now.Add(120 * time.Millisecond)
	}
	in, out, _ := stream{}.round(t, r, set, 20, choosers{})
	assert.Equal(t, in, out)
}

func TestSteps(t *testing.T) {
	for _, distance := range []uint64{1, 2, 3, 8, 9, 1 << 20, 1<<20 + 1<<17, 1 << 56} {
		i := step(distance)
		assert.LessOrEqual(t, bound(i), float64(distance))
		assert.Greater(t, bound(i+1), float64(distance))
	}
	var d demand
	assert.Equal(t, probability.Always, d.threshold(1))
	d.add(0, 1)
	d.add(probability.Randomness(probability.Never-1), 1)
	assert.Equal(t, probability.Never-1, d.threshold(0))
	assert.True(t, d.threshold(1).Keeps(probability.Randomness(probability.Never-1)))
	assert.Equal(t, probability.Always, d.threshold(3))
}

// The fewer tokens are there, the higher is the floor.
func TestFloorFollowsTokens(t *testing.T) {
	now := time.Unix(1e9, 0)
	b := newBudget(1000, 4000)
	require.Equal(t, probability.Always, b.floor(now))
	r := rand.New(rand.NewPCG(1, 6))
	for range 10_000 {
		b.ask(now, probability.Randomness(r.Uint64()>>8), 1, false)
		if r.IntN(10) == 0 {
			now = now.Add(time.Millisecond)
			b.floor(now)
		}
	}
	// 10,000 a second were asked for, of which half the tokens let through a tenth.
	for _, c := range []struct {
		take int64
		want float64
	}{{1000, 0.3}, {1000, 0.1}, {1000, 0.1 / 3}, {1000, 0}} {
		require.True(t, b.ask(now, 0, c.take, true))
		b.asked.steps[step(uint64(probability.Never))] = 0 // which was not one of the traces
		assert.InEpsilon(t, 1+c.want, 1+b.floor(now).Probability(), 0.02)
	}
}
