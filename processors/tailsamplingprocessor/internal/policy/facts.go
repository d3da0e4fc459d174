package policy

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/trace"
)

// facts are what policies ask of resources and spans. Each has a bit, which says that one of
// the trace's has what is asked for.
type facts struct {
	words, bits int
	attributes  attributes
	statuses    *fact // the bit of status 0, 1 and 2 follow
	flagged     *fact
	states      []stateFact
	conditions  []condition
}

// fact is a policy that asks for one of some bits of a word.
type fact struct {
	word     int
	mask     uint64
	inverted bool
}

// take gives the next n bits, which are of one word; the mask is the first's.
func (f *facts) take(n int) fact {
	if f.bits%64+n > 64 {
		f.bits += 64 - f.bits%64
	}
	t := fact{word: f.bits / 64, mask: 1 << (f.bits % 64)}
	f.bits += n
	f.words = t.word + 1
	return t
}

func (f *facts) flag() fact {
	if f.flagged == nil {
		t := f.take(1)
		f.flagged = &t
	}
	return *f.flagged
}

func (f *facts) status(code ptrace.StatusCode) fact {
	if f.statuses == nil {
		t := f.take(3)
		f.statuses = &t
	}
	return fact{word: f.statuses.word, mask: f.statuses.mask << code}
}

func (f *facts) attribute(key string, p predicate) fact {
	return f.attributes.add(key, p, func() fact { return f.take(1) })
}

// index is to be called when all facts are there.
func (f *facts) index() { f.attributes.index() }

// Resource adds to a part's facts what policies find on a resource. The part is all spans of
// one trace under that resource.
func (s *Set) Resource(r pcommon.Resource, bits []uint64) {
	if len(s.attributes.keys) > 0 {
		s.attributes.read(r.Attributes(), bits, true)
	}
}

// Span adds to a part's facts what policies find on a span. Spans are to come in the order in
// which they lie in their request, because OTTL's first outcome counts. It does not keep
// the span.
func (s *Set) Span(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span, bits []uint64) {
	f := &s.facts
	if f.statuses != nil {
		if code := span.Status().Code(); code >= ptrace.StatusCodeUnset && code <= ptrace.StatusCodeError {
			bits[f.statuses.word] |= f.statuses.mask << code
		}
	}
	if f.flagged != nil && trace.TraceFlags(span.Flags()).IsSampled() {
		bits[f.flagged.word] |= f.flagged.mask
	}
	if len(f.attributes.keys) > 0 {
		f.attributes.read(span.Attributes(), bits, false)
	}
	if len(f.states) > 0 {
		if raw := span.TraceState().AsRaw(); raw != "" {
			f.readState(raw, bits)
		}
	}
	for i := range f.conditions {
		f.conditions[i].read(ctx, rs, ss, span, bits)
	}
}

// Merge adds a later part's facts to a trace's.
func (s *Set) Merge(dst, src []uint64) {
	for i := range s.conditions {
		// Of OTTL's outcomes the first counts: src is not read again.
		if c := &s.conditions[i]; dst[c.word]&c.both() == 0 {
			dst[c.word] |= src[c.word] & c.both()
		}
	}
	for w := range dst {
		var pairs uint64
		for i := range s.conditions {
			if s.conditions[i].word == w {
				pairs |= s.conditions[i].both()
			}
		}
		dst[w] |= src[w] &^ pairs
	}
}

// stateFact is a value of a tracestate.
type stateFact struct {
	fact
	key    string
	values []string
}

func (f *facts) traceState(key string, values []string) fact {
	s := stateFact{f.take(1), key, values}
	f.states = append(f.states, s)
	return s.fact
}

func (f *facts) readState(raw string, bits []uint64) {
	var state trace.TraceState
	var parsed bool
	for i := range f.states {
		s := &f.states[i]
		// Parsing costs more than looking whether there is anything to find.
		if bits[s.word]&s.mask != 0 || !strings.Contains(raw, s.key) {
			continue
		}
		if !parsed {
			var err error
			if state, err = trace.ParseTraceState(raw); err != nil {
				return
			}
			parsed = true
		}
		if slices.Contains(s.values, state.Get(s.key)) {
			bits[s.word] |= s.mask
		}
	}
}
