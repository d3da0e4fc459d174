package bottleneck

import (
	"math/bits"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/reuse"
)

// site is the calls of one operation from another in the trace at hand.
type site struct {
	parent, op baseline.Operation
	count      uint32
	failed     uint32
	sum        uint64 // of their durations, ns
	from, to   uint64 // the earliest start and the latest end
	first      int32  // the earliest
	longest    int32
	mostTime   uint64
	self       uint64 // of their time, what is on the path
	main       bool   // on the root's side of messages
	leaf       bool   // none calls anything, nor usually does
	excessive  bool   // more than usual
	judged     bool   // by the sum

	normalCount, normalSum baseline.Norm
}

// sites are those of a trace, by an open-addressing table.
type sites struct {
	all   []site
	slots []int32 // index into all + 1
	of    []int32 // by span: its site + 1
}

// keptSites is how many spans a trace may have whose scratch is kept: some hundred kilobytes.
const keptSites = 1 << 14

func (s *sites) reset(spans int) {
	if cap(s.of) > keptSites {
		*s = sites{}
	}
	s.slots = reused(s.slots, 1<<bits.Len(uint(2*spans)))
	s.of = reused(s.of, spans)
	s.all = s.all[:0]
}

// reused is a slice of n zeros: the old one, if it is long enough and not longer than is kept.
func reused[T any](old []T, n int) []T {
	if cap(old) > 4*keptSites {
		old = nil
	}
	return reuse.Zeroed(old, n)
}

// add counts a span as a call from its parent.
func (s *sites) add(j *Judge, i, parent int32) {
	t, p := j.trace, j.placed
	from, op := t.Operations[parent], t.Operations[i]
	hash := mix(uint64(from)<<32 | uint64(op))
	mask := uint64(len(s.slots) - 1)
	at := hash & mask
	for s.slots[at] != 0 {
		if c := &s.all[s.slots[at]-1]; c.parent == from && c.op == op {
			break
		}
		at = (at + 1) & mask
	}
	if s.slots[at] == 0 {
		usual, _ := j.baseline.Children(op)
		s.all = append(s.all, site{parent: from, op: op, from: p.Start[i], to: p.End[i], first: i, longest: i, main: j.notes[i]&inMain != 0, leaf: usual == 0})
		s.slots[at] = int32(len(s.all))
		j.finding.Path ^= hash
	}
	s.of[i] = s.slots[at]
	c := &s.all[s.slots[at]-1]
	took := p.End[i] - p.Start[i]
	c.count++
	c.sum += took
	c.self += p.Self[i]
	c.leaf = c.leaf && p.Children[i] == 0
	c.from, c.to = min(c.from, p.Start[i]), max(c.to, p.End[i])
	if p.Start[i] < p.Start[c.first] {
		c.first = i
	}
	if took > c.mostTime {
		c.longest, c.mostTime = i, took
	}
	if t.Errors[i] != 0 {
		c.failed++
	}
}

// judgeSites looks for calls that are more, or take longer, than is usual for these calls from
// there within such a request. How long is asked only of what calls nothing itself: of others it
// is the calls of which they consist.
func (j *Judge) judgeSites() {
	all := j.sites.all
	for k := range all {
		c := &all[k]
		if !c.main || !j.known(c) {
			continue
		}
		c.normalCount, c.normalSum = j.baseline.Site(j.entry, c.parent, c.op)
		c.excessive = c.count > 1 && c.normalCount.Known() && float64(c.count) > c.normalCount.P90 &&
			c.normalCount.Surprise(float64(c.count)) >= unusual && c.normalSum.Surprise(float64(c.sum)) >= 1
		c.judged = c.leaf && c.normalSum.Known()
	}
	for k := range all {
		switch c := &all[k]; {
		case c.excessive:
			if !j.follows(c) {
				j.judgeCount(c)
			}
		case c.judged && c.self > 0:
			j.judgeSum(c)
		}
	}
}

