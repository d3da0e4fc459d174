package policy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/probability"
)

// Trace is what policies decide by. For Ingest it is a part of a trace, but for Spans and
// Bytes, which are those of all that came so far.
type Trace struct {
	ID pcommon.TraceID
	// Facts are those that Resource and Span gathered, Words of them.
	Facts []uint64
	Spans int64
	Bytes uint64
	// Start is the least start that is not 0, End the greatest end, in ns since 1970.
	Start, End uint64
	// State is what tracestate said: the least th of the spans, and the rv.
	State probability.State
	// Random is false if this trace's service turned out not to have random trace ids.
	Random bool
	// Thresholds are those that bottleneck policies chose, by their numbers; where there are none
	// they keep nothing.
	Thresholds []probability.Threshold
	// Load decodes the trace. It is called for extensions' policies only, and at most once
	// for a decision.
	Load func() ptrace.Traces
}

// Decision is what becomes of a trace.
type Decision uint8

const (
	// NotSampled is that no policy kept it.
	NotSampled Decision = iota
	// Sampled is that one did.
	Sampled
	// Dropped is that one dropped it.
	Dropped
)

// Verdict is a decision, with what is to be said of it.
type Verdict struct {
	Decision Decision
	// Policy is the number of the policy that decided, -1 if none did.
	Policy int
	// Sub is the sub policy by which a composite one kept the trace: the last such one, if
	// there are several, which is not always the policy that decided.
	Sub string
	// Threshold is up to what th of a kept trace's spans is to be raised; a greater th stays.
	// 0 raises none.
	Threshold probability.Threshold
	// Erase is that the probability of this cannot be stated: th is to be taken away.
	Erase bool
	// Randomness is to be written as rv beside th, where HasRandomness.
	Randomness    probability.Randomness
	HasRandomness bool
}

// Decide decides on the traces of a round; verdicts[i], whose storage it takes over, is on
// round[i]. It adds to counts.
func (s *Set) Decide(ctx context.Context, traces []*Trace, verdicts []Verdict, counts *Counts) []Verdict {
	verdicts = slices.Grow(verdicts[:0], len(traces))[:len(traces)]
	w := s.work(ctx, len(traces))
	for i, t := range traces {
		w.order = append(w.order, place{i, randomness(t)})
	}
	s.total.adapt(w.round.now, traces)
	if s.Rounds() {
		slices.SortFunc(w.order, func(a, b place) int {
			return cmp.Or(cmp.Compare(b.randomness, a.randomness), slices.Compare(traces[a.i].ID[:], traces[b.i].ID[:]))
		})
	}
	clock := s.clock(counts)
	for _, p := range w.order {
		w.look(s, traces[p.i], p)
		v := s.decide(&w.evaluation, counts, clock)
		if v.Decision == Sampled && !s.total.keeps(&w.evaluation) {
			v = Verdict{Policy: -1}
		}
		verdicts[p.i] = v
	}
	if s.random {
		for _, p := range w.order {
			if v := &verdicts[p.i]; v.Decision == Sampled {
				w.look(s, traces[p.i], p)
				s.state(&w.evaluation, v)
			}
		}
	}
	s.done(w)
	return verdicts
}

// Ingest decides on a trace by the part of it that has just come. It is false while that is
// not enough. The probability is one of this part: that a later one would have been kept for
// another reason is not in it.
func (s *Set) Ingest(ctx context.Context, t *Trace, counts *Counts) (Verdict, bool) {
	w := s.work(ctx, 1)
	defer s.done(w)
	w.round.alone = true
	w.look(s, t, place{0, randomness(t)})
	e, clock := &w.evaluation, s.clock(counts)
	pending := false
	for i := range s.policies {
		p := &s.policies[i]
		if !p.drop && pending {
			// A later part may be one to drop.
			break
		}
		d, err := s.ask(e, i, counts, clock)
		switch {
		case err != nil:
		case d == samplingpolicy.Dropped:
			return Verdict{Decision: Dropped, Policy: i}, true
		case p.drop:
			pending = true
		case d == samplingpolicy.Sampled:
			v := Verdict{Decision: Sampled, Policy: i, Sub: e.sub}
			if s.random {
				s.state(e, &v)
			}
			return v, true
		}
	}
	return Verdict{Policy: -1}, false
}

// work is the memory of a round.
type work struct {
	evaluation
	round round
	order []place
	all   []vote
}

type place struct {
	i          int
	randomness probability.Randomness
}

