package criticalpath

import (
	"github.com/koine-otel/koine/spans/reuse"
	"github.com/koine-otel/koine/spans/tree"
)

// link makes the lists of children, each in the order of the spans.
func (a *Analyzer) link() {
	parents := a.trace.Parents
	a.first = reuse.Zeroed(a.first, len(parents))
	a.next = reuse.Zeroed(a.next, len(parents))
	for i := len(parents) - 1; i >= 0; i-- {
		if p := parents[i]; p >= 0 {
			a.next[i], a.first[p] = a.first[p], int32(i)+1
		}
	}
}

// place goes through all trees, each span before its children, and says when it was.
func (a *Analyzer) place(spans []Span) {
	a.skewed = false
	for i := 1; i < len(spans) && !a.Strict && !a.skewed; i++ {
		a.skewed = spans[i].Clock != spans[0].Clock
	}
	if a.skewed {
		a.clocks.reset(len(spans))
		a.before = reuse.Zeroed(a.before, len(spans))
	}
	for i, parent := range a.trace.Parents {
		if parent < 0 && a.trace.Marks[i]&Duplicate == 0 {
			a.placeTree(spans, int32(i))
		}
	}
}

func (a *Analyzer) placeTree(spans []Span, root int32) {
	at := root
	a.placeSpan(spans, at)
	for {
		if a.first[at] != 0 {
			at = a.first[at] - 1
			a.placeSpan(spans, at)
			continue
		}
		for at != root && a.next[at] == 0 {
			a.leaveClock(spans, at)
			at = a.trace.Parents[at]
		}
		a.leaveClock(spans, at)
		if at == root {
			return
		}
		at = a.next[at] - 1
		a.placeSpan(spans, at)
	}
}

func (a *Analyzer) placeSpan(spans []Span, i int32) {
	t, s := &a.trace, &spans[i]
	t.Order = append(t.Order, i)
	start, end := s.Start, s.End
	if end < start {
		end = start
		t.Marks[i] |= Negative
	}
	if a.skewed {
		if shift := a.shiftOf(spans, i, start, end); shift != 0 {
			start, end = shifted(start, shift), shifted(end, shift)
			t.Shift[i] = shift
			t.Marks[i] |= Shifted
		}
	}
	t.Start[i], t.End[i] = start, end
	if parent := t.Parents[i]; parent >= 0 {
		a.compareWithParent(spans, i, parent)
	}
}

func (a *Analyzer) compareWithParent(spans []Span, i, parent int32) {
	t := &a.trace
	message := spans[parent].Kind == tree.Producer && spans[i].Kind == tree.Consumer
	if message {
		wait := t.Start[i] - min(t.Start[i], t.End[parent])
		t.Waits = append(t.Waits, Wait{Producer: parent, Consumer: i, Duration: wait})
	}
	switch {
	case message || t.Start[i] >= t.End[parent] && t.Start[i] > t.Start[parent]:
		t.Marks[i] |= Async
	case t.End[i] > t.End[parent]:
		t.Marks[i] |= Outlives
	}
}
