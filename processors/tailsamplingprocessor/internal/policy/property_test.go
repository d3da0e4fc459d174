package policy

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Whatever the policies, and however a trace comes in parts, the bits say what the oracle
// says of the whole trace.
func TestBitsSayWhatTheTraceSays(t *testing.T) {
	words := map[word]int{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		cfgs := randomPolicies(r)
		first := r.IntN(4) == 0
		set, err := New(cfgs, Settings{SampleOnFirstMatch: first})
		require.NoError(t, err)
		var counts Counts
		for range 40 {
			parts := randomParts(r)
			trace := gather(set, parts...)
			v := set.Decide(context.Background(), []*Trace{trace}, nil, &counts)[0]
			got, name := map[Decision]word{Sampled: yes, NotSampled: no, Dropped: gone}[v.Decision], ""
			if v.Policy >= 0 {
				name = set.Names()[v.Policy]
			}
			want, wantName := oracle{trace.Load()}.decide(cfgs, first)
			words[want]++
			require.Equal(t, want, got, "seed %d: %+v", seed, cfgs)
			require.Equal(t, wantName, name, "seed %d", seed)
		}
	}
	for _, w := range []word{yes, no, gone} {
		require.Greater(t, words[w], 500, w)
	}
}

// Merge is associative: parts may be merged with each other first.
func TestMergeOfMerges(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		set, err := New(randomPolicies(r), Settings{})
		require.NoError(t, err)
		parts := randomParts(r)
		want := gather(set, parts...).Facts
		cut := r.IntN(len(parts) + 1)
		got := gather(set, parts[:cut]...).Facts
		set.Merge(got, gather(set, parts[cut:]...).Facts)
		require.Equal(t, want, got, "seed %d", seed)
	}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomPolicies(r *rand.Rand) []Config {
	cfgs := make([]Config, 1+r.IntN(4))
	for i := range cfgs {
		c := &cfgs[i]
		switch r.IntN(8) {
		case 0:
			c.And.SubPolicies = randomParts2(r)
			c.Type = And
		case 1:
			c.Drop.SubPolicies = randomParts2(r)
			c.Type = Drop
		case 2:
			c.Not.SubPolicy.Shared = randomShared(r)
			c.Type = Not
		case 3:
			c.Composite = randomComposite(r)
			c.Type = Composite
		default:
			c.Shared = randomShared(r)
		}
		c.Name = fmt.Sprint("p", i)
	}
	return cfgs
}

func randomParts2(r *rand.Rand) []AndSubConfig {
	subs := make([]AndSubConfig, 1+r.IntN(3))
	for i := range subs {
		if r.IntN(3) == 0 {
			subs[i].Not.SubPolicy.Shared = randomShared(r)
			subs[i].Type = Not
		} else {
			subs[i].Shared = randomShared(r)
		}
	}
	return subs
}

func randomComposite(r *rand.Rand) CompositeConfig {
	c := CompositeConfig{MaxTotalSpansPerSecond: 1 << 40, SubPolicies: make([]CompositeSubConfig, 1+r.IntN(3))}
	for i := range c.SubPolicies {
		sub := &c.SubPolicies[i]
		if r.IntN(3) == 0 {
			sub.And.SubPolicies = randomParts2(r)
			sub.Type = And
		} else {
			sub.Shared = randomShared(r)
		}
		sub.Name = fmt.Sprint("sub", i)
		if r.IntN(3) > 0 {
			c.RateAllocation = append(c.RateAllocation, RateAllocationConfig{Policy: sub.Name, Percent: int64(r.IntN(34))})
		}
		if r.IntN(2) == 0 {
			c.PolicyOrder = slices.Insert(c.PolicyOrder, r.IntN(len(c.PolicyOrder)+1), sub.Name)
		}
	}
	return c
}

