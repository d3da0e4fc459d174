package semconvlint

import "cmp"

// CompareExamples orders examples, so that the first of them does not depend on who saw what. Of
// sources that end in a number the shorter is the lesser number.
func CompareExamples(a, b *Example) int {
	return cmp.Or(a.before(b), cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.SpanID, b.SpanID))
}

// before compares what two examples have without ids.
func (x Example) before(y *Example) int {
	return cmp.Or(compareSources(x.Source, y.Source), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Value, y.Value))
}

func compareSources(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// See makes an element the example if it comes before it. To clip one takes a while, to make one
// two allocations: most are seen to be later without.
func (x *Example) See(e *Element) {
	if compareSources(clip(e.Source), x.Source) > 0 {
		return
	}
	if y := (Example{Name: e.Name, Source: e.Source}).clipped(); y.before(x) > 0 {
		return
	}
	if y := e.Example("").clipped(); CompareExamples(&y, x) < 0 {
		*x = y.cloned()
	}
}
