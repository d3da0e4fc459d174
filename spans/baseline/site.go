package baseline

import "sync/atomic"

const (
	// knownQuiet and unknownQuiet, in clock units, are how long a site must not have been
	// learned before it makes room, if its norm is known (10 minutes) and if not: a flood of
	// new ones takes the places of its own kind, and all come to their turn.
	knownQuiet   = 560
	unknownQuiet = 10
	// siteLooks are how many sites are looked at for room: the oldest of so many is among the
	// oldest of all.
	siteLooks = 16
)

// siteInfo is what readers see of a call site. Its key may be read while the number gets
// another, so norms are emptied before the key is changed, and read before it is compared.
type siteInfo struct {
	entry, parent, operation atomic.Uint32
	learned                  uint32 // when; the learner's
	count, sum               atomic.Uint64
}

// siteMemory is what the learner keeps of a call site.
type siteMemory struct {
	count struct {
		series
		buckets [callBuckets]uint16
	}
	sum struct {
		series
		buckets [sumBuckets]uint16
	}
}

// siteTable has the call sites by number, from 1 on. The learning goroutine writes.
type siteTable struct {
	index    index
	infos    pages[siteInfo]
	memories pages[siteMemory]
	unused   []uint32
	fresh    uint32 // the first number that was never given
	hand     uint32 // where the search for room goes on
	max      uint32
}

func newSiteTable(sites int) siteTable {
	return siteTable{
		index: newIndex(sites), infos: newPages[siteInfo](sites), memories: newPages[siteMemory](sites), fresh: 1, max: uint32(sites),
	}
}

// size leaves out the unused numbers: they are few, and the learner's.
func (s *siteTable) size() int { return s.index.size() + s.infos.size() + s.memories.size() }

// Site gives the norms of the number of calls that an operation gets from a parent operation
// in a trace that begins with the entry operation, and of the sum of their time; not Known
// where they are not.
func (b *Baseline) Site(entry, parent, op Operation) (count, sum Norm) {
	hash := b.siteHash(uint32(entry), uint32(parent), uint32(op))
	for at := hash; ; {
		var number uint32
		if number, at = b.sites.index.find(hash, at); number == 0 {
			return Norm{}, Norm{}
		}
		i := b.sites.infos.at(number)
		calls, time := i.count.Load(), i.sum.Load()
		if i.is(uint32(entry), uint32(parent), uint32(op)) {
			return unpack(calls, callFloor), unpack(time, timeFloor)
		}
	}
}

func (i *siteInfo) is(entry, parent, op uint32) bool {
	return i.operation.Load() == op && i.parent.Load() == parent && i.entry.Load() == entry
}

func (b *Baseline) siteHash(entry, parent, op uint32) uint64 {
	return fold(uint64(entry)<<32|uint64(parent)^b.seed[0], uint64(op)^b.seed[1])
}

func (b *Baseline) learnSite(o *SiteObservation, t uint32) {
	if o.Operation == Other {
		return
	}
	number := b.site(uint32(o.Entry), uint32(o.Parent), uint32(o.Operation), t)
	if number == 0 {
		b.stats.refuse.Add(1)
		return
	}
	i, m := b.sites.infos.at(number), b.sites.memories.at(number)
	i.learned = t
	l := &b.learner
	if c := &m.count; l.observe(&c.series, c.buckets[:], uint64(o.Count), t) {
		i.count.Store(c.publish(c.buckets[:], ofCalls))
	}
	if s := &m.sum; l.observe(&s.series, s.buckets[:], o.Sum, t) {
		i.sum.Store(s.publish(s.buckets[:], ofTime))
	}
}

// publish makes the norms of what has been learned since the last.
func (m *siteMemory) publish(i *siteInfo) {
	if c := &m.count; c.since > 0 {
		i.count.Store(c.publish(c.buckets[:], ofCalls))
	}
	if s := &m.sum; s.since > 0 {
		i.sum.Store(s.publish(s.buckets[:], ofTime))
	}
}

// site gives the number of a site, making it if need be; 0 if there is no room, or if one of
// its operations is gone.
func (b *Baseline) site(entry, parent, op, t uint32) uint32 {
	s := &b.sites
	hash := b.siteHash(entry, parent, op)
	for at := hash; ; {
		var number uint32
		if number, at = s.index.find(hash, at); number == 0 {
			break
		}
		if s.infos.at(number).is(entry, parent, op) {
			return number
		}
	}
	if b.isGone(entry) || b.isGone(parent) || b.isGone(op) {
		return 0
	}
	number := b.siteNumber(t)
	if number == 0 {
		return 0
	}
	i := s.infos.make(number)
	s.memories.make(number)
	i.entry.Store(entry)
	i.parent.Store(parent)
	i.operation.Store(op)
	s.index.insert(hash, number)
	b.stats.sites.Add(1)
	return number
}

// isGone says that no operation has a number. Other never goes.
func (b *Baseline) isGone(op uint32) bool {
	if op == uint32(Other) {
		return false
	}
	m := b.memories.at(op)
	return m == nil || m.service.Load() == 0
}

func (b *Baseline) siteNumber(t uint32) uint32 {
	s := &b.sites
	if s.fresh <= s.max {
		s.fresh++
		return s.fresh - 1
	}
	if len(s.unused) == 0 {
		b.evictSite(t)
	}
	last := len(s.unused) - 1
	if last < 0 {
		return 0
	}
	number := s.unused[last]
	s.unused = s.unused[:last]
	return number
}

// evictSite makes room by the longest unlearned of the next few, if there is one that may go.
func (b *Baseline) evictSite(t uint32) {
	s := &b.sites
	victim, oldest := uint32(0), int32(0)
	for range min(siteLooks, s.max) {
		s.hand = s.hand%s.max + 1
		i := s.infos.at(s.hand)
		quiet := int32(unknownQuiet)
		if isKnown(i.count.Load()) {
			quiet = knownQuiet
		}
		if age := int32(t - i.learned); age >= quiet && age > oldest {
			victim, oldest = s.hand, age
		}
	}
	if victim != 0 {
		b.removeSite(victim)
		b.stats.evictedSites.Add(1)
	}
}

func (b *Baseline) removeSite(number uint32) {
	s := &b.sites
	s.index.remove(b.siteHome(number), number, b.siteHome)
	i, m := s.infos.at(number), s.memories.at(number)
	b.stats.frozen.forget(&m.count.series)
	b.stats.frozen.forget(&m.sum.series)
	*m = siteMemory{}
	i.count.Store(0)
	i.sum.Store(0)
	i.entry.Store(0)
	i.parent.Store(0)
	i.operation.Store(0)
	s.unused = append(s.unused, number)
	b.stats.sites.Add(-1)
}

// siteHome is where the search for a site begins.
func (b *Baseline) siteHome(number uint32) uint64 {
	i := b.sites.infos.at(number)
	return b.siteHash(i.entry.Load(), i.parent.Load(), i.operation.Load())
}
