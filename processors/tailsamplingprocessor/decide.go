package tailsamplingprocessor

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

// reason is why a trace was decided when it was.
type reason uint8

const (
	reasonWait     reason = iota // it waited for as long as it is to
	reasonRoot                   // its root was there
	reasonMemory                 // memory was short
	reasonTraces                 // there were more than num_traces
	reasonSize                   // it grew over maximum_trace_size_bytes
	reasonIngest                 // span-ingest: a policy was sure
	reasonShutdown               // the collector ends
	reasons
)

var reasonNames = [reasons]string{"wait", "root", "memory", "num_traces", "size", "ingest", "shutdown"}

// decideDue takes some of the decisions that are due. more says that there are others.
func (s *shard) decideDue() (more bool) {
	now := s.engine.now()
	if s.analyst != nil && s.analyst.advance() {
		limit := s.round
		if s.run.policies.NeedsTrace() {
			limit = min(limit, loadLen)
		}
		s.due, _ = s.analyst.chosen(limit, s.due[:0])
		s.decideRound(s.due, reasonWait)
		s.took(now)
		return true
	}
	s.due, more = s.wheel.take(s.traces, s.run.tick(now)-1, s.round, s.due[:0])
	if s.run.cfg.WaitForOpenSpans > 0 {
		s.due = s.postpone(s.due)
	}
	if len(s.due) > 0 {
		if s.analyst != nil {
			s.analyst.park(s.due)
		} else {
			s.decide(s.due, reasonWait)
		}
		s.took(now)
	}
	return more
}

// took fits the number of traces that are handled at a time to how long that takes.
func (s *shard) took(since int64) {
	took := time.Duration(s.engine.now() - since)
	s.counts.timer(took)
	if took > roundTime {
		s.round = max(minRound, s.round/2)
	} else if took < roundTime/4 {
		s.round = min(roundLen, s.round*2)
	}
}

// decide takes the decision of traces that are neither in the wheel any more nor parked.
func (s *shard) decide(due []uint32, why reason) {
	if s.analyst == nil {
		s.decideRounds(due, why)
		return
	}
	for len(due) > 0 {
		some := due[:min(len(due), loadLen)] // what is judged is at hand
		s.analyst.early(some, why)
		s.decideRound(some, why)
		due = due[len(some):]
	}
}

func (s *shard) decideRounds(due []uint32, why reason) {
	if slices.ContainsFunc(due, func(n uint32) bool { return s.loads(s.traces.at(n)) }) {
		for len(due) > loadLen {
			s.decideRound(due[:loadLen], why)
			due = due[loadLen:]
		}
	}
	s.decideRound(due, why)
}

func (s *shard) decideRound(due []uint32, why reason) {
	whole := s.load(due)
	s.views, s.judged = s.views[:0], s.judged[:0]
	for i, n := range due {
		t := s.traces.at(n)
		switch {
		case t.flags&debugTrace != 0:
			s.conclude(n, policy.Verdict{Decision: policy.Sampled, Policy: debugPolicy}, why, s.finding(i))
		case s.run.spanIngest && why != reasonIngest:
			s.conclude(n, policy.Verdict{Decision: policy.NotSampled, Policy: noPolicy}, why, s.finding(i))
		default:
			v := s.view(n, t, whole[n])
			if s.analyst != nil {
				v.Thresholds = s.analyst.thresholds(i)
			}
			s.views = append(s.views, v)
			s.judged = append(s.judged, i)
		}
	}
	s.pointers = s.pointers[:0]
	for i := range s.views {
		s.pointers = append(s.pointers, &s.views[i])
	}
	s.verdicts = s.run.policies.Decide(context.Background(), s.pointers, s.verdicts[:0], &s.tally)
	for k, i := range s.judged {
		s.conclude(due[i], s.verdicts[k], why, s.finding(i))
	}
	s.releases.do()
}

// finding is what was found in the i-th of the traces at hand.
func (s *shard) finding(i int) *bottleneck.Finding {
	if s.analyst == nil {
		return &nothing
	}
	return &s.analyst.findings[i]
}

// nothing is only read.
var nothing = bottleneck.Nothing()

