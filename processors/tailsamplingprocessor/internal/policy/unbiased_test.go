package policy

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

func prob(percent float64, salt string) Shared {
	return Shared{Type: Probabilistic, Probabilistic: ProbabilisticConfig{SamplingPercentage: percent, HashSalt: salt}}
}

func spansPerSecond(n int64) Shared {
	return Shared{Type: RateLimiting, RateLimiting: RateLimitingConfig{SpansPerSecond: n}}
}

var onError = Shared{Type: StatusCode, StatusCode: StatusCodeConfig{StatusCodes: []string{"ERROR"}}}

func top(of ...Shared) []Config {
	cfgs := make([]Config, len(of))
	for i := range of {
		cfgs[i].Shared = of[i]
		cfgs[i].Name = string(rune('a' + i))
	}
	return cfgs
}

func allOf(of ...Shared) Config {
	c := Config{Shared: Shared{Name: "and", Type: And}}
	for _, s := range of {
		c.And.SubPolicies = append(c.And.SubPolicies, AndSubConfig{Shared: s})
	}
	return c
}

func sharing(total int64, percents []int64, of ...Shared) Config {
	c := Config{Shared: Shared{Name: "composite", Type: Composite}, Composite: CompositeConfig{MaxTotalSpansPerSecond: total}}
	for i, s := range of {
		s.Name = string(rune('a' + i))
		c.Composite.SubPolicies = append(c.Composite.SubPolicies, CompositeSubConfig{Shared: s})
		c.Composite.RateAllocation = append(c.Composite.RateAllocation, RateAllocationConfig{Policy: s.Name, Percent: percents[i]})
	}
	return c
}

// A kept trace stands for 1/p traces, p being what its verdict says. Over all seeds that is
// as many as arrived, whatever the policies: the probabilities are true.
func TestAdjustedCountsAreUnbiased(t *testing.T) {
	always := Shared{Type: AlwaysSample}
	bytes := Shared{Type: BytesLimiting, BytesLimiting: BytesLimitingConfig{BytesPerSecond: 9000, BurstCapacity: 12000}}
	for name, c := range map[string]struct {
		cfgs   []Config
		stream stream
	}{
		"randomness":                 {top(prob(20, "")), stream{}},
		"randomness, sampled before": {top(prob(20, "")), stream{incoming: true}},
		"explicit rv":                {top(prob(20, "")), stream{incoming: true, explicit: true}},
		"hash":                       {top(prob(20, "s")), stream{}},
		"hash, sampled before":       {top(prob(20, "s")), stream{incoming: true}},
		"two shares":                 {top(prob(20, ""), prob(5, "")), stream{}},
		"errors and a share":         {top(onError, prob(10, "")), stream{incoming: true}},
		"rate":                       {top(spansPerSecond(60)), stream{}},
		"rate, sampled before":       {top(spansPerSecond(60)), stream{incoming: true}},
		"rate of bytes":              {top(bytes), stream{}},
		"rate and errors":            {top(onError, spansPerSecond(60)), stream{}},
		"rate or share":              {top(spansPerSecond(60), prob(20, "")), stream{}},
		"first match, then a rate":   {top(prob(20, ""), spansPerSecond(60)), stream{first: true, bias: 0.03}},
		"first match of a rate":      {top(spansPerSecond(60), onError, prob(20, "")), stream{first: true}},
		"two rates":                  {top(spansPerSecond(60), spansPerSecond(100)), stream{}},
		"rate of a share":            {[]Config{allOf(prob(50, ""), spansPerSecond(60))}, stream{incoming: true}},
		"share of a rate":            {[]Config{allOf(spansPerSecond(60), prob(50, ""))}, stream{}},
		"rate of a hashed share":     {[]Config{allOf(prob(50, "s"), spansPerSecond(60))}, stream{incoming: true}},
		"shares of two salts":        {[]Config{allOf(prob(50, "s"), prob(40, "t"))}, stream{}},
		"rate of errors, and all":    {append(top(prob(10, "")), allOf(onError, spansPerSecond(30))), stream{}},
		"composite":                  {[]Config{sharing(200, []int64{50, 50}, onError, always)}, stream{incoming: true}},
		"composite, a share":         {[]Config{sharing(200, []int64{50, 50}, onError, prob(50, ""))}, stream{}},
		"bottlenecks":                {top(bottlenecks(150)), stream{incoming: true}},
		"bottlenecks and errors":     {top(bottlenecks(80), onError), stream{explicit: true}},
		"bottlenecks and a share":    {top(bottlenecks(80), prob(10, "")), stream{}},
		"bottlenecks among errors":   {append(top(prob(10, "")), allOf(onError, bottlenecks(30))), stream{}},
		"two for bottlenecks":        {top(bottlenecks(80), bottlenecks(40)), stream{}},
		"share of bottlenecks":       {[]Config{allOf(bottlenecks(160), prob(50, ""))}, stream{}},
		"total":                      {top(always), stream{total: bottleneck.Budget{SpansPerSecond: 60}, incoming: true}},
		"total of bytes":             {top(always), stream{total: bottleneck.Budget{BytesPerSecond: 9000}}},
		"total of a part":            {top(always), stream{total: bottleneck.Budget{Fraction: 0.2}}},
		"total of errors and shares": {top(onError, prob(20, ""), prob(5, "")), stream{total: bottleneck.Budget{SpansPerSecond: 60}, incoming: true}},
		"total of bottlenecks":       {top(onError, bottlenecks(80)), stream{total: bottleneck.Budget{SpansPerSecond: 60}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const seeds = 300
			var sum, squares, arrived float64
			for seed := range uint64(seeds) {
				in, out := c.stream.run(t, c.cfgs, seed)
				arrived += in
				sum += out - in
				squares += (out - in) * (out - in)
			}
			mean := sum / seeds
			sigma := math.Sqrt((squares/seeds - mean*mean) / seeds)
			assert.LessOrEqual(t, math.Abs(mean), 3*sigma+c.stream.bias*arrived/seeds, "of %.0f, %.3f sigma", arrived/seeds, mean/sigma)
			// A test that could not tell is none.
			assert.Less(t, 3*sigma, 0.04*arrived/seeds)
		})
	}
}

