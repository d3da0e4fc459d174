package criticalpath

import "slices"

// frame is a span on the path, between the root and where the walk is.
type frame struct {
	span       int32
	start, end uint64 // the part of the span that is on the path
	until      uint64 // what comes after it is done with
	slack      uint64 // how far after until a child may end
	children   int32  // where its candidates begin; they end where the next frame's begin
	next       int32  // the first of them that is not done with
}

// findPaths finds the sections of every root.
func (a *Analyzer) findPaths(spans []Span) {
	t := &a.trace
	for _, root := range t.Roots {
		from := len(t.Sections)
		if !a.Strict || t.Marks[root]&(Orphan|Async) == 0 {
			a.walk(spans, root)
		}
		slices.Reverse(t.Sections[from:])
		t.Ends = append(t.Ends, int32(len(t.Sections)))
	}
}

// walk goes from a root's end back to its start. Whenever a child on the path is there whose
// turn it is, the walk goes on in the child.
func (a *Analyzer) walk(spans []Span, root int32) {
	a.enter(spans, root, a.trace.Start[root], a.trace.End[root])
	for len(a.stack) > 0 {
		f := &a.stack[len(a.stack)-1]
		c := a.lastBefore(f)
		if c == nil {
			a.add(f.span, f.start, f.until)
			a.candidates = a.candidates[:f.children]
			a.stack = a.stack[:len(a.stack)-1]
			continue
		}
		end := min(c.end, f.until)
		a.add(f.span, end, f.until)
		f.until = c.start
		a.enter(spans, c.span, c.start, end)
	}
}

// enter puts a span on the stack, and its children that have some of the time, in the order
// of their turn.
func (a *Analyzer) enter(spans []Span, i int32, start, end uint64) {
	t := &a.trace
	from := len(a.candidates)
	if t.Children[i] > 0 {
		for c := a.first[i] - 1; c >= 0; c = a.next[c] - 1 {
			if s, e := max(start, t.Start[c]), min(end, t.End[c]); s < e && t.Marks[c]&Async == 0 {
				a.candidates = append(roomy(a.candidates), candidate{end: e, start: s, span: c})
			}
		}
		a.sort(spans, a.candidates[from:])
	}
	a.stack = append(roomy(a.stack), frame{
		span: i, start: start, end: end, until: end, slack: a.slack(end - start),
		children: int32(from), next: int32(from),
	})
}

// lastBefore gives the next child that ended when the one before it in the walk began. What
// is passed over ran beside that one, and will beside all that come later in the walk.
func (a *Analyzer) lastBefore(f *frame) *candidate {
	for int(f.next) < len(a.candidates) {
		c := &a.candidates[f.next]
		f.next++
		if a.isBefore(c, f) {
			return c
		}
	}
	return nil
}

func (a *Analyzer) isBefore(c *candidate, f *frame) bool {
	if a.Strict {
		return c.end < f.until || f.until == f.end
	}
	return c.start < f.until && (c.end <= f.until || c.end-f.until <= f.slack)
}

// slack is the tolerance among the children of a span of some duration.
func (a *Analyzer) slack(duration uint64) uint64 {
	switch {
	case a.Tolerance >= 1:
		return duration
	case a.Tolerance > 0:
		return uint64(a.Tolerance * float64(duration))
	}
	return 0
}

// add notes that the time between is spent in a span.
func (a *Analyzer) add(span int32, start, end uint64) {
	if start < end {
		a.trace.Sections = append(roomy(a.trace.Sections), Section{Span: span, Start: start, End: end})
		a.trace.Self[span] += end - start
	}
}