// view shows a trace to the policies; whole is nil where it need not be.
func (s *shard) view(n uint32, t *trace, whole *loaded) policy.Trace {
	v := policy.Trace{
		ID: t.id(), Facts: s.traces.factsOf(n), Spans: int64(t.spans), Bytes: t.bytes,
		Start: t.start, End: t.end, State: t.state(), Random: s.isRandom(t),
	}
	if whole == nil {
		v.Load = ptrace.NewTraces
		return v
	}
	v.Load = func() ptrace.Traces { return whole.traces }
	if t.generation != s.run.generation { // it came under other policies
		clear(v.Facts)
		s.run.facts(whole.traces, v.Facts)
		t.generation = s.run.generation
	}
	return v
}

// facts says what the policies see in whole spans.
func (r *run) facts(td ptrace.Traces, facts []uint64) {
	resource := make([]uint64, len(facts))
	for _, rs := range td.ResourceSpans().All() {
		clear(resource)
		r.policies.Resource(rs.Resource(), resource)
		r.policies.Merge(facts, resource)
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				r.policies.Span(context.Background(), rs, ss, span, facts)
			}
		}
	}
}

// isRandom watches whether a service's trace ids are random, as probabilities need.
func (s *shard) isRandom(t *trace) bool {
	if t.flags&hasRandomness != 0 || t.threshold > 0 {
		return true // the ids do not matter, or are a choice of the higher ones
	}
	u := s.random[t.service]
	if u == nil {
		if len(s.random) >= maxServices {
			return true
		}
		u = new(probability.Uniformity)
		s.random[t.service] = u
	}
	if t.flags&idSeen != 0 {
		return u.Random()
	}
	t.flags |= idSeen
	was := u.Random()
	u.Add(probability.FromTraceID(t.id()))
	if was && !u.Random() {
		s.warnOfTraceIDs(t)
	}
	return u.Random()
}

// warnOfTraceIDs says whose ids they are.
func (s *shard) warnOfTraceIDs(t *trace) {
	root := s.root(t)
	if root == nil {
		return
	}
	service := "unknown"
	batches, err := new(cutter).cut(s.engine.store, []block.Ref{root.ref})
	if err == nil && len(batches) > 0 {
		if v, ok := batches[0].traces.ResourceSpans().At(0).Resource().Attributes().Get("service.name"); ok {
			service = v.AsString()
		}
	}
	s.run.telemetry.ProcessorTailSamplingUnrandomServices.Add(context.Background(), 1)
	s.run.logger.Warn("trace ids are not random: no probability is stated for these traces", zap.String("service.name", service))
}

// conclude carries a verdict out.
func (s *shard) conclude(n uint32, v policy.Verdict, why reason, f *bottleneck.Finding) {
	t := s.traces.at(n)
	if why == reasonWait && t.flags&hastened != 0 {
		why = reasonRoot
	}
	s.counts.decision(t, v, why, s.engine.now(), t.due*int64(s.run.tickLength))
	if s.run.cfg.DryRun { // nothing is sampled away, and late spans follow
		v.Threshold, v.Erase, v.HasRandomness = probability.Always, false, false
	}
	d := decision{high: t.high, threshold: v.Threshold}
	if v.Decision == policy.Sampled || s.run.cfg.DryRun {
		d.outcome = wasKept
		if v.Erase {
			d.outcome |= wasErased
		}
		if v.HasRandomness {
			d.outcome |= wasRandomized
		}
		s.kept.put(t.low, d, s.engine.seconds())
		s.keep(t, v, f)
	} else {
		s.dropped.put(t.low, d, s.engine.seconds())
		s.engine.spans.Add(-int64(t.spans))
		s.counts.droppedSpans += int64(t.spans)
		for _, r := range s.recordsOf(t) {
			s.releases.add(r.ref.Block)
		}
	}
	s.remove(n)
}

