package baseline

const (
	// sweepTime, in clock units, is how long the sweep takes to look at everything: 17 s for
	// some 6,000 operations a second, which takes less than a millisecond.
	sweepTime = 16
	// quietTime, in clock units, is 10 minutes: longer than any span waits for its trace
	// with its operation's number in it.
	quietTime = 560
	// spareShare of all operations, and of each service's, are kept free where quiet ones can
	// make room: new ones find it without waiting for the sweep.
	spareShare = 16
)

// sweep goes around all operations and sites, a part of them at each Tick.
type sweep struct {
	last            uint32 // when Tick was last called; 0 never
	operation, site uint32 // the next ones
	// Numbers of evicted operations pass through two lists: a site may still name one. Those
	// in draining are free when the sweep has seen all sites, which is when left is 0.
	dying, draining []Operation
	left            int
}

// Tick lets time pass: it publishes what has been learned, and makes room. It is to be called
// about once a second, by the goroutine that learns. Decay needs no Tick: it comes with the
// next observation.
func (b *Baseline) Tick(now int64) {
	t := clock(now)
	w := &b.sweep
	elapsed := min(t-w.last, sweepTime) // after a clock that went back, the whole
	if w.last == 0 || elapsed > 0 {
		w.last = t
	}
	b.mu.RLock()
	operations := uint32(b.fresh) - 1
	b.mu.RUnlock()
	for range portion(operations, elapsed) {
		w.operation = w.operation%operations + 1
		b.sweepOperation(w.operation, t)
	}
	b.beginDrain()
	sites := b.sites.fresh - 1
	for range portion(sites, elapsed) {
		w.site = w.site%sites + 1
		b.sweepSite(w.site)
	}
	b.endDrain()
}

// portion is what the sweep looks at in a time.
func portion(all, elapsed uint32) uint32 {
	return uint32((uint64(all)*uint64(elapsed) + sweepTime - 1) / sweepTime)
}

func (b *Baseline) sweepOperation(number, t uint32) {
	m, i := b.memories.at(number), b.infos.at(number)
	if m == nil || m.service.Load() == 0 {
		return
	}
	m.publish(i)
	seen := i.seen.Load()
	if seen == unseen {
		i.seen.CompareAndSwap(unseen, t) // restored: its time begins now
	} else if int32(t-seen) >= quietTime {
		b.evict(Operation(number), m, i, seen)
	}
}

// evict takes a quiet operation's number away if there is need. Who has just interned it has
// changed seen, and is first.
func (b *Baseline) evict(op Operation, m *memory, i *info, seen uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	of := b.Service(op)
	s := b.services[of]
	crowded := b.live >= b.max-b.max/spareShare || op != of && s.owned >= b.perOwner-b.perOwner/spareShare
	if !crowded || op == of && s.owned > 0 || !i.seen.CompareAndSwap(seen, gone) {
		return
	}
	b.operations.remove(uint64(i.home), uint32(op), func(number uint32) uint64 { return uint64(b.infos.at(number).home) })
	name := b.names.at(uint32(op))
	b.nameSize -= allocated(*name)
	*name = ""
	if op == of {
		b.nameSize -= s.nameSize()
		delete(b.services, op)
	} else {
		s.owned--
		b.markFull(of, s)
	}
	i.owner.Store(0)
	m.forget(i, &b.stats.frozen)
	m.service.Store(0)
	b.live--
	b.sweep.dying = append(b.sweep.dying, op)
	b.stats.evicted.Add(1)
}

func (b *Baseline) sweepSite(number uint32) {
	w := &b.sweep
	i, m := b.sites.infos.at(number), b.sites.memories.at(number)
	m.publish(i)
	if w.left == 0 {
		return
	}
	w.left--
	if op := i.operation.Load(); op != 0 && (b.isGone(op) || b.isGone(i.parent.Load()) || b.isGone(i.entry.Load())) {
		b.removeSite(number)
	}
}

// beginDrain lets the sites forget numbers that are no longer in use. None that is new names
// them: site sees to that.
func (b *Baseline) beginDrain() {
	w := &b.sweep
	if len(w.draining) == 0 && len(w.dying) > 0 {
		w.dying, w.draining = w.draining, w.dying
		w.left = int(b.sites.fresh - 1)
	}
}

func (b *Baseline) endDrain() {
	w := &b.sweep
	if len(w.draining) == 0 || w.left > 0 {
		return
	}
	b.mu.Lock()
	b.unused = append(b.unused, w.draining...)
	b.full.Store(false)
	b.mu.Unlock()
	w.draining = w.draining[:0]
}
