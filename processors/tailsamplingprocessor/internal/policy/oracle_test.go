package policy

import (
	"context"
	gofnv "hash/fnv"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/koine-otel/koine/spans/probability"
)

// oracle says what contrib documents of a policy, of the whole trace and without haste.
// Limits are taken to be out of reach.
type oracle struct{ td ptrace.Traces }

type word string

const (
	yes    word = "sampled"
	no     word = "not sampled"
	gone   word = "dropped"
	failed word = "error"
)

func (o oracle) decide(cfgs []Config, first bool) (word, string) {
	order := append(slices.DeleteFunc(slices.Clone(cfgs), func(c Config) bool { return c.Type != Drop }),
		slices.DeleteFunc(slices.Clone(cfgs), func(c Config) bool { return c.Type == Drop })...)
	by := map[word]string{}
	for i := range order {
		w := o.policy(&order[i])
		if by[w] == "" {
			by[w] = order[i].Name
		}
		if w == gone || w == yes && first {
			break
		}
	}
	if by[gone] != "" {
		return gone, by[gone]
	}
	if by[yes] != "" {
		return yes, by[yes]
	}
	return no, ""
}

func (o oracle) policy(c *Config) word {
	switch c.Type {
	case And:
		return o.all(c.And.SubPolicies)
	case Drop:
		if w := o.all(c.Drop.SubPolicies); w != yes {
			return w
		}
		return gone
	case Not:
		return o.not(&c.Not)
	case Composite:
		subs := slices.Clone(c.Composite.SubPolicies)
		slices.SortStableFunc(subs, func(a, b CompositeSubConfig) int {
			place := func(s CompositeSubConfig) int {
				if i := slices.Index(c.Composite.PolicyOrder, s.Name); i >= 0 {
					return i
				}
				return math.MaxInt32
			}
			return place(a) - place(b)
		})
		for i := range subs {
			w := word("")
			if subs[i].Type == And {
				w = o.all(subs[i].And.SubPolicies)
			} else {
				w = o.shared(&subs[i].Shared)
			}
			if w == failed {
				return failed
			}
			if w == yes {
				if slices.ContainsFunc(c.Composite.RateAllocation, func(r RateAllocationConfig) bool { return r.Policy == subs[i].Name }) {
					return yes
				}
				return no
			}
		}
		return no
	}
	return o.shared(&c.Shared)
}

func (o oracle) all(subs []AndSubConfig) word {
	for i := range subs {
		w := word("")
		if subs[i].Type == Not {
			w = o.not(&subs[i].Not)
		} else {
			w = o.shared(&subs[i].Shared)
		}
		if w != yes {
			return w
		}
	}
	return yes
}

func (o oracle) not(c *NotConfig) word {
	switch w := o.shared(&c.SubPolicy.Shared); w {
	case yes:
		return no
	case no:
		return yes
	default:
		return w
	}
}

func (o oracle) shared(c *Shared) word {
	is := func(b bool) word {
		if b {
			return yes
		}
		return no
	}
	switch c.Type {
	case AlwaysSample:
		return yes
	case Latency:
		var start, end uint64
		o.spans(func(_ ptrace.ResourceSpans, s ptrace.Span) bool {
			if t := uint64(s.StartTimestamp()); t != 0 && (start == 0 || t < start) {
				start = t
			}
			end = max(end, uint64(s.EndTimestamp()))
			return false
		})
		ms := (int64(end) - int64(start)) / 1e6
		return is(ms > c.Latency.ThresholdMs && (c.Latency.UpperThresholdMs == 0 || ms <= c.Latency.UpperThresholdMs))
	case SpanCount:
		n := int32(o.td.SpanCount())
		return is(n >= c.SpanCount.MinSpans && (c.SpanCount.MaxSpans == 0 || n <= c.SpanCount.MaxSpans))
	case StatusCode:
		return is(o.spans(func(_ ptrace.ResourceSpans, s ptrace.Span) bool {
			return slices.Contains(c.StatusCode.StatusCodes, strings.ToUpper(s.Status().Code().String()))
		}))
	case TraceFlags:
		return is(o.spans(func(_ ptrace.ResourceSpans, s ptrace.Span) bool { return s.Flags()&1 == 1 }))
	case TraceState:
		return is(o.spans(func(_ ptrace.ResourceSpans, s ptrace.Span) bool {
			state, err := oteltrace.ParseTraceState(s.TraceState().AsRaw())
			value := state.Get(c.TraceState.Key)
			return err == nil && value != "" && slices.Contains(c.TraceState.Values, value)
		}))
	case NumericAttribute:
		n := c.NumericAttribute
		return is(n.InvertMatch != o.has(n.Key, func(v pcommon.Value, _ bool) bool {
			return (n.MinValue == 0 || v.Int() >= n.MinValue) && (n.MaxValue == 0 || v.Int() <= n.MaxValue)
		}))
	case BooleanAttribute:
		b := c.BooleanAttribute
		return is(b.InvertMatch != o.has(b.Key, func(v pcommon.Value, _ bool) bool { return v.Bool() == b.Value }))
	case StringAttribute:
		s := c.StringAttribute
		return is(s.InvertMatch != o.has(s.Key, func(v pcommon.Value, resource bool) bool {
			if v.Str() == "" && !resource {
				return false
			}
			return slices.ContainsFunc(s.Values, func(want string) bool {
				if s.EnabledRegexMatching {
					return regexp.MustCompile(want).MatchString(v.Str())
				}
				return want != "" && want == v.Str()
			})
		}))
	case OTTLCondition:
		var w word = no
		o.spans(func(rs ptrace.ResourceSpans, s ptrace.Span) bool {
			for _, text := range c.OTTLCondition.Span {
				met, bad := conditionsInGo[text](rs, s)
				if bad && c.OTTLCondition.ErrorMode == ottl.PropagateError {
					w = failed
					return true
				}
				if met && !bad {
					w = yes
					return true
				}
			}
			for _, event := range s.Events().All() {
				for range c.OTTLCondition.SpanEvent {
					if event.Name() == "boom" {
						w = yes
						return true
					}
				}
			}
			return false
		})
		return w
	case Probabilistic:
		var id [16]byte
		o.spans(func(_ ptrace.ResourceSpans, s ptrace.Span) bool { id = s.TraceID(); return true })
		p := c.Probabilistic.SamplingPercentage / 100
		if c.Probabilistic.HashSalt == "" {
			return is(probability.FromProbability(p).Keeps(probability.FromTraceID(id)))
		}
		h := gofnv.New64a()
		_, _ = h.Write(append([]byte(c.Probabilistic.HashSalt), id[:]...))
		return is(float64(h.Sum64())/math.Pow(2, 64) < p)
	}
	panic(c.Type)
}