func randomShared(r *rand.Rand) (c Shared) {
	key := pick(r, "k1", "k2", "key3")
	c.Type = pick(r, Latency, NumericAttribute, StatusCode, StringAttribute, StringAttribute, SpanCount, TraceState, TraceFlags, BooleanAttribute, OTTLCondition, OTTLCondition, Probabilistic)
	switch c.Type {
	case Latency:
		c.Latency = LatencyConfig{ThresholdMs: int64(r.IntN(50))}
		if r.IntN(2) == 0 {
			c.Latency.UpperThresholdMs = 50 + int64(r.IntN(50))
		}
	case NumericAttribute:
		c.NumericAttribute = pick(r,
			NumericAttributeConfig{Key: key, MinValue: 2}, NumericAttributeConfig{Key: key, MaxValue: -1},
			NumericAttributeConfig{Key: key, MinValue: -1, MaxValue: 1}, NumericAttributeConfig{Key: key, MinValue: -2, MaxValue: 3, InvertMatch: true})
	case StatusCode:
		c.StatusCode.StatusCodes = pick(r, []string{"ERROR"}, []string{"OK", "ERROR"}, []string{"UNSET"})
	case StringAttribute:
		c.StringAttribute = pick(r,
			StringAttributeConfig{Key: key, Values: []string{"a", ""}}, StringAttributeConfig{Key: key, Values: []string{"b", "abc"}, InvertMatch: true},
			StringAttributeConfig{Key: key, Values: []string{"^a", "c$"}, EnabledRegexMatching: true},
			StringAttributeConfig{Key: key, Values: []string{"^$"}, EnabledRegexMatching: true, CacheMaxSize: 1},
			StringAttributeConfig{Key: key, Values: []string{"b", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"}})
	case SpanCount:
		c.SpanCount = pick(r, SpanCountConfig{MinSpans: 4}, SpanCountConfig{MinSpans: 2, MaxSpans: 5}, SpanCountConfig{})
	case TraceState:
		c.TraceState = TraceStateConfig{Key: pick(r, "vendor", "ot"), Values: []string{"x", "", "y"}}
	case BooleanAttribute:
		c.BooleanAttribute = BooleanAttributeConfig{Key: key, Value: r.IntN(2) == 0, InvertMatch: r.IntN(2) == 0}
	case OTTLCondition:
		c.OTTLCondition.ErrorMode = pick(r, ottl.PropagateError, ottl.SilentError, "")
		for _, text := range slices.Sorted(maps.Keys(conditionsInGo)) {
			if r.IntN(4) == 0 {
				c.OTTLCondition.Span = append(c.OTTLCondition.Span, text)
			}
		}
		if len(c.OTTLCondition.Span) == 0 || r.IntN(4) == 0 {
			c.OTTLCondition.SpanEvent = []string{pick(r, `name == "boom"`, `spanevent.name == "boom"`)}
		}
	case Probabilistic:
		c.Probabilistic = ProbabilisticConfig{HashSalt: pick(r, "", "salt"), SamplingPercentage: 50}
	}
	return c
}

// randomParts is a trace that comes in parts.
func randomParts(r *rand.Rand) []ptrace.Traces {
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[:], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	parts := make([]ptrace.Traces, 1+r.IntN(3))
	for i := range parts {
		parts[i] = ptrace.NewTraces()
		for range 1 + r.IntN(2) {
			rs := parts[i].ResourceSpans().AppendEmpty()
			randomAttributes(r, rs.Resource().Attributes(), 2)
			for range 1 + r.IntN(2) {
				ss := rs.ScopeSpans().AppendEmpty()
				for range 1 + r.IntN(2) {
					randomSpan(r, id, ss.Spans().AppendEmpty())
				}
			}
		}
	}
	return parts
}

func randomSpan(r *rand.Rand, id pcommon.TraceID, span ptrace.Span) {
	span.SetTraceID(id)
	span.SetSpanID(pcommon.SpanID{1})
	if r.IntN(3) > 0 {
		span.SetParentSpanID(pcommon.SpanID{2})
	}
	span.SetName(pick(r, "op1", "op2", "op3", "op4"))
	span.SetKind(pick(r, ptrace.SpanKindServer, ptrace.SpanKindClient, ptrace.SpanKindInternal))
	span.SetFlags(pick[uint32](r, 0, 0, 0, 1, 0x100, 0x101))
	span.TraceState().FromRaw(pick(r, "", "", "", "vendor=x", "a=b,vendor=y", "vendor=", "vendor=x,vendor=y", "ot=th:8"))
	if r.IntN(5) == 0 {
		span.Status().SetCode(pick(r, ptrace.StatusCodeOk, ptrace.StatusCodeError, 7))
	}
	if r.IntN(6) > 0 {
		start := 1e18 + uint64(r.IntN(50))*5e5
		span.SetStartTimestamp(pcommon.Timestamp(start))
		span.SetEndTimestamp(pcommon.Timestamp(start + uint64(r.IntN(100))*5e5))
	}
	randomAttributes(r, span.Attributes(), 4)
	if r.IntN(6) == 0 {
		span.Events().AppendEmpty().SetName(pick(r, "boom", "bang"))
	}
}

func randomAttributes(r *rand.Rand, m pcommon.Map, n int) {
	for range r.IntN(n) {
		key := pick(r, "k1", "k2", "key3", "k4", "other")
		switch r.IntN(5) {
		case 0:
			m.PutInt(key, int64(r.IntN(9)-4))
		case 1:
			m.PutBool(key, r.IntN(2) == 0)
		case 2:
			m.PutDouble(key, 2.5)
		case 3:
			m.PutEmpty(key)
		default:
			m.PutStr(key, pick(r, "a", "b", "abc", "", "xyz", "abd"))
		}
	}
}
