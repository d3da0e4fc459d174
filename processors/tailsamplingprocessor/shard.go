package tailsamplingprocessor

import (
	"iter"
	"maps"
	"time"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
	"github.com/koine-otel/koine/spans/probability"
)

const (
	// inbox is how many deliveries wait for a shard before their senders do.
	inbox = 64
	// roundLen bounds the decisions that are taken before the inbox is looked at again, roundTime
	// the time that they take: where decisions are slow, fewer are taken.
	roundLen  = 512
	minRound  = 16
	roundTime = 4 * time.Millisecond
	// sealEvery is after how many ticks the first shard looks for idle open blocks.
	sealEvery = 10
	// mapEntry is what the map of traces takes for one, about; smallMap is a size at which it is
	// not worth making smaller.
	mapEntry = 32
	smallMap = 1 << 14
	// maxSiblings bounds the traces that share the low half of their ids. They are random, or
	// someone made them so: more are taken for one trace.
	maxSiblings = 16
	// maxServices bounds the test of trace ids for randomness, by service.
	maxServices = 1024
)

// shard holds the traces whose ids fall to it. Its one goroutine is the only one to touch
// them; it waits for nothing but its inbox, its clock and its end.
type shard struct {
	engine *engine
	run    *run
	in     chan *delivery
	urge   chan struct{} // memory is short
	stop   chan struct{}
	done   chan struct{}

	traces  *traces
	records *slab[record]
	byLow   map[uint64]uint32
	wheel   *wheel
	ages    list
	kept    *cache // of traces that were kept
	dropped *cache
	open    *openSpans
	random  map[uint64]*probability.Uniformity

	analyst *analyst // nil: nothing is analysed

	out       *job
	notes     map[noteKey]*note // of this run
	counts    counts
	round     int   // how many decisions to take at a time
	published int64 // when metrics were, ns on the engine's clock
	peak      int   // most entries that byLow had
	held      int64 // as far as the engine knows

	due      []uint32 // scratch
	touched  []uint32
	views    []policy.Trace
	pointers []*policy.Trace
	judged   []int // the trace of each view, by its place
	verdicts []policy.Verdict
	tally    policy.Counts
	releases releases
	lates    []decision // of the delivery at hand
	missing  []uint64   // of the trace at hand
}

type noteKey struct {
	policy   int
	sub      string
	decision policy.Decision
}

func newShard(e *engine, cacheEntries [2]int) (*shard, error) {
	kept, err := newCache(cacheEntries[0])
	if err != nil {
		return nil, err
	}
	dropped, err := newCache(cacheEntries[1])
	if err != nil {
		kept.close()
		return nil, err
	}
	return &shard{
		engine: e, in: make(chan *delivery, inbox), urge: make(chan struct{}, 1),
		traces: newTraces(), records: newSlab[record](), byLow: map[uint64]uint32{},
		kept: kept, dropped: dropped,
		open: newOpenSpans(), random: map[uint64]*probability.Uniformity{},
		releases: releases{store: e.store}, round: roundLen,
	}, nil
}

// close gives the shard's memory back. It is halted.
func (s *shard) close() {
	s.records.close()
	s.traces.close()
	s.kept.close()
	s.dropped.close()
}

// start runs the shard until halt.
func (s *shard) start(r *run) {
	s.stop, s.done = make(chan struct{}), make(chan struct{})
	s.adopt(r)
	go s.loop()
}

// adopt makes a shard go on under a configuration. Traces that wait keep the time at which they
// came, and those whose decision was brought forward, or put off, keep that too.
func (s *shard) adopt(r *run) {
	before := s.run
	s.run, s.notes, s.tally = r, map[noteKey]*note{}, policy.Counts{} // policies have other numbers
	if r.policies.Words() != s.traces.words {
		s.traces.setWords(r.policies.Words())
	}
	s.wheel = newWheel(r.tick(int64(r.longestWait())), r.tick(s.engine.now()))
	s.analyze(r)
	for i := s.ages.head; i != 0; i = s.traces.at(i).age.next {
		t := s.traces.at(i)
		t.flags &^= parked
		at := t.arrived + int64(r.cfg.DecisionWait)
		if t.flags&hastened != 0 || t.until != 0 {
			at = t.due * int64(before.tickLength)
		}
		s.wheel.add(s.traces, i, r.tick(at))
	}
}

// halt stops the goroutine when its inbox is empty. Nobody may send to it any more.
func (s *shard) halt() {
	close(s.stop)
	<-s.done
}

