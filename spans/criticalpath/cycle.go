package criticalpath

import "github.com/koine-otel/koine/spans/reuse"

// breakCycles makes the earliest span of every cycle of parents an orphan. It walks up from
// each span until it comes to where a walk has been, so that each is passed once.
func (a *Analyzer) breakCycles(spans []Span) {
	parents := a.trace.Parents
	a.walks = reuse.Zeroed(a.walks, len(spans))
	for i := range spans {
		walk := int32(i) + 1
		at := int32(i)
		for at >= 0 && a.walks[at] == 0 {
			a.walks[at] = walk
			at = parents[at]
		}
		if at >= 0 && a.walks[at] == walk {
			first := earliestOfCycle(spans, parents, at)
			parents[first] = -1
			a.trace.Marks[first] |= Orphan
		}
	}
}

func earliestOfCycle(spans []Span, parents []int32, on int32) int32 {
	first := on
	for at := parents[on]; at != on; at = parents[at] {
		if earlier(spans, at, first) {
			first = at
		}
	}
	return first
}
