package semconvprocessor

import (
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// identity is what no two points of a stream may share: attributes and time. Where they
// begin does not tell them apart: of one series there is one point at one time.
type identity struct {
	attributes fingerprint
	time       pcommon.Timestamp
}

// class is the points that the translation gives one identity.
type class struct {
	// member and point say where the first one is: the metric's index and its own.
	member, point int
	// before is what its attributes were.
	before fingerprint
	// size and weight are those of what is to be added up.
	size   int
	weight float64
	// conflict: there is no exact sum, so that all keep the attributes that they have.
	conflict bool
}

// fate is what becomes of a point that has been identified.
type fate struct {
	class int
	kind  fateKind
}

type fateKind uint8

const (
	// first of its class, and mostly the only one.
	first fateKind = iota
	// summand: it is added to the first, if the class is no conflict.
	summand
	// twin: it was identical to the first before the translation.
	twin
	// again: another metric's point has the identity already.
	again
)

// identities finds points that will be the same. It holds one group's at a time.
type identities struct {
	seeds   seeds
	scratch []pending
	fates   []fate // by the points in the order of the group
	classes []class
	find    map[identity]int
	series  map[fingerprint]lifetime
}

func newIdentities() identities {
	return identities{
		seeds:  seeds{maphash.MakeSeed(), maphash.MakeSeed()},
		find:   map[identity]int{},
		series: map[fingerprint]lifetime{},
	}
}

func (d *identities) reset() {
	d.fates, d.classes = d.fates[:0], d.classes[:0]
	clear(d.find)
	clear(d.series)
}

// conflicts says whether any points had to keep their attributes.
func (d *identities) conflicts() bool {
	return slices.ContainsFunc(d.classes, func(c class) bool { return c.conflict })
}

func (d *identities) size() int { return max(cap(d.fates), cap(d.scratch)) }

// of gives the identities of the point whose translation was looked at last.
func (d *identities) of(w *work, changed bool) (before, after fingerprint) {
	before = d.seeds.current(&w.attrs)
	if !changed {
		return before, before
	}
	after, d.scratch = d.seeds.translated(d.scratch, &w.attrs, &w.result)
	return before, after
}

// identify gives every point of a group its fate. It says false where metrics cannot be
// put together: points of one that would move into another fall together, and without an
// exact sum.
func (s *shape[P, S]) identify(w *work, host int) bool {
	d := &w.identities
	d.reset()
	together := true
	temporality := temporalityOf(w.plans[host].metric)
	for i := host; i != none; i = w.plans[i].next {
		p := &w.plans[i]
		list := s.points(p.metric)
		for k := range list.Len() {
			at := list.At(k)
			before, after := d.of(w, w.inspect(p.rule.Points, at.Attributes(), p.rule.Place, 0))
			if d.again(w, i, after, at.StartTimestamp(), at.Timestamp(), temporality) {
				d.fates = append(d.fates, fate{kind: again})
				continue
			}
			together = s.place(w, i, k, before, identity{after, at.Timestamp()}, temporality) && together
		}
	}
	return together
}

// place puts the k-th point of metric i in its class.
func (s *shape[P, S]) place(w *work, i, k int, before fingerprint, id identity, t pmetric.AggregationTemporality) bool {
	d := &w.identities
	n, ok := d.find[id]
	if !ok {
		n = len(d.classes)
		d.find[id] = n
		d.classes = append(d.classes, class{member: i, point: k, before: before, size: 1})
		d.fates = append(d.fates, fate{n, first})
		return true
	}
	c := &d.classes[n]
	if before == c.before && w.plans[i].sameOrigin(&w.plans[c.member]) {
		d.fates = append(d.fates, fate{n, twin})
		return true
	}
	d.fates = append(d.fates, fate{n, summand})
	a, b := s.points(w.plans[c.member].metric).At(c.point), s.points(w.plans[i].metric).At(k)
	if !s.sums.exact(t, a, b) {
		c.conflict = true
	} else {
		if c.size == 1 {
			c.weight = s.sums.weight(a, w.plans[i].rule.Divide)
		}
		c.size++
		c.weight += s.sums.weight(b, w.plans[i].rule.Divide)
		c.conflict = c.conflict || c.weight > maxWeight
	}
	return !c.conflict || !w.plans[i].moves
}
