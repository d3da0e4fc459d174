package tailsamplingprocessor

import (
	"slices"
	"unsafe"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/probability"
	"github.com/koine-otel/koine/spans/tree"
)

// analyst is a shard's part in an analysis. Traces that are due are judged and parked until
// their round is chosen; only then are the policies asked.
type analyst struct {
	*analysis
	shard *shard
	index int
	judge *bottleneck.Judge
	seen  *observed // not yet handed over

	gathering *gathered
	closing   *gathered // submitted; nil: none
	next      int       // of closing's traces: the first that is not decided
	cursors   []int     // into closing's candidates
	spare     *gathered
	begun     int64 // the gathering
	held      list  // parked traces, by age

	trace    bottleneck.Trace // scratch
	findings []bottleneck.Finding
	limits   []probability.Threshold // of the traces at hand, for each policy
}

func newAnalyst(a *analysis, s *shard) *analyst {
	return &analyst{
		analysis: a, shard: s, index: slices.Index(a.engine.shards, s), judge: bottleneck.NewJudge(a.baseline),
		seen: observationPool.Get().(*observed),
	}
}

// begin makes the analyst go on under the rounds of a run. Traces that were parked are not.
func (a *analyst) begin() {
	a.gathering, a.closing, a.spare, a.next = a.newGathered(), nil, nil, 0
	a.cursors = make([]int, len(a.rounds.choosers))
	a.begun = a.engine.now()
	a.held = list{}
}

func (a *analyst) newGathered() *gathered {
	return &gathered{candidates: make([][]bottleneck.Candidate, len(a.rounds.choosers))}
}

// look judges a trace, and learns from it if it is whole because of why it is decided.
func (a *analyst) look(t *trace, why reason) bottleneck.Finding {
	s := a.shard
	if t.flags&unnumbered != 0 {
		a.trace.Reset()
		return bottleneck.Nothing()
	}
	a.trace.Reset()
	for _, r := range s.recordsOf(t) {
		op := baseline.Operation(r.operation)
		a.trace.Add(criticalpath.Span{
			ID: r.id, Parent: r.parent, Start: r.start, End: r.start + r.duration,
			Service: uint32(a.baseline.Service(op)), Clock: uint32(r.clock),
			Kind: tree.Kind(r.flags & kindMask), Shared: r.flags&isShared != 0,
		}, op, r.errorType)
	}
	f := a.judge.Judge(&a.trace)
	// Whose root is there has the rest, too, as a rule: a root ends last.
	a.note(t, f.Whole && why != reasonSize && why != reasonShutdown)
	return f
}

// note hands on what the trace that was judged last says. It may be judged twice, and counts once.
func (a *analyst) note(t *trace, learn bool) {
	if t.flags&counted != 0 {
		return
	}
	t.flags |= counted
	if learn {
		a.judge.Observe(&a.seen.Observations)
	} else if a.aggregates != nil {
		a.judge.Count(&a.seen.Observations)
	}
	if len(a.seen.Spans) >= observationBatch {
		a.handOver()
	}
}

func (a *analyst) handOver() {
	if len(a.seen.Spans)+len(a.seen.kept) > 0 {
		a.observe(a.seen)
		a.seen = observationPool.Get().(*observed)
	}
}

// park judges traces that are due and keeps them for the next round.
func (a *analyst) park(due []uint32) {
	s := a.shard
	for _, n := range due {
		t := s.traces.at(n)
		a.hold(n, t)
		a.gather(n, t, a.look(t, reasonWait))
	}
}

// hold puts a trace that is in the wheel no more among the parked.
func (a *analyst) hold(n uint32, t *trace) {
	s := a.shard
	t.flags |= parked
	s.ages.remove(s.traces, ageLinks, n)
	a.held.push(s.traces, ageLinks, n)
}

func (a *analyst) gather(n uint32, t *trace, f bottleneck.Finding) {
	var c bottleneck.Candidate
	eligible := a.candidate(n, t, &f, &c)
	g := a.gathering
	g.traces = append(g.traces, parkedTrace{number: n, eligible: eligible, finding: f})
	for k := range g.candidates {
		if eligible&(1<<k) != 0 {
			g.candidates[k] = append(g.candidates[k], c)
		}
	}
}

// candidate fills in what a trace is for those who choose. It is the trace that was judged last.
func (a *analyst) candidate(n uint32, t *trace, f *bottleneck.Finding, c *bottleneck.Candidate) (eligible uint64) {
	s := a.shard
	v := s.view(n, t, nil)
	eligible = s.run.policies.Candidate(&v, c)
	c.Score, c.Cause, c.Error, c.Path = f.Score, f.Cause, f.Error, f.Path
	if f.Span >= 0 {
		c.Rare = a.coverage.Rarest(a.trace.Operations)
	}
	return eligible
}

// early judges traces that cannot wait for a round, and has thresholds for them at once.
func (a *analyst) early(due []uint32, why reason) {
	a.findings, a.limits = a.findings[:0], a.limits[:0]
	for _, n := range due {
		t := a.shard.traces.at(n)
		f := a.look(t, why)
		var c bottleneck.Candidate
		eligible := a.candidate(n, t, &f, &c)
		a.findings = append(a.findings, f)
		for k, chooser := range a.rounds.choosers {
			c.Threshold = probability.Never
			if eligible&(1<<k) != 0 {
				chooser.ChooseEarly(&c)
			}
			a.limits = append(a.limits, c.Threshold)
		}
	}
}