func (s *Set) work(ctx context.Context, traces int) *work {
	w, ok := s.scratch.Get().(*work)
	if !ok {
		w = &work{}
	}
	w.evaluation = evaluation{ctx: ctx}
	w.round = round{now: s.now(), closings: w.round.closings[:0]}
	for _, b := range s.budgets {
		w.round.closings = append(w.round.closings, closing{floor: b.floor(w.round.now)})
	}
	w.order = w.order[:0]
	w.all = slices.Grow(w.all[:0], traces*s.votes)[:traces*s.votes]
	clear(w.all)
	return w
}

func (s *Set) done(w *work) {
	w.evaluation = evaluation{}
	s.scratch.Put(w)
}

// look turns to a trace.
func (w *work) look(s *Set, t *Trace, p place) {
	e := evaluation{
		ctx: w.ctx, trace: t, round: &w.round, randomness: p.randomness,
		known: t.Random || t.State.HasRandomness,
		votes: w.all[p.i*s.votes : (p.i+1)*s.votes],
	}
	if t.State.HasThreshold {
		e.incoming = t.State.Threshold
		if e.known && !e.incoming.Keeps(e.randomness) {
			e.incoming, e.inconsistent = 0, true
		}
	}
	w.evaluation = e
}

// randomness is by what a trace is compared to others. Where it is not known, a hash does
// for the order.
func randomness(t *Trace) probability.Randomness {
	switch {
	case t.State.HasRandomness:
		return t.State.Randomness
	case t.Random:
		return probability.FromTraceID(t.ID)
	}
	return probability.Randomness(scattered(t.ID) >> 8)
}

// decide asks the policies, as contrib does: a drop ends it, and of the words that are left
// some count more than others. The verdict names the first that said the word.
func (s *Set) decide(e *evaluation, counts *Counts, clock clock) Verdict {
	const words = int(invertNotSampled) + 1
	var first [words]int // the policy's number, from 1
	for i := range s.policies {
		d, err := s.ask(e, i, counts, clock)
		if err != nil {
			continue
		}
		if d >= 0 && int(d) < words && first[d] == 0 {
			first[d] = i + 1
		}
		if d == samplingpolicy.Dropped || d == samplingpolicy.Sampled && s.first {
			break
		}
	}

	switch {
	case first[samplingpolicy.Dropped] > 0:
		return Verdict{Decision: Dropped, Policy: first[samplingpolicy.Dropped] - 1}
	case first[invertNotSampled] > 0:
	case first[samplingpolicy.Sampled] > 0:
		return Verdict{Decision: Sampled, Policy: first[samplingpolicy.Sampled] - 1, Sub: e.sub}
	case first[invertSampled] > 0 && first[samplingpolicy.NotSampled] == 0:
		return Verdict{Decision: Sampled, Policy: first[invertSampled] - 1}
	}
	return Verdict{Policy: -1}
}

// ask has a policy decide, and counts.
func (s *Set) ask(e *evaluation, i int, counts *Counts, clock clock) (samplingpolicy.Decision, error) {
	var start time.Time
	if clock.on {
		start = time.Now()
	}
	d, err := s.policies[i].decide(e)
	c := &counts.Policies[i]
	if clock.on {
		c.Time += time.Since(start) * clockEvery
	}
	c.Executions++
	if err != nil {
		counts.Errors++
		return d, err
	}
	c.add(d, e.trace)
	return d, nil
}

// state says in a verdict with what probability a trace was kept: by all policies, because
// one that a limit or a hash kept from voting, or that was not asked any more, would have
// voted otherwise.
func (s *Set) state(e *evaluation, v *Verdict) {
	all := never
	for i := range s.policies {
		p := &s.policies[i]
		c := p.chance(e)
		switch {
		case p.drop && !c.never():
			// It was not dropped by chance only.
			v.Erase = true
			return
		case p.drop || c.odd != 0:
			continue
		}
		if all = all.or(c); all == certain {
			break
		}
	}
	if all.never() && inverted(e) {
		all = certain
	}
	all = all.and(s.total.chance(e))
	if all != certain {
		v.say(e, all)
	}
}

// inverted reports whether an extension kept the trace by the deprecated word, which is
// heard only if no policy says no.
func inverted(e *evaluation) bool {
	return slices.ContainsFunc(e.votes, func(v vote) bool {
		return v.decision == invertSampled
	})
}

func (v *Verdict) say(e *evaluation, c chance) {
	switch {
	case c.unknown, c.never(), e.inconsistent, c.least > 0 && (!e.known || !c.least.Keeps(e.randomness)):
		v.Erase = true
	case c.hash == 0:
		v.Threshold = c.least
	case e.trace.State.HasRandomness:
		// The hash is independent of rv, and rv must not change.
		v.Erase = true
	default:
		v.Threshold = max(e.incoming, c.least).Then(c.hash)
		v.Randomness, v.HasRandomness = Randomness(v.Threshold, e.trace.ID), true
	}
}
