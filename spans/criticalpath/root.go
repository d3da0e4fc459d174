package criticalpath

import (
	"cmp"
	"slices"
)

// root is what roots are ordered by.
type root struct {
	group Mark // 0, Orphan, Async: smaller ones come first
	span  int32
	start uint64
}

// findRoots parts async spans from their parents, counts the children that stay, and puts
// the roots in order.
func (a *Analyzer) findRoots() {
	t := &a.trace
	a.roots = a.roots[:0]
	for _, i := range t.Order {
		if t.Marks[i]&Async != 0 {
			t.Parents[i] = -1
		}
		if parent := t.Parents[i]; parent >= 0 {
			t.Children[parent]++
		} else {
			a.roots = append(roomy(a.roots), root{group: t.Marks[i] & (Orphan | Async), start: t.Start[i], span: i})
		}
	}
	slices.SortFunc(a.roots, func(a, b root) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.start, b.start), cmp.Compare(a.span, b.span))
	})
	t.Roots = slices.Grow(t.Roots[:0], len(a.roots))
	for i := range a.roots {
		t.Roots = append(t.Roots, a.roots[i].span)
	}
	t.Ends = slices.Grow(t.Ends[:0], len(a.roots))
}
