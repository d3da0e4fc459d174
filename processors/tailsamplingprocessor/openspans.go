package tailsamplingprocessor

import "slices"

// openSpans learns of which operations' spans the parent is worth waiting for. Some parents
// never come: the caller is not traced here, or is a stream or batch that ends hours later.
// To wait for those would double the memory for nothing, and to report such traces as broken
// would cry wolf.
type openSpans struct {
	operations map[uint64]parents
	ids        []uint64 // scratch: a table of span ids
}

// parents is what was seen of an operation's missing parents.
type parents struct{ waited, came, skipped uint8 }

const (
	// maxOperations bounds what is remembered.
	maxOperations = 4096
	// tries is how many waits in vain it takes to give an operation's parents up.
	tries = 16
	// retryEvery is how often parents that were given up are waited for again.
	retryEvery = 32
)

func newOpenSpans() *openSpans { return &openSpans{operations: map[uint64]parents{}} }

// worth says whether an operation's missing parent may still come.
func (p parents) worth() bool { return p.waited < tries || int(p.came)*tries >= int(p.waited) }

// ask says the same, and now and then tries again.
func (o *openSpans) ask(operation uint64) bool {
	p := o.operations[operation]
	if p.worth() {
		return true
	}
	p.skipped++
	again := p.skipped >= retryEvery
	if again {
		p.skipped = 0
	}
	o.operations[operation] = p
	return again
}

// learn notes whether a parent came that was waited for.
func (o *openSpans) learn(operation uint64, came bool) {
	p, known := o.operations[operation]
	if !known && len(o.operations) >= maxOperations {
		for other := range o.operations { // any: those that matter come again
			delete(o.operations, other)
			break
		}
	}
	p.waited++
	if came {
		p.came++
	}
	if p.waited == 255 { // what was long ago counts half
		p.waited, p.came = p.waited/2, p.came/2
	}
	o.operations[operation] = p
}

// orphans calls f with the operation of each span of a trace whose parent is not there.
func (s *shard) orphans(t *trace, f func(operation uint64)) {
	size := 16
	for size < 2*int(t.spans) {
		size *= 2
	}
	if len(s.open.ids) < size {
		s.open.ids = make([]uint64, size)
	}
	ids := s.open.ids[:size]
	clear(ids)
	if size > 1<<16 {
		s.open.ids = nil // it is a giant trace's
	}
	mask := uint64(size - 1)
	for _, r := range s.recordsOf(t) {
		for h := hashID(r.id, 0); ; h++ {
			if e := &ids[h&mask]; *e == 0 || *e == r.id {
				*e = r.id
				break
			}
		}
	}
	for _, r := range s.recordsOf(t) {
		if r.parent == 0 {
			continue
		}
		for h := hashID(r.parent, 0); ; h++ {
			if e := ids[h&mask]; e == r.parent {
				break
			} else if e == 0 {
				f(uint64(r.operation))
				break
			}
		}
	}
}

// postpone puts those of the traces that are due back into the wheel whose missing spans may
// come, and gives the others. What comes then has them looked at again, see recheck.
func (s *shard) postpone(due []uint32) []uint32 {
	ready, now := due[:0], s.engine.now()
	for _, n := range due {
		t := s.traces.at(n)
		if t.until == 0 {
			if s.engine.overMemory() || !s.isOpen(t) {
				ready = append(ready, n)
				continue
			}
			t.until = now + int64(s.run.cfg.WaitForOpenSpans)
		} else if s.isComplete(t, now) {
			ready = append(ready, n)
			continue
		}
		s.wheel.add(s.traces, n, s.run.tick(t.until)+1)
	}
	return ready
}

// recheck has a trace looked at again that waits for open spans, when more may have come: soon,
// but not for each fragment, and not later than it may wait.
func (s *shard) recheck(n uint32, t *trace) {
	if t.flags&parked != 0 {
		return
	}
	if due := min(s.run.tick(s.engine.now())+2, s.run.tick(t.until)+1); due < t.due {
		s.wheel.remove(s.traces, n)
		s.wheel.add(s.traces, n, due)
	}
}

// isOpen says whether a span of the trace is missing that is worth waiting for.
func (s *shard) isOpen(t *trace) (open bool) {
	for _, operation := range s.missingParents(t) {
		if s.open.ask(operation) && !open {
			open, t.awaited = true, operation
		}
	}
	return open
}

// isComplete says whether a trace that was waited for need not wait longer, and learns from it.
func (s *shard) isComplete(t *trace, now int64) bool {
	missing := s.missingParents(t)
	came := !slices.Contains(missing, t.awaited)
	short := s.engine.overMemory()
	over := now >= t.until || short
	open := slices.ContainsFunc(missing, func(operation uint64) bool {
		return operation == t.awaited || s.open.operations[operation].worth()
	})
	if !over && open {
		return false
	}
	if came || !short { // else it says nothing of the parents
		s.open.learn(t.awaited, came)
	}
	for _, operation := range missing {
		if operation != t.awaited && !short {
			s.open.learn(operation, false)
		}
	}
	if open {
		s.counts.openTraces++
	}
	return true
}

// missingParents are the operations of spans whose parent is not there, each once.
func (s *shard) missingParents(t *trace) []uint64 {
	missing := s.missing[:0]
	s.orphans(t, func(operation uint64) {
		if len(missing) < maxMissing && !slices.Contains(missing, operation) {
			missing = append(missing, operation)
		}
	})
	s.missing = missing
	return missing
}

// maxMissing bounds what is looked at of one trace.
const maxMissing = 16
