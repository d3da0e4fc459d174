package policy

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/probability"
)

// id is a trace id of some randomness, as a share of all: 0.9 is kept by all but the
// smallest tenth of samplings.
func id(share float64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], uint64(share*(1<<56)))
	id[0] = 1
	return id
}

// What a verdict says of th, where a trace with an error and of great randomness is kept.
func TestThresholds(t *testing.T) {
	p := probability.FromProbability
	always, no := Shared{Type: AlwaysSample}, Shared{Type: StatusCode, StatusCode: StatusCodeConfig{StatusCodes: []string{"OK"}}}
	in := func(t *Trace) { t.State = probability.State{Threshold: p(0.5), HasThreshold: true} }
	rv := func(t *Trace) {
		t.State.Randomness, t.State.HasRandomness = probability.Randomness(probability.Never-1), true
	}
	drops := func(s Shared) Config {
		return Config{Shared: Shared{Name: "drop", Type: Drop}, Drop: DropConfig{SubPolicies: []AndSubConfig{{Shared: s}}}}
	}
	nots := func(s Shared) Config {
		return Config{Shared: Shared{Name: "not", Type: Not}, Not: NotConfig{SubPolicy: NotSubConfig{s}}}
	}
	hash := prob(99.9999, "s") // which keeps the trace
	for name, c := range map[string]struct {
		cfgs   []Config
		change func(*Trace)
		want   probability.Threshold
		erase  bool
		rv     bool
	}{
		"certain":                         {cfgs: top(onError)},
		"certain, sampled before":         {cfgs: top(onError), change: in},
		"share":                           {cfgs: top(prob(10, "")), want: p(0.1)},
		"share, sampled before":           {cfgs: top(prob(50, "")), change: in, want: p(0.25)},
		"share of all":                    {cfgs: top(prob(100, "")), change: in},
		"share by rv":                     {cfgs: top(prob(1, "")), change: rv, want: p(0.01)},
		"shares":                          {cfgs: top(prob(10, ""), prob(30, ""), no), want: p(0.3)},
		"share or certain":                {cfgs: top(prob(10, ""), onError)},
		"share and certain":               {cfgs: []Config{allOf(onError, prob(10, ""))}, want: p(0.1)},
		"share and share":                 {cfgs: []Config{allOf(prob(30, ""), prob(10, ""))}, want: p(0.1)},
		"share in vain":                   {cfgs: append(top(prob(10, "")), allOf(no, prob(50, ""))), want: p(0.1)},
		"not of certain":                  {cfgs: []Config{nots(no)}},
		"not of a share":                  {cfgs: []Config{nots(prob(10, ""))}, change: func(t *Trace) { t.ID = id(0.5) }, erase: true},
		"not of a share, or certain":      {cfgs: append(top(onError), nots(prob(10, "")))},
		"drop of a share":                 {cfgs: append(top(always), drops(prob(10, ""))), change: func(t *Trace) { t.ID = id(0.5) }, erase: true},
		"drop in vain":                    {cfgs: append(top(always), drops(no))},
		"hash":                            {cfgs: top(hash), want: p(0.999999), rv: true},
		"hash, sampled before":            {cfgs: top(hash), change: in, want: p(0.5).Then(p(0.999999)), rv: true},
		"hash and rv":                     {cfgs: top(hash), change: rv, erase: true},
		"hash of all":                     {cfgs: top(prob(100, "s")), change: rv},
		"hashes of one salt":              {cfgs: top(hash, prob(99, "s")), want: p(0.999999), rv: true},
		"hashes of two salts":             {cfgs: top(hash, prob(99.9999, "t")), erase: true},
		"hash and share":                  {cfgs: []Config{allOf(hash, prob(10, ""))}, want: p(0.1).Then(p(0.999999)), rv: true},
		"hash or share":                   {cfgs: top(hash, prob(10, "")), erase: true},
		"hash or certain":                 {cfgs: top(hash, onError)},
		"no random ids":                   {cfgs: top(prob(99.9999, "")), change: func(t *Trace) { t.Random = false }, erase: true},
		"no random ids, certain":          {cfgs: top(prob(99.9999, ""), onError), change: func(t *Trace) { t.Random = false }},
		"no random ids, but rv":           {cfgs: top(prob(10, "")), change: func(t *Trace) { rv(t); t.Random = false }, want: p(0.1)},
		"no random ids, hash":             {cfgs: top(hash), change: func(t *Trace) { t.Random = false }, want: p(0.999999), rv: true},
		"impossible th":                   {cfgs: top(prob(10, "")), change: func(t *Trace) { in(t); t.State.Threshold = probability.Never - 1 }, erase: true},
		"impossible th, certain":          {cfgs: top(onError), change: func(t *Trace) { in(t); t.State.Threshold = probability.Never - 1 }},
		"rate that it can never meet":     {cfgs: top(spansPerSecond(0), prob(10, "")), want: p(0.1)},
		"rate that is not used up":        {cfgs: top(spansPerSecond(100))},
		"share of the first in composite": {cfgs: []Config{sharing(100, []int64{50, 50}, prob(10, ""), no)}, want: p(0.1)},
		"and others in composite":         {cfgs: []Config{sharing(100, []int64{50, 50}, prob(10, ""), always)}, erase: true},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := New(c.cfgs, Settings{})
			require.NoError(t, err)
			td := small()
			td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Status().SetCode(ptrace.StatusCodeError)
			trace := gather(set, td)
			trace.ID = id(0.999)
			if c.change != nil {
				c.change(trace)
			}
			v := set.Decide(context.Background(), []*Trace{trace}, nil, &Counts{})[0]
			require.Equal(t, Sampled, v.Decision)
			assert.Equal(t, c.want, v.Threshold, "kept with %v", v.Threshold.Probability())
			assert.Equal(t, c.erase, v.Erase)
			assert.Equal(t, c.rv, v.HasRandomness)
			if v.HasRandomness {
				assert.True(t, v.Threshold.Keeps(v.Randomness))
				assert.Equal(t, v.Randomness, Randomness(v.Threshold, trace.ID))
			}
		})
	}
}