// conditionsInGo are the OTTL conditions of the tests, and whether they are met or fail.
var conditionsInGo = map[string]func(ptrace.ResourceSpans, ptrace.Span) (met, failed bool){
	`name == "op1"`: func(_ ptrace.ResourceSpans, s ptrace.Span) (bool, bool) { return s.Name() == "op1", false },
	`span.kind == SPAN_KIND_SERVER`: func(_ ptrace.ResourceSpans, s ptrace.Span) (bool, bool) {
		return s.Kind() == ptrace.SpanKindServer, false
	},
	`IsRootSpan()`: func(_ ptrace.ResourceSpans, s ptrace.Span) (bool, bool) { return s.ParentSpanID().IsEmpty(), false },
	`resource.attributes["k2"] == "b"`: func(rs ptrace.ResourceSpans, _ ptrace.Span) (bool, bool) {
		v, ok := rs.Resource().Attributes().Get("k2")
		return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == "b", false
	},
	`Substring(attributes["k1"], 0, 2) == "ab"`: func(_ ptrace.ResourceSpans, s ptrace.Span) (bool, bool) {
		v, ok := s.Attributes().Get("k1")
		if !ok || v.Type() != pcommon.ValueTypeStr || len(v.Str()) < 2 {
			return false, true
		}
		return v.Str()[:2] == "ab", false
	},
}

func (o oracle) spans(found func(ptrace.ResourceSpans, ptrace.Span) bool) bool {
	for _, rs := range o.td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				if found(rs, span) {
					return true
				}
			}
		}
	}
	return false
}

func (o oracle) has(key string, is func(v pcommon.Value, resource bool) bool) bool {
	return o.spans(func(rs ptrace.ResourceSpans, s ptrace.Span) bool {
		if v, ok := rs.Resource().Attributes().Get(key); ok && is(v, true) {
			return true
		}
		v, ok := s.Attributes().Get(key)
		return ok && is(v, false)
	})
}

// gather makes a Trace of the parts of one, each merged after the other.
func gather(s *Set, parts ...ptrace.Traces) *Trace {
	t := &Trace{Facts: make([]uint64, s.Words()), Random: true}
	for _, part := range parts {
		facts := make([]uint64, s.Words())
		for _, rs := range part.ResourceSpans().All() {
			s.Resource(rs.Resource(), facts)
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					s.Span(context.Background(), rs, ss, span, facts)
					t.add(span)
				}
			}
		}
		s.Merge(t.Facts, facts)
		t.Bytes += uint64((&ptrace.ProtoMarshaler{}).TracesSize(part))
	}
	t.Load = func() ptrace.Traces {
		all := ptrace.NewTraces()
		for _, part := range parts {
			copied := ptrace.NewTraces()
			part.CopyTo(copied)
			copied.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
		}
		return all
	}
	return t
}

func (t *Trace) add(span ptrace.Span) {
	t.ID = span.TraceID()
	t.Spans++
	if start := uint64(span.StartTimestamp()); start != 0 && (t.Start == 0 || start < t.Start) {
		t.Start = start
	}
	t.End = max(t.End, uint64(span.EndTimestamp()))
}