func (s *shard) loop() {
	defer close(s.done)
	ticker := time.NewTicker(s.run.tickLength)
	defer ticker.Stop()
	behind, ticks := false, 0
	for {
		if behind { // decisions are due, and so may be deliveries
			select {
			case d := <-s.in:
				s.receive(d)
			case <-s.stop:
				s.drain()
				return
			default:
			}
		} else {
			select {
			case d := <-s.in:
				s.receive(d)
				s.relieve()
				s.report()
				continue // the clock strikes for the rest
			case <-s.urge:
				s.relieve()
			case <-ticker.C:
				if ticks++; s == s.engine.shards[0] && ticks%sealEvery == 0 {
					s.engine.store.SealIdle()
				}
			case <-s.stop:
				s.drain()
				return
			}
		}
		behind = s.decideDue()
		s.relieve()
		if !behind || s.engine.now()-s.published > int64(time.Second) {
			s.flush()
			s.publish()
			s.published = s.engine.now()
		}
		s.report()
	}
}

func (s *shard) drain() {
	for {
		select {
		case d := <-s.in:
			s.receive(d)
			s.relieve()
		default:
			s.flush()
			s.publish()
			s.report()
			return
		}
	}
}

func (s *shard) publish() { s.counts.publish(s.run, &s.tally) }

// report tells the engine what the shard holds.
func (s *shard) report() {
	s.peak = max(s.peak, len(s.byLow))
	if s.peak > smallMap && len(s.byLow) < s.peak/8 { // maps do not shrink
		small := make(map[uint64]uint32, len(s.byLow))
		maps.Copy(small, s.byLow)
		s.byLow, s.peak = small, len(small)
	}
	held := s.records.held + s.traces.held + int64(s.peak)*mapEntry
	if s.analyst != nil {
		held += s.analyst.size()
	}
	s.engine.index.Add(held - s.held)
	s.held = held
}

// receive takes a delivery in.
func (s *shard) receive(d *delivery) {
	s.engine.index.Add(-d.size())
	defer d.give()
	words := s.traces.words
	s.due = s.due[:0] // the trace of each fragment; 0: decided
	s.lates = s.lates[:0]
	s.counts.received += int64(len(d.records))
	for i := range d.fragments {
		f := &d.fragments[i]
		n := s.find(f.low, f.high)
		if n == 0 && !s.late(f) {
			n = s.begin(f, d.arrived)
		}
		s.due = append(s.due, n)
		if n == 0 || n == lostTrace {
			continue
		}
		t := s.traces.at(n)
		t.add(f)
		s.run.policies.Merge(s.traces.factsOf(n), d.facts[i*words:][:words])
		if f.flags&hasRoot != 0 && s.run.cfg.DecisionWaitAfterRootReceived > 0 {
			s.hasten(n, t)
		}
		if t.until != 0 {
			s.recheck(n, t)
		}
	}
	for i := range d.records {
		r := &d.records[i]
		switch n := s.due[r.next]; n {
		case 0:
			s.lateSpan(&d.fragments[r.next], r)
		case lostTrace:
			s.lose(r)
		default:
			s.append(n, r)
		}
	}
	s.releases.do()
	s.settle(d)
}

// find gives the number of a trace that waits, or 0. The short form of an id is every long
// one's, and the first's where there are several.
func (s *shard) find(low, high uint64) uint32 {
	siblings := 0
	for n := s.byLow[low]; n != 0; n = s.traces.at(n).sibling {
		siblings++
		if t := s.traces.at(n); high == 0 || t.high == 0 || t.high == high || siblings == maxSiblings {
			return n
		}
	}
	return 0
}

// lostTrace is the number of a trace for which there is no memory.
const lostTrace = ^uint32(0)

// lose gives up a span for which there is no memory; it is counted.
func (s *shard) lose(r *record) {
	s.releases.add(r.ref.Block)
	s.counts.lost++
	s.engine.spans.Add(-1)
}

func (s *shard) begin(f *fragment, arrived int64) uint32 {
	n, err := s.traces.add()
	if err != nil {
		return lostTrace
	}
	t := s.traces.at(n)
	t.low, t.high, t.arrived, t.generation = f.low, f.high, arrived, s.run.generation
	if s.engine.analysis.Load() == nil {
		t.flags |= unnumbered
	}
	t.sibling = s.byLow[f.low]
	s.byLow[f.low] = n
	s.ages.push(s.traces, ageLinks, n)
	s.wheel.add(s.traces, n, s.run.tick(arrived+int64(s.run.cfg.DecisionWait)))
	s.counts.newTraces++
	s.engine.traces.Add(1)
	return n
}

// hasten brings the decision of a trace forward whose root is there.
func (s *shard) hasten(n uint32, t *trace) {
	due := s.run.tick(s.engine.now() + int64(s.run.cfg.DecisionWaitAfterRootReceived))
	if due < t.due && t.flags&parked == 0 {
		s.wheel.remove(s.traces, n)
		s.wheel.add(s.traces, n, due)
		t.flags |= hastened
	}
}