// keep puts a trace on its way out.
func (s *shard) keep(t *trace, v policy.Verdict, f *bottleneck.Finding) {
	k := keptTrace{
		low: t.low, high: t.high, threshold: v.Threshold, erase: v.Erase, shared: t.flags&sharedTrace != 0,
		randomness: v.Randomness, hasRandomness: v.HasRandomness, mark: s.mark(t), note: s.note(v),
	}
	if s.analyst != nil {
		if v.Decision == policy.Sampled {
			s.analyst.kept(t, f)
		}
		k.cause = s.analyst.cause(t, f)
	}
	j, size := s.jobFor(k), t.bytes/uint64(max(t.spans, 1))
	for _, r := range s.recordsOf(t) {
		if j.isGiant() { // a giant trace goes in parts
			s.flush()
			j = s.jobFor(k)
		}
		j.add(r.ref, size)
	}
	if j.isFull() {
		s.flush()
	}
}

// note is what a verdict's marked span says.
func (s *shard) note(v policy.Verdict) *note {
	key := noteKey{v.Policy, v.Sub, v.Decision}
	n := s.notes[key]
	if n == nil {
		n = &note{}
		if v.Decision == policy.Sampled {
			n.policy = s.run.policyName(v.Policy)
			if v.Sub != "" {
				n.policy += "." + v.Sub
			}
		}
		if s.run.cfg.DryRun {
			n.dryRun = decisionNames[v.Decision]
		}
		s.notes[key] = n
	}
	return n
}

// mark is the id of the span that says why the trace was kept: its root, or else its earliest.
func (s *shard) mark(t *trace) uint64 {
	if r := s.root(t); r != nil {
		return r.id
	}
	return 0
}

// root is a trace's span without a parent, or the earliest where there is none, nil of no
// spans.
func (s *shard) root(t *trace) (root *record) {
	for _, r := range s.recordsOf(t) {
		if r.flags&isRoot != 0 {
			return r
		}
		if root == nil || r.start < root.start {
			root = r
		}
	}
	return root
}

// jobFor gives a job with the trace in it.
func (s *shard) jobFor(k keptTrace) *job {
	if s.out == nil || !s.out.addTrace(k) {
		s.flush()
		s.out = newJob()
		s.out.addTrace(k)
	}
	return s.out
}

// flush hands over what was kept.
func (s *shard) flush() {
	if s.out != nil && len(s.out.spans) > 0 {
		s.engine.queue.push(s.out)
		s.out = nil
	}
}

// late says whether a fragment's trace was decided already, and remembers how for lateSpan.
func (s *shard) late(f *fragment) bool {
	now := s.engine.seconds()
	d, ok := s.kept.get(f.low, now)
	if !ok {
		if d, ok = s.dropped.get(f.low, now); !ok {
			return false
		}
	}
	if f.high != 0 && d.high != 0 && f.high != d.high {
		return false // another trace with the same low half
	}
	s.lates = append(s.lates, d)
	f.scope = int32(len(s.lates) - 1)
	s.counts.late(d, int64(f.spans))
	return true
}

// lateSpan lets a span follow its trace's decision.
func (s *shard) lateSpan(f *fragment, r *record) {
	d := &s.lates[f.scope]
	if d.outcome&wasKept == 0 {
		s.releases.add(r.ref.Block)
		s.engine.spans.Add(-1)
		s.counts.droppedSpans++
		return
	}
	k := keptTrace{low: f.low, high: max(d.high, f.high), threshold: d.threshold, erase: d.outcome&wasErased != 0, shared: r.flags&isShared != 0}
	if d.outcome&wasRandomized != 0 {
		k.randomness, k.hasRandomness = policy.Randomness(k.threshold, traceID(k.high, k.low)), true
	}
	if s.jobFor(k).add(r.ref, f.bytes/uint64(f.spans)); s.out.isGiant() {
		s.flush()
	}
}

// decideOnIngest decides on a fragment as soon as a policy is sure.
func (s *shard) decideOnIngest(n uint32, f *fragment, facts []uint64) {
	t := s.traces.at(n)
	v := s.view(n, t, s.load([]uint32{n})[n])
	v.Facts, v.Start, v.End = facts, f.start, f.end
	verdict, ok := policy.Verdict{Decision: policy.Sampled, Policy: debugPolicy}, t.flags&debugTrace != 0
	if !ok {
		verdict, ok = s.run.policies.Ingest(context.Background(), &v, &s.tally)
	}
	if ok {
		s.wheel.remove(s.traces, n)
		s.conclude(n, verdict, reasonIngest, &nothing)
		s.releases.do()
	}
}