// advance takes the rounds on: it submits what was gathered when it is time, and says whether
// there are traces to decide whose round is chosen.
func (a *analyst) advance() (chosen bool) {
	if a.closing != nil {
		return a.closing.chosen.Load()
	}
	if _, over := a.shard.over(); over || a.engine.crowded() || a.engine.now() >= a.begun+a.rounds.length.Load() {
		a.begun = a.engine.now()
		a.closing = a.gathering
		if a.gathering = a.spare; a.gathering == nil {
			a.gathering = a.newGathered()
		}
		a.spare, a.next = nil, 0
		clear(a.cursors)
		a.handOver()
		a.rounds.submit(a.index, a.closing)
	}
	return false
}

// soon says whether there is room as soon as traces are decided that wait for their round, which
// have been waited for: those that have not need not be given up.
func (a *analyst) soon(why reason) bool {
	waiting := len(a.gathering.traces)
	if a.closing != nil {
		waiting += len(a.closing.traces) - a.next
	}
	e := a.engine
	if waiting == 0 || why == reasonMemory {
		return waiting > 0 && e.held()+e.reserved.Load() <= e.limit.Load() // the reserve is for that
	}
	return e.traces.Load()-int64(a.shard.run.cfg.NumTraces) <= int64(waiting)
}

// chosen takes up to limit of the traces whose round is chosen. more says that there are others.
func (a *analyst) chosen(limit int, due []uint32) (_ []uint32, more bool) {
	a.findings, a.limits = a.findings[:0], a.limits[:0]
	g := a.closing
	for ; a.next < len(g.traces) && limit > 0; limit-- {
		due = append(due, a.take(g))
	}
	if a.next < len(g.traces) {
		return due, true
	}
	g.traces = g.traces[:0]
	for k := range g.candidates {
		g.candidates[k] = g.candidates[k][:0]
	}
	g.chosen.Store(false)
	a.spare, a.closing = g, nil
	return due, false
}

// take takes the next of some gathered traces.
func (a *analyst) take(g *gathered) uint32 {
	p := &g.traces[a.next]
	a.next++
	a.findings = append(a.findings, p.finding)
	for k := range g.candidates {
		threshold := probability.Never
		if p.eligible&(1<<k) != 0 {
			threshold = g.candidates[k][a.cursors[k]].Threshold
			a.cursors[k]++
		}
		a.limits = append(a.limits, threshold)
	}
	return p.number
}

// thresholds are those of the i-th of the traces at hand.
func (a *analyst) thresholds(i int) []probability.Threshold {
	k := len(a.rounds.choosers)
	return a.limits[i*k : (i+1)*k]
}

// kept notes that a trace is.
func (a *analyst) kept(t *trace, f *bottleneck.Finding) {
	if t.flags&unnumbered != 0 {
		return
	}
	a.trace.Reset()
	for _, r := range a.shard.recordsOf(t) {
		a.trace.Operations = append(a.trace.Operations, baseline.Operation(r.operation))
	}
	a.coverage.Keep(a.trace.Operations, f.Path, a.engine.now())
	a.exemplify(t, f)
}

// cause is what is said of a kept trace.
func (a *analyst) cause(t *trace, f *bottleneck.Finding) (c cause) {
	if f.Span < 0 {
		return c
	}
	at := int32(0)
	for _, r := range a.shard.recordsOf(t) {
		if at == f.Span {
			c.span = r.id
			break
		}
		at++
	}
	// Names are asked for now: a number may be another's when the trace leaves.
	i := a.baseline.Identity(f.Operation)
	c.service, c.operation, c.pattern = i.Service, i.Name, f.Pattern
	c.self, c.excess, c.known = float32(f.Self), float32(f.Excess), true
	return c
}

// size is the memory that gathered traces take.
func (a *analyst) size() (size int64) {
	for _, g := range [...]*gathered{a.gathering, a.closing, a.spare} {
		if g == nil {
			continue
		}
		size += int64(cap(g.traces)) * int64(unsafe.Sizeof(parkedTrace{}))
		for _, c := range g.candidates {
			size += int64(cap(c)) * int64(unsafe.Sizeof(bottleneck.Candidate{}))
		}
	}
	return size
}

// analyze makes a shard go on with an analysis, or without: traces that are parked are due again.
func (s *shard) analyze(r *run) {
	s.unpark()
	if !r.analyzes {
		s.analyst = nil
		return
	}
	if s.analyst == nil {
		s.analyst = newAnalyst(s.engine.analysis.Load(), s)
	}
	s.analyst.begin()
}

// unpark puts parked traces back among the others, those that came first. They are in no wheel.
func (s *shard) unpark() {
	if s.analyst != nil {
		s.ages.prepend(s.traces, ageLinks, &s.analyst.held)
	}
}

// requeue makes parked traces due.
func (s *shard) requeue() {
	for n := s.analyst.held.head; n != 0; n = s.traces.at(n).age.next {
		s.traces.at(n).flags &^= parked
		s.wheel.add(s.traces, n, s.wheel.now)
	}
	s.unpark()
}

// gatherAll parks all traces. The shard is halted.
func (a *analyst) gatherAll() *gathered {
	s := a.shard
	if a.closing != nil && a.closing.chosen.Load() {
		a.decideChosen(reasonWait)
	}
	s.ages.prepend(s.traces, ageLinks, &a.held)
	a.begin()
	for s.ages.head != 0 {
		n := s.ages.head
		t := s.traces.at(n)
		if t.flags&parked == 0 {
			s.wheel.remove(s.traces, n)
		}
		a.hold(n, t)
		a.gather(n, t, a.look(t, reasonShutdown))
	}
	return a.gathering
}

// decideAll decides what was gathered last, and chosen. The shard is halted.
func (a *analyst) decideAll() {
	a.closing = a.gathering
	a.decideChosen(reasonShutdown)
}

func (a *analyst) decideChosen(why reason) {
	for more := true; more; {
		var due []uint32
		due, more = a.chosen(loadLen, a.shard.due[:0])
		a.shard.decideRound(due, why)
	}
}
