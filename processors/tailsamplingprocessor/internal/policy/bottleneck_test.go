package policy

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

// bottlenecks keeps so many spans a second.
func bottlenecks(perSecond float64) Shared {
	none := 0.0
	return Shared{Type: Bottleneck, Bottleneck: BottleneckConfig{Budget: bottleneck.Budget{SpansPerSecond: perSecond}, KeepAllBelow: &none}}
}

// choosers are those of a set's bottleneck policies, with a clock of a second a round.
type choosers struct {
	all   []*bottleneck.Chooser
	clock *int64
}

func newChoosers(set *Set) choosers {
	c := choosers{clock: new(int64)}
	for _, o := range set.Bottlenecks() {
		c.all = append(c.all, bottleneck.NewChooser(o, bottleneck.NewCoverage(10)))
	}
	return c
}

// choose sets the thresholds of a round's traces, of random scores, as the processor does.
func (c choosers) choose(r *rand.Rand, set *Set, round []*Trace) {
	if len(c.all) == 0 {
		return
	}
	*c.clock += int64(time.Second)
	candidates := make([][]bottleneck.Candidate, len(c.all))
	for _, t := range round {
		x := bottleneck.Candidate{Score: 6*r.Float64() - 2, Cause: r.Uint64N(3), Error: r.Uint64N(3), Path: r.Uint64N(5), Rare: baseline.Operation(r.IntN(5))}
		eligible := set.Candidate(t, &x)
		t.Thresholds = nil
		for k := range c.all {
			t.Thresholds = append(t.Thresholds, probability.Never)
			if eligible&(1<<k) != 0 {
				candidates[k] = append(candidates[k], x)
			}
		}
	}
	for k, chooser := range c.all {
		chooser.Choose(*c.clock, 1, candidates[k])
		next := 0
		for _, t := range round {
			var x bottleneck.Candidate
			if set.Candidate(t, &x)&(1<<k) != 0 {
				t.Thresholds[k] = candidates[k][next].Threshold
				next++
			}
		}
	}
}

func TestBottleneckDefaults(t *testing.T) {
	set, err := New([]Config{{Shared: Shared{Name: "where", Type: Bottleneck}}}, Settings{})
	require.NoError(t, err)
	assert.Equal(t, []bottleneck.Options{{
		Budget: bottleneck.Budget{Fraction: 0.01}, KeepAllBelow: 100,
		Errors: bottleneck.DefaultErrors, Normal: bottleneck.DefaultNormal, Rare: bottleneck.DefaultRare,
	}}, set.Bottlenecks())
	assert.Error(t, set.Stateless())
}

func TestBottleneckMistakes(t *testing.T) {
	f := func(x float64) *float64 { return &x }
	for want, cfg := range map[string]BottleneckConfig{
		"budget: 2 of spans_per_second, bytes_per_second and fraction are set":      {Budget: bottleneck.Budget{SpansPerSecond: 1, Fraction: 0.1}},
		"budget: spans_per_second: -1 is not a positive number":                     {Budget: bottleneck.Budget{SpansPerSecond: -1}},
		"budget: bytes_per_second: NaN is not a positive number":                    {Budget: bottleneck.Budget{BytesPerSecond: math.NaN()}},
		"budget: fraction: 1.5 is more than 1":                                      {Budget: bottleneck.Budget{Fraction: 1.5}},
		"keep_all_below: -1 is negative":                                            {KeepAllBelow: f(-1)},
		"errors: 2 is not between 0 and 1":                                          {Errors: f(2)},
		"normal: -1 is not between 0 and 1":                                         {Normal: f(-1)},
		"rare: NaN is not between 0 and 1":                                          {Rare: f(math.NaN())},
		"errors, normal and rare are 1.5 together, which leaves nothing for bottle": {Errors: f(0.5), Normal: f(0.5), Rare: f(0.5)},
	} {
		err := Validate(typed(Bottleneck, func(s *Shared) { s.Bottleneck = cfg }), false)
		assert.ErrorContains(t, err, `policies[0] "x": bottleneck: `)
		assert.ErrorContains(t, err, want)
	}
	many := make([]Shared, MaxBottlenecks+1)
	for i := range many {
		many[i] = bottlenecks(1)
	}
	assert.ErrorContains(t, Validate(top(many...), false), "there are more than 64 policies of this type")
}

// TestWithoutThresholds: a trace that no Chooser has seen is not kept.
func TestWithoutThresholds(t *testing.T) {
	set, err := New(top(bottlenecks(1)), Settings{})
	require.NoError(t, err)
	var counts Counts
	verdicts := set.Decide(t.Context(), []*Trace{{Random: true}}, nil, &counts)
	assert.Equal(t, NotSampled, verdicts[0].Decision)
}

// TestTotalBudget: what all policies keep together is what it says.
func TestTotalBudget(t *testing.T) {
	always := Shared{Type: AlwaysSample}
	for name, budget := range map[string]bottleneck.Budget{
		"spans": {SpansPerSecond: 100}, "bytes": {BytesPerSecond: 15_000}, "fraction": {Fraction: 0.2},
	} {
		now := time.Unix(1e9, 0)
		set, err := New(top(always, bottlenecks(1000), prob(50, "")), Settings{Now: func() time.Time { return now }, TotalBudget: budget})
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 1))
		kept, came := 0.0, 0.0
		const rounds = 500
		for i := range rounds {
			s := stream{}
			in, _, spans := s.round(t, r, set, 50, newChoosers(set))
			if i >= 300 { // its tokens are what it began with, at first
				kept += spans
				came += in
			}
			now = now.Add(time.Second)
		}
		assert.InEpsilon(t, 100*200, kept, 0.15, "%s: %.0f of %.0f", name, kept, came)
	}
}