func (s *shard) append(n uint32, r *record) {
	i, err := s.records.add()
	if err != nil {
		s.traces.at(n).spans--
		s.lose(r)
		return
	}
	rec := s.records.at(i)
	*rec = *r
	rec.next = 0
	t := s.traces.at(n)
	if t.last != 0 {
		s.records.at(t.last).next = i
	} else {
		t.first = i
	}
	t.last = i
}

// recordsOf goes through a trace's records, by their numbers. The one at hand may be removed.
func (s *shard) recordsOf(t *trace) iter.Seq2[uint32, *record] {
	return func(yield func(uint32, *record) bool) {
		for i := t.first; i != 0; {
			r := s.records.at(i)
			next := r.next
			if !yield(i, r) {
				return
			}
			i = next
		}
	}
}

// remove forgets a trace that was decided, and its records.
func (s *shard) remove(n uint32) {
	t := s.traces.at(n)
	for i := range s.recordsOf(t) {
		s.records.remove(i)
	}
	if first := s.byLow[t.low]; first != n {
		prev := s.traces.at(first)
		for prev.sibling != n {
			prev = s.traces.at(prev.sibling)
		}
		prev.sibling = t.sibling
	} else if t.sibling != 0 {
		s.byLow[t.low] = t.sibling
	} else {
		delete(s.byLow, t.low)
	}
	if t.flags&parked != 0 {
		s.analyst.held.remove(s.traces, ageLinks, n)
	} else {
		s.ages.remove(s.traces, ageLinks, n)
	}
	s.traces.remove(n)
	s.engine.traces.Add(-1)
}

// relieve decides the oldest traces while there is too much in memory, a round at the most for
// each delivery.
func (s *shard) relieve() {
	const some = 16
	for range roundLen / some {
		why, over := s.over()
		if !over || s.ages.head == 0 || s.analyst != nil && s.analyst.soon(why) {
			return
		}
		s.decide(s.oldest(some), why)
		s.report()
	}
}

// oldest takes the traces that came first out of the wheel.
func (s *shard) oldest(limit int) []uint32 {
	s.due = s.due[:0]
	for i := s.ages.head; i != 0 && len(s.due) < limit; i = s.traces.at(i).age.next {
		s.due = append(s.due, i)
		s.wheel.remove(s.traces, i)
	}
	return s.due
}

// over says of what there is too much, if of anything.
func (s *shard) over() (why reason, over bool) {
	if s.engine.overMemory() {
		return reasonMemory, true
	}
	return reasonTraces, s.overTraces()
}

func (s *shard) overTraces() bool {
	limit := s.run.cfg.NumTraces
	return limit > 0 && !s.run.cfg.BlockOnOverflow && s.engine.traces.Load() > int64(limit)
}

// settle decides those traces of a delivery that need not or may not wait longer.
func (s *shard) settle(d *delivery) {
	most := s.run.cfg.MaximumTraceSizeBytes
	if most == 0 {
		// A trace that fills the memory would push all others out of it.
		most = uint64(s.engine.limit.Load()) / 4 * compressed
	}
	s.touched = append(s.touched[:0], s.due...)
	for i, n := range s.touched {
		f := &d.fragments[i]
		if n == 0 || n == lostTrace || s.find(f.low, f.high) != n {
			continue // decided, perhaps just now
		}
		t := s.traces.at(n)
		if t.flags&parked != 0 {
			continue // it is about to be
		}
		if t.bytes > most {
			s.wheel.remove(s.traces, n)
			s.due = append(s.due[:0], n)
			s.decide(s.due, reasonSize)
		} else if s.run.spanIngest {
			s.decideOnIngest(n, f, d.facts[i*s.traces.words:][:s.traces.words])
		}
	}
}

// releases gathers what is given back of blocks, because neighbours are often of one.
type releases struct {
	block uint32
	n     int
	store *block.Store
}

func (r *releases) add(b uint32) {
	if b != r.block {
		r.do()
	}
	r.block = b
	r.n++
}

func (r *releases) do() {
	if r.n > 0 {
		r.store.Release(r.block, r.n)
		r.n = 0
	}
}

// settleAll decides all traces that are not parked, or drops them. The shard is halted.
func (s *shard) settleAll(drop bool) {
	for s.ages.head != 0 {
		due := s.oldest(roundLen)
		if drop {
			s.dropAll(due)
			continue
		}
		s.decide(due, reasonShutdown)
	}
	s.flush()
	s.publish()
	s.report()
}

func (s *shard) dropAll(due []uint32) {
	for _, n := range due {
		s.conclude(n, policy.Verdict{Decision: policy.NotSampled, Policy: noPolicy}, reasonShutdown, &nothing)
	}
	s.releases.do()
}
