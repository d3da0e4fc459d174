package baseline

import "sync/atomic"

// SpanObservation is one span of a whole trace.
type SpanObservation struct {
	Operation      Operation
	Children       uint32 // direct ones
	Duration, Self uint64 // ns; Self 0 is not on the critical path and is not learned
}

// SiteObservation is all calls of an operation by one parent operation in a trace that begins
// with the entry operation. Other is fit for an entry or a parent that is not known.
type SiteObservation struct {
	Entry, Parent, Operation Operation
	Count                    uint32
	Sum                      uint64 // of their durations, ns
}

// memory is what the learner keeps of an operation. It has no pointers. What every observation
// needs lies together, as each cache line is likely a miss.
type memory struct {
	// service is the service's entry; 0 while no operation has the number. Intern sets it.
	service                  atomic.Uint32
	duration, self, children series
	childrenBuckets          [childrenBuckets]uint16
	durationBuckets          [timeBuckets]uint16
	selfBuckets              [timeBuckets]uint16
}

const (
	// sampleMask picks one of four observations, at random as spans come in an order: a
	// service has many operations, and its own entry learns enough from so many. The same
	// share is enough for the median number of children once that is known.
	sampleMask = 3
)

// Learn learns from whole traces. One goroutine at a time calls it or Tick; now is the clock of
// Intern. Observations of Other are left out.
func (b *Baseline) Learn(spans []SpanObservation, sites []SiteObservation, now int64) {
	t := clock(now)
	for i := range spans {
		if i%fetchAhead == 0 {
			b.fetch(spans[i:min(i+fetchAhead, len(spans))])
		}
		b.learnSpan(&spans[i], t)
	}
	for i := range sites {
		b.learnSite(&sites[i], t)
	}
}

// fetchAhead observations, by four cache lines, are about what a core can wait for at once.
const fetchAhead = 8

// fetch reads where some observations will write. With 100,000 operations most of that is in
// no cache: here the misses overlap, which in learnSpan wait for one another.
func (b *Baseline) fetch(spans []SpanObservation) {
	sum := uint32(0)
	for i := range spans {
		m := b.memories.at(uint32(spans[i].Operation))
		if m == nil {
			continue
		}
		const likely = timeBuckets * 3 / 8 // where the first value was put
		sum += m.service.Load() + uint32(m.self.base) + uint32(m.durationBuckets[likely])
		if spans[i].Self > 0 {
			sum += uint32(m.selfBuckets[likely])
		}
	}
	b.learner.fetched = sum // or the compiler leaves the reading out
}

func (b *Baseline) learnSpan(o *SpanObservation, t uint32) {
	m := b.memories.at(uint32(o.Operation))
	if m == nil {
		return
	}
	service := m.service.Load()
	if service == 0 {
		return // Other, or a number held for too long
	}
	b.learnTimes(uint32(o.Operation), m, o, t)
	l := &b.learner
	sample := l.random.next()
	if sample&sampleMask == 0 && service != uint32(o.Operation) {
		b.learnTimes(service, b.memories.at(service), o, t)
	}
	if sample>>8&sampleMask == 0 || m.children.total <= enough {
		if l.observe(&m.children, m.childrenBuckets[:], uint64(o.Children), t) {
			m.publishChildren(b.infos.at(uint32(o.Operation)))
		}
	}
}

func (b *Baseline) learnTimes(op uint32, m *memory, o *SpanObservation, t uint32) {
	l := &b.learner
	if l.observe(&m.duration, m.durationBuckets[:], o.Duration, t) {
		m.publishDuration(b.infos.at(op))
	}
	if o.Self > 0 && l.observe(&m.self, m.selfBuckets[:], o.Self, t) {
		m.publishSelf(b.infos.at(op))
	}
}

func (m *memory) publishChildren(i *info) {
	i.children.Store(packMedian(m.children.publish(m.childrenBuckets[:], ofCalls)))
}

func (m *memory) publishDuration(i *info) {
	i.duration.Store(m.duration.publish(m.durationBuckets[:], ofTime))
}

func (m *memory) publishSelf(i *info) {
	i.self.Store(m.self.publish(m.selfBuckets[:], ofTime))
}

// publish makes the norms of what has been learned since the last.
func (m *memory) publish(i *info) {
	if m.children.since > 0 {
		m.publishChildren(i)
	}
	if m.duration.since > 0 {
		m.publishDuration(i)
	}
	if m.self.since > 0 {
		m.publishSelf(i)
	}
}

// forget gives a number's memory back to the next operation, all but the service.
func (m *memory) forget(i *info, f *freezes) {
	f.forget(&m.children)
	f.forget(&m.duration)
	f.forget(&m.self)
	i.children.Store(0)
	i.duration.Store(0)
	i.self.Store(0)
	clear(m.childrenBuckets[:])
	clear(m.durationBuckets[:])
	clear(m.selfBuckets[:])
}

// forget empties a series.
func (f *freezes) forget(s *series) {
	if s.frozen {
		f.now.Add(-1)
	}
	*s = series{}
}