// A limit keeps the traces of the greatest randomness, up to the first that does not fit.
func TestLimitKeepsTheTopOfARound(t *testing.T) {
	now := time.Unix(1e9, 0)
	for name, cfgs := range map[string][]Config{
		"rate":      typed(RateLimiting, func(s *Shared) { s.RateLimiting = RateLimitingConfig{SpansPerSecond: 1, BurstCapacity: 35} }),
		"composite": {sharing(70, []int64{50, 50}, Shared{Type: AlwaysSample}, onError)},
	} {
		set, err := New(cfgs, Settings{Now: func() time.Time { return now }})
		require.NoError(t, err)
		trace := func(share float64, spans int64) *Trace {
			return &Trace{ID: id(share), Facts: make([]uint64, set.Words()), Spans: spans, Random: true}
		}
		round := []*Trace{trace(0.2, 1), trace(0.8, 10), trace(0.5, 20), trace(0.95, 36), trace(0.9, 10), trace(0.3, 5)}
		verdicts := set.Decide(context.Background(), round, nil, &Counts{})
		for i, want := range []Decision{NotSampled, Sampled, NotSampled, NotSampled, Sampled, NotSampled} {
			assert.Equal(t, want, verdicts[i].Decision, "%s %d", name, i)
		}
		for _, i := range []int{1, 4} {
			assert.Equal(t, probability.Threshold(probability.FromTraceID(id(0.5)))+1, verdicts[i].Threshold, name)
		}
		// Two of one randomness, of which one is kept: that has no probability.
		now = now.Add(time.Hour)
		verdicts = set.Decide(context.Background(), []*Trace{trace(0.7, 30), trace(0.7, 30)}, verdicts, &Counts{})
		assert.ElementsMatch(t, []Verdict{{Decision: Sampled, Erase: true, Sub: verdicts[0].Sub}, {Policy: -1}}, verdicts)
		now = now.Add(time.Hour)
	}
}

func TestSubPolicy(t *testing.T) {
	cfg := sharing(100, []int64{50, 50}, Shared{Type: AlwaysSample}, onError)
	cfg.Composite.PolicyOrder = []string{"b"}
	set, err := New([]Config{cfg}, Settings{})
	require.NoError(t, err)
	td := small()
	v := set.Decide(context.Background(), []*Trace{gather(set, td)}, nil, &Counts{})[0]
	assert.Equal(t, Verdict{Decision: Sampled, Sub: "a"}, v)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Status().SetCode(ptrace.StatusCodeError)
	v = set.Decide(context.Background(), []*Trace{gather(set, td)}, nil, &Counts{})[0]
	assert.Equal(t, Verdict{Decision: Sampled, Sub: "b"}, v)
}

func TestIngest(t *testing.T) {
	errorsOf := func(policies ...Config) func(code ptrace.StatusCode) (Verdict, bool) {
		set, err := New(policies, Settings{})
		require.NoError(t, err)
		return func(code ptrace.StatusCode) (Verdict, bool) {
			td := small()
			td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Status().SetCode(code)
			return set.Ingest(context.Background(), gather(set, td), &Counts{})
		}
	}
	plain := errorsOf(top(prob(0, ""), onError)...)
	_, ok := plain(ptrace.StatusCodeOk)
	assert.False(t, ok)
	v, ok := plain(ptrace.StatusCodeError)
	assert.True(t, ok)
	assert.Equal(t, Verdict{Decision: Sampled, Policy: 1}, v)

	drop := Config{Shared: Shared{Name: "drop", Type: Drop}, Drop: DropConfig{SubPolicies: []AndSubConfig{{Shared: onError}}}}
	dropping := errorsOf(append(top(Shared{Type: AlwaysSample}), drop)...)
	_, ok = dropping(ptrace.StatusCodeOk)
	assert.False(t, ok, "a later part may be one to drop")
	v, ok = dropping(ptrace.StatusCodeError)
	assert.True(t, ok)
	assert.Equal(t, Verdict{Decision: Dropped}, v)

	limited := errorsOf(sharing(100, []int64{100}, onError))
	v, ok = limited(ptrace.StatusCodeError)
	assert.True(t, ok)
	assert.Equal(t, Verdict{Decision: Sampled, Sub: "a", Erase: true}, v)
}

