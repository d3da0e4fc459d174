package quality

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
)

func short() Scenario {
	s := Default()
	s.Traces, s.WarmUp = 30_000, 6000
	return s
}

// by is a sampler that decides at once, by what decide says of a trace.
func by(name string, decide func(*Trace) (float64, Named)) Entry {
	return Entry{name, func(_ float64, keep Keep) Sampler { return &deciding{keep, decide} }}
}

type deciding struct {
	keep   Keep
	decide func(*Trace) (float64, Named)
}

func (d *deciding) Offer(t *Trace) {
	if p, bottleneck := d.decide(t); p != 0 {
		d.keep(t.Index, p, bottleneck)
	}
}

func (d *deciding) Close() {}

func TestPeersKeepTheirBudget(t *testing.T) {
	budgets := []float64{0.05, 0.1}
	figures, err := Run(short(), budgets, Peers())
	require.NoError(t, err)
	for b, budget := range budgets {
		for e, peer := range Peers() {
			f := figures[b][e]
			assert.InEpsilon(t, budget, f.Used, 0.1, peer.Name)
			assert.Equal(t, 1.0, f.Routes, peer.Name)
			assert.True(t, math.IsNaN(f.Named), peer.Name)
			assert.Less(t, f.Pace, 0.25, peer.Name)
			assert.Equal(t, peer.Name == "a-res", math.IsNaN(f.Count), peer.Name)
		}
		uniform, threshold := figures[b][0], figures[b][1]
		assert.Greater(t, threshold.Recall[tracegen.OnPath], 1.5*uniform.Recall[tracegen.OnPath])
		assert.Greater(t, threshold.Decoys, 3*uniform.Decoys, "it takes batch work for slow")
		assert.InDelta(t, 0.95, uniform.P50Covered, 0.05)
		assert.InDelta(t, 0.95, uniform.P99Covered, 0.1)
	}
}

func TestAllAndNothing(t *testing.T) {
	s := short()
	s.Config.Faults = 0.01
	figures, err := Run(s, []float64{0.5}, []Entry{
		by("all", func(*Trace) (float64, Named) { return 1, Named{} }),
		by("nothing", func(*Trace) (float64, Named) { return 0, Named{} }),
		by("oracle", func(t *Trace) (float64, Named) {
			if !sought(t.Label) {
				return 0, Named{}
			}
			return 1, Named{t.Label.Service, t.Label.Operation}
		}),
		by("blind", func(*Trace) (float64, Named) { return math.NaN(), Named{"cart", "no such operation"} }),
	})
	require.NoError(t, err)
	all, nothing, oracle, blind := figures[0][0], figures[0][1], figures[0][2], figures[0][3]

	assert.Equal(t, []float64{1, 1, 1}, []float64{all.Used, all.Operations, all.Routes})
	assert.Equal(t, []float64{0, 0, 0, 1, 1}, []float64{all.Count, all.P50, all.P99, all.P50Covered, all.P99Covered})
	assert.Equal(t, 1.0, all.Pace, "twice the budget")
	assert.InDelta(t, 0.015, all.Decoys, 0.01)

	assert.Equal(t, []float64{0, 0, 0, 0, 1, 1}, []float64{nothing.Used, nothing.Operations, nothing.Routes, nothing.Decoys, nothing.Count, nothing.Pace})
	assert.True(t, math.IsNaN(nothing.P50))
	for _, kind := range kinds {
		assert.Equal(t, 1.0, all.Recall[kind])
		assert.Equal(t, 0.0, nothing.Recall[kind])
	}

	assert.Equal(t, []float64{1, 0}, []float64{oracle.Named, oracle.Decoys})
	assert.Equal(t, 1.0, oracle.Recall[tracegen.Short])
	assert.Equal(t, 0.0, oracle.Recall[tracegen.Slow])
	assert.InDelta(t, 0.006, oracle.Used, 0.002)

	assert.Equal(t, 0.0, blind.Named)
	assert.True(t, math.IsNaN(blind.Count))
}

func TestMistakesOfSamplersAreNamed(t *testing.T) {
	s := short()
	s.Traces, s.WarmUp = 10, 5
	keep := func(index int, probability float64) Entry {
		return Entry{"x", func(_ float64, keep Keep) Sampler { return closing(func() { keep(index, probability, Named{}) }) }}
	}
	for want, e := range map[string]Entry{
		"":                               keep(3, 1), // of the warm-up
		"kept trace 15: no such trace":   keep(15, 1),
		"kept trace -1: no such trace":   keep(-1, 1),
		"kept trace 7 with probability ": keep(7, 0),
		"kept trace 8 with probability ": keep(8, 1.1),
		"x at 0.1: kept trace 9 twice": {"x", func(_ float64, keep Keep) Sampler {
			return closing(func() { keep(9, 1, Named{}); keep(9, 1, Named{}) })
		}},
	} {
		_, err := Run(s, []float64{0.1}, []Entry{e})
		if want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
	s.Rate = 0
	_, err := Run(s, nil, nil)
	require.ErrorContains(t, err, "quality: scenario of 10 traces after 5 at 0 a second")
	s = short()
	s.Config.Spans = 0
	_, err = Run(s, nil, nil)
	require.ErrorContains(t, err, "spans 0")
}

type closing func()

func (c closing) Offer(*Trace) {}
func (c closing) Close()       { c() }

func TestSameSeedsSameTable(t *testing.T) {
	s := short()
	s.Traces, s.WarmUp = 4000, 500
	table := func(seeds ...uint64) string {
		c, err := Compare(s, seeds, []float64{0.01, 0.1}, Peers())
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, c.WriteText(&out))
		return out.String()
	}
	first := table(1, 2)
	assert.Equal(t, first, table(1, 2))
	assert.NotEqual(t, first, table(1, 3))
	assert.Regexp(t, `10 % +used +on_path +short +repeated +slow +decoys`, first)
	assert.Regexp(t, `threshold +[\d.]+ +[\d.]+ +[\d.]+ +- +-`, first)
}

func TestAverageLeavesOutWhatIsUnknown(t *testing.T) {
	unknown := math.NaN()
	a := average([]Figures{
		{Used: 1, Pace: unknown, Named: unknown, Recall: map[tracegen.FaultKind]float64{tracegen.OnPath: 0.5}},
		{Used: 2, Pace: 4, Named: unknown, Recall: map[tracegen.FaultKind]float64{tracegen.OnPath: 1}},
	})
	assert.Equal(t, 1.5, a.Used)
	assert.Equal(t, 4.0, a.Pace)
	assert.True(t, math.IsNaN(a.Named))
	assert.Equal(t, 0.75, a.Recall[tracegen.OnPath])
}
