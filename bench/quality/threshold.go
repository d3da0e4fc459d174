package quality

import (
	"cmp"
	"slices"

	"github.com/koine-otel/koine/tracegen"
)

// threshold keeps every trace that is longer than one fixed time, from its first span's
// start to its last's end, and of the others what the budget has left, evenly: a latency
// policy with a probabilistic one. It is an oracle, the best that such a pair can be: it
// sees the whole traffic first and knows which threshold finds the most bottlenecks.
type threshold struct {
	budget float64
	keep   Keep
	traces []timedTrace
}

type timedTrace struct {
	index, spans int
	length       int64
	uniform      float64
	faulty       bool
}

func newThreshold(budget float64, keep Keep) Sampler {
	return &threshold{budget: budget, keep: keep}
}

func (s *threshold) Offer(t *Trace) {
	if t.WarmUp {
		return
	}
	first, last := t.Spans[0].Start, t.Spans[0].End
	for i := range t.Spans {
		first, last = min(first, t.Spans[i].Start), max(last, t.Spans[i].End)
	}
	s.traces = append(s.traces, timedTrace{t.Index, len(t.Spans), last - first, t.uniform(), sought(t.Label)})
}

// sought tells the bottlenecks that it is all about.
func sought(l *tracegen.Label) bool {
	return l != nil && (l.Kind == tracegen.OnPath || l.Kind == tracegen.Short)
}

func (s *threshold) Close() {
	slices.SortFunc(s.traces, func(a, b timedTrace) int {
		return cmp.Or(cmp.Compare(b.length, a.length), cmp.Compare(a.index, b.index))
	})
	longest, rest := s.best()
	for i, t := range s.traces {
		if i < longest {
			s.keep(t.index, 1, Named{})
		} else if t.uniform <= rest {
			s.keep(t.index, rest, Named{})
		}
	}
}

// best tries every threshold, from the longest trace downwards, for the number of
// bottlenecks that are to be expected: those above, and their share of those below.
// longest is how many traces are above, rest the share of the others.
func (s *threshold) best() (longest int, rest float64) {
	spans, faulty := 0.0, 0.0
	for _, t := range s.traces {
		spans += float64(t.spans)
		if t.faulty {
			faulty++
		}
	}
	allowance := s.budget * spans
	most, above, found := -1.0, 0.0, 0.0
	for i := 0; i <= len(s.traces) && above <= allowance; i++ {
		// Where traces are equally long, no threshold parts them.
		if i == 0 || i == len(s.traces) || s.traces[i].length < s.traces[i-1].length {
			share := 0.0
			if spans > above {
				share = (allowance - above) / (spans - above)
			}
			if expected := found + (faulty-found)*share; expected > most {
				most, longest, rest = expected, i, share
			}
		}
		if i < len(s.traces) {
			above += float64(s.traces[i].spans)
			if s.traces[i].faulty {
				found++
			}
		}
	}
	return longest, rest
}