// stream is traffic: traces of 1 to 20 spans, in rounds of different sizes, one a second.
type stream struct {
	incoming bool // some were sampled on their way here
	explicit bool // with an rv
	first    bool // the first match ends it
	total    bottleneck.Budget
	// bias is what is known to be missing, as a share: a trace that an earlier policy keeps
	// at a greater randomness takes no tokens, so that the limit's threshold is not quite
	// independent of it. It is the smaller, the more traces a round keeps.
	bias float64
}

// run gives how many traces those that arrived and those that are kept stand for.
func (s stream) run(t *testing.T, cfgs []Config, seed uint64) (in, out float64) {
	r := rand.New(rand.NewPCG(seed, 3))
	now := time.Unix(1e9, 5e8)
	set, err := New(cfgs, Settings{Now: func() time.Time { return now }, SampleOnFirstMatch: s.first, TotalBudget: s.total})
	require.NoError(t, err)
	choosers := newChoosers(set)
	for range 20 {
		i, o, _ := s.round(t, r, set, 1+r.IntN(100), choosers)
		in, out = in+i, out+o
		now = now.Add(time.Second)
	}
	return in, out
}

// round gives that of one round, and how many spans are kept.
func (s stream) round(t *testing.T, r *rand.Rand, set *Set, traces int, choosers choosers) (in, out, spans float64) {
	round := make([]*Trace, 0, traces)
	for range traces {
		if trace := s.trace(r, set); trace != nil {
			round = append(round, trace)
			in += trace.State.Threshold.AdjustedCount()
		}
	}
	choosers.choose(r, set, round)
	var counts Counts
	for i, v := range set.Decide(context.Background(), round, nil, &counts) {
		if v.Decision != Sampled {
			continue
		}
		trace := round[i]
		require.False(t, v.Erase)
		th := max(trace.State.Threshold, v.Threshold)
		rv := randomness(trace)
		if v.HasRandomness {
			rv = v.Randomness
		}
		require.True(t, th.Keeps(rv), "a trace of randomness %x cannot have th %x", rv, th)
		out += th.AdjustedCount()
		spans += float64(trace.Spans)
	}
	return in, out, spans
}

// trace is the next one, nil if it did not get here.
func (s stream) trace(r *rand.Rand, set *Set) *Trace {
	spans := int64(1 + r.IntN(20))
	trace := &Trace{Facts: make([]uint64, set.Words()), Spans: spans, Bytes: uint64(spans * 150), Random: true}
	binary.BigEndian.PutUint64(trace.ID[:], r.Uint64())
	binary.BigEndian.PutUint64(trace.ID[8:], r.Uint64())
	if s.explicit {
		trace.State.HasRandomness = true
		trace.State.Randomness = probability.Randomness(r.Uint64() >> 8)
	}
	if s.incoming && r.IntN(2) == 0 {
		trace.State.HasThreshold = true
		trace.State.Threshold = probability.FromProbability([]float64{0.5, 0.1}[r.IntN(2)])
		if !trace.State.Threshold.Keeps(randomness(trace)) {
			return nil
		}
	}
	if set.Words() > 0 && r.IntN(5) == 0 {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		ss := rs.ScopeSpans().AppendEmpty()
		span := ss.Spans().AppendEmpty()
		span.Status().SetCode(ptrace.StatusCodeError)
		set.Span(context.Background(), rs, ss, span, trace.Facts)
	}
	return trace
}