// judgeCount looks at calls that are more than usual.
func (j *Judge) judgeCount(c *site) {
	extent := float64(c.to - c.from)
	time := min(float64(c.sum), extent)
	pattern := Repeated
	switch {
	case float64(c.sum) > extent*(1+criticalpath.DefaultTolerance):
		pattern = FanOut
	case c.failed > 0:
		pattern = Retry
	}
	count := float64(c.count)
	excess := time * (1 - c.normalCount.P50/count)
	if pattern == FanOut { // more of them at once take no longer
		excess = min(excess, extent-c.normalSum.P50/max(1, c.normalCount.P50))
	}
	j.notes[j.placed.Parents[c.longest]] |= busy
	j.callsExcess = max(j.callsExcess, excess)
	j.offer(c.longest, pattern, time, excess, c.normalCount.Surprise(count))
}

// judgeSum looks at calls that are as many as usual: at all of them together, which knows what is
// normal for such a request; at the first and the others apart, because names often say no more
// than select; and at the longest among all of its operation.
func (j *Judge) judgeSum(c *site) {
	best := part{self: float64(c.self)}
	best.excess = min(float64(c.sum)-c.normalSum.P50, best.self)
	j.weighPart(&best, c.normalSum, float64(c.sum), best.self)
	if c.count > 1 {
		first := float64(j.placed.End[c.first] - j.placed.Start[c.first])
		j.weighPart(&best, j.first(c), first, float64(j.placed.Self[c.first]))
		j.weighPart(&best, j.others(c), float64(c.sum)-first, float64(c.self-j.placed.Self[c.first]))
	}
	longest := float64(j.placed.Self[c.longest])
	j.weighPart(&best, j.baseline.Self(c.op), longest, longest)
	j.offer(c.longest, Slow, best.self, best.excess, best.surprise)
}

// part is what is unusual of some calls.
type part struct{ self, excess, surprise float64 }

// weighPart takes a part of the calls that took some time, of which self is on the path, if it is
// more of a surprise than another.
func (j *Judge) weighPart(best *part, n baseline.Norm, time, self float64) {
	excess := min(time-n.P50, self)
	if !n.Known() || time <= n.P90 || excess <= negligible*j.usual {
		return
	}
	if s := n.Surprise(time); s > best.surprise {
		best.excess, best.surprise = excess, s
	}
}

// norm is that of the time that calls of an operation from another take in all.
func (j *Judge) norm(entry, parent, op baseline.Operation) baseline.Norm {
	_, sum := j.baseline.Site(entry, parent, op)
	return sum
}

// known is whether a site's operations have numbers of their own. Sites of Other are neither judged
// nor learned, so that the keys below, which have it for an entry or a parent, are theirs alone.
func (j *Judge) known(c *site) bool { return j.entry != baseline.Other && c.parent != baseline.Other }

// first and others are the norms of the first of several calls, and of the sum of the others.
func (j *Judge) first(c *site) baseline.Norm { return j.norm(baseline.Other, c.parent, c.op) }

func (j *Judge) others(c *site) baseline.Norm { return j.norm(c.parent, baseline.Other, c.op) }

// waiting is the norm of a wait. A consumer is never called by its producer: others never has this key.
func (j *Judge) waiting(producer, consumer baseline.Operation) baseline.Norm {
	return j.norm(producer, baseline.Other, consumer)
}

// judged is whether a span's time was judged with its site.
func (s *sites) judged(i int32) bool {
	of := s.of[i]
	return of != 0 && s.all[of-1].judged
}

// follows is whether the calls are as many because their callers are.
func (j *Judge) follows(c *site) bool {
	caller := j.placed.Parents[c.first]
	of := j.sites.of[caller]
	return of != 0 && j.sites.all[of-1].excessive
}

// judgeWaits looks at the time between producers and consumers.
func (j *Judge) judgeWaits() {
	for _, w := range j.placed.Waits {
		spans, ops := j.trace.Spans, j.trace.Operations
		wait := float64(w.Duration)
		if wait <= j.skews.of(spans[w.Producer].Clock)+j.skews.of(spans[w.Consumer].Clock) {
			continue
		}
		if n := j.waiting(ops[w.Producer], ops[w.Consumer]); n.Known() && wait > n.P90 {
			j.offer(w.Consumer, Queue, wait, wait-n.P50, n.Surprise(wait))
		}
	}
}
