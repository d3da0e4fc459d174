package main

import (
	"cmp"
	"slices"
)

// bottleneck is where, and how, time was lost.
type bottleneck struct{ service, operation, pattern string }

// planted is the one that is to be found: the catalog's prices() asks for one item after the
// other.
func (b bottleneck) planted() bool { return b.service == "catalog" && b.pattern == "repeated" }

// bottleneck is what the collector says of the trace, on its root; how many seconds that is above
// what is normal.
func (t trace) bottleneck() (b bottleneck, excess float64) {
	for _, s := range t.spans {
		m := s.Attributes()
		if v, ok := m.Get("koine.bottleneck.excess"); ok {
			excess = v.Double()
			b = bottleneck{text(m, "koine.bottleneck.service"), text(m, "koine.bottleneck.operation"), text(m, "koine.bottleneck.pattern")}
		}
	}
	return b, excess
}

// wedding says whether the trace is of an order that is large enough for the planted bottleneck.
func (t trace) wedding() bool {
	for _, s := range t.spans {
		for _, group := range t.children(s) {
			if len(group) >= weddingItems {
				return true
			}
		}
	}
	return false
}

// cause is a bottleneck with what it has cost.
type cause struct {
	bottleneck
	traces int
	excess float64 // s
}

// accident says whether the cause was seen in no more traces than there are requests at a time:
// one stall of a busy machine, say.
func (c cause) accident() bool { return c.traces <= customers }

// causes are those that kept traces name for something unusual, those first that cost the most,
// and accidents last.
func causes(kept []trace) []cause {
	found := map[bottleneck]*cause{}
	for _, t := range kept {
		b, excess := t.bottleneck()
		if b.pattern == "" {
			continue // nothing unusual
		}
		if found[b] == nil {
			found[b] = &cause{bottleneck: b}
		}
		found[b].traces++
		found[b].excess += excess
	}
	var all []cause
	for _, c := range found {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b cause) int {
		if a.accident() != b.accident() {
			if a.accident() {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.excess, a.excess), cmp.Compare(a.service+a.operation+a.pattern, b.service+b.operation+b.pattern))
	})
	return all
}