func TestCounts(t *testing.T) {
	drop := Config{Shared: Shared{Name: "drop", Type: Drop}, Drop: DropConfig{SubPolicies: []AndSubConfig{{Shared: onError}}}}
	set, err := New(append(top(Shared{Type: AlwaysSample}, prob(0, "")), drop), Settings{})
	require.NoError(t, err)
	require.Equal(t, []string{"drop", "a", "b"}, set.Names())
	bad := small()
	bad.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Status().SetCode(ptrace.StatusCodeError)
	var counts Counts
	round := []*Trace{gather(set, small()), gather(set, bad), gather(set, small())}
	set.Decide(context.Background(), round, nil, &counts)
	one := Tally{1, 1, int64(round[1].Bytes)}
	two := Tally{2, 2, int64(round[0].Bytes + round[2].Bytes)}
	assert.Equal(t, PolicyCount{Dropped: one, NotSampled: two, Executions: 3, Time: counts.Policies[0].Time}, counts.Policies[0])
	assert.Equal(t, PolicyCount{Sampled: two, Executions: 2, Time: counts.Policies[1].Time}, counts.Policies[1])
	assert.Equal(t, PolicyCount{NotSampled: two, Executions: 2, Time: counts.Policies[2].Time}, counts.Policies[2])
	assert.Positive(t, counts.Policies[0].Time)
	counts.Reset()
	assert.Equal(t, Counts{Policies: make([]PolicyCount, 3)}, counts)
}

// One set decides for many shards.
func TestManyGoroutines(t *testing.T) {
	cfgs := append(top(onError, spansPerSecond(1000),
		Shared{Type: StringAttribute, StringAttribute: StringAttributeConfig{Key: "k", Values: []string{"^v[13579]*$"}, EnabledRegexMatching: true, CacheMaxSize: 4}}),
		sharing(100, []int64{50, 50}, onError, prob(10, "s")))
	set, err := New(cfgs, Settings{})
	require.NoError(t, err)
	var group sync.WaitGroup
	for n := range uint64(4) {
		group.Go(func() {
			r := rand.New(rand.NewPCG(n, 1))
			var counts Counts
			var verdicts []Verdict
			for range 100 {
				td := small()
				value := fmt.Sprint("v", r.IntN(30))
				td.ResourceSpans().At(0).Resource().Attributes().PutStr("k", value)
				trace := gather(set, td)
				trace.ID = id(r.Float64())
				verdicts = set.Decide(context.Background(), []*Trace{trace, gather(set, small())}, verdicts, &counts)
				if odd := regexp.MustCompile("^v[13579]*$").MatchString(value); odd {
					assert.Equal(t, Sampled, verdicts[0].Decision)
				}
			}
		})
	}
	group.Wait()
}

func TestPatternsKeepNoLongTexts(t *testing.T) {
	p := newPatterns(1)
	p.exprs = append(p.exprs, regexp.MustCompile("a$"))
	long := string(make([]byte, maxKnownText)) + "a"
	assert.True(t, p.match(long))
	assert.Nil(t, p.known[0].Load())
	assert.True(t, p.match("a"))
	assert.True(t, p.match("a"))
	assert.False(t, p.match("b"))
	assert.Equal(t, "b", p.known[0].Load().text)
}

// Without the layout that is expected of pdata, or with more keys than a word marks, the
// answers are the same.
func TestSlowAttributes(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 5))
		fast, err := New(randomPolicies(r), Settings{})
		require.NoError(t, err)
		parts := randomParts(r)
		want := gather(fast, parts...).Facts
		fast.attributes.fast = false
		assert.Equal(t, want, gather(fast, parts...).Facts)
	}
	var cfgs []Config
	for i := range maxFastKeys + 1 {
		cfgs = append(cfgs, Config{Shared: Shared{Name: fmt.Sprint(i), Type: BooleanAttribute, BooleanAttribute: BooleanAttributeConfig{Key: fmt.Sprint("k", i), Value: true}}})
	}
	set, err := New(cfgs, Settings{})
	require.NoError(t, err)
	require.Equal(t, 2, set.Words())
	td := small()
	td.ResourceSpans().At(0).Resource().Attributes().PutBool("k64", true)
	v := set.Decide(context.Background(), []*Trace{gather(set, td)}, nil, &Counts{})[0]
	assert.Equal(t, Verdict{Decision: Sampled, Policy: 64}, v)
}

func TestEqualQuestionsShareABit(t *testing.T) {
	set, err := New(append(top(onError, onError), allOf(onError)), Settings{})
	require.NoError(t, err)
	assert.Equal(t, 3, set.bits)
	text := Shared{Type: StringAttribute, StringAttribute: StringAttributeConfig{Key: "k", Values: []string{"b", "a", "a"}}}
	inverted := text
	inverted.StringAttribute.InvertMatch = true
	inverted.StringAttribute.Values = []string{"a", "b"}
	set, err = New(top(text, inverted), Settings{})
	require.NoError(t, err)
	assert.Equal(t, 1, set.bits)
}
