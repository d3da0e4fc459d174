package tree

import (
	"cmp"
	"slices"
)

// whole is a span put together of its pieces: one side of its id.
type whole struct {
	id, parent uint64 // what they become
	endpoint   Endpoint
	first      int32 // the earliest piece
	parentFrom int32 // the piece that the parent is of
	from, to   int32 // the wholes of its id
	kind       Kind
	shared     bool
}

// maxWholes is with how many wholes of its id a span is compared, and a child. A call has two
// sides, and one more for every server that a proxy tried; more than 32 are no honest call's,
// and to compare all with all would take minutes.
const maxWholes = 32

// putTogether makes wholes of the spans of one id.
//
// Zipkin sorts them and joins a span to the one before if both or none of them are
// shared and their endpoints do not conflict (Trace.merge). Here it is joined to the last one
// that it fits, also if others stand between, so that no two wholes are left that would
// fit. Kinds must fit, too: of a process's call to itself, Zipkin makes one span.
func (r *Resolver) putTogether(spans []Span, head int32) []whole {
	r.order = append(r.order[:0], head)
	for i := r.next[head]; i != 0; i = r.next[i] {
		r.order = append(r.order, i)
	}
	slices.SortFunc(r.order, func(a, b int32) int { return compareSpans(&spans[a], &spans[b]) })
	shared := slices.IndexFunc(r.order, func(i int32) bool { return spans[i].isShared() })
	if shared < 0 {
		shared = len(r.order)
	}

	from := len(r.wholes)
	r.join(spans, r.order[:shared], from)
	inferShared(r.wholes[from:])
	r.join(spans, r.order[shared:], from)
	ws := r.wholes[from:]
	for i := range ws {
		ws[i].from, ws[i].to = int32(from), int32(len(r.wholes))
	}
	return ws
}

// compareSpans orders the spans of one id: the shared last, of the others the clients first.
// A span that says less of its kind then comes before one that says more, whichever was
// reported first.
func compareSpans(a, b *Span) int {
	return cmp.Or(
		falseFirst(a.isShared(), b.isShared()),
		falseFirst(a.Kind != Client, b.Kind != Client),
		a.Endpoint.compare(&b.Endpoint),
		cmp.Compare(a.Kind, b.Kind),
	)
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// join adds spans of one id, in their order, to its wholes, which begin at from.
func (r *Resolver) join(spans []Span, order []int32, from int) {
	for _, i := range order {
		s := &spans[i]
		at := r.fitting(s, from)
		if at < 0 {
			at = len(r.wholes)
			r.wholes = append(r.wholes, whole{id: s.ID, first: i, shared: s.isShared()})
		}
		r.wholes[at].add(s, i)
		r.of[i] = int32(at) + 1
	}
}

// fitting is the last whole that a span fits, -1 if there is none.
func (r *Resolver) fitting(s *Span, from int) int {
	for at := len(r.wholes) - 1; at >= max(from, len(r.wholes)-maxWholes); at-- {
		if r.wholes[at].fits(s) {
			return at
		}
	}
	return -1
}

func (w *whole) fits(s *Span) bool {
	return w.shared == s.isShared() &&
		(w.kind == Unspecified || s.Kind == Unspecified || w.kind == s.Kind) &&
		!w.endpoint.conflicts(&s.Endpoint)
}

// add takes a piece: what it has and the others do not, and of several parents the earliest's.
func (w *whole) add(s *Span, at int32) {
	w.first = min(w.first, at)
	if p := s.parent(); p != 0 && (w.parent == 0 || at < w.parentFrom) {
		w.parent, w.parentFrom = p, at
	}
	w.endpoint.fill(&s.Endpoint)
	w.kind = max(w.kind, s.Kind)
}

// inferShared finds servers that do not say that they share, beside the client whose id it
// is: some instrumentation forgets (Trace.merge). Zipkin looks at the first one after the
// client only, and not at messages.
func inferShared(ws []whole) {
	if !slices.ContainsFunc(ws, func(w whole) bool { return w.kind == Client || w.kind == Producer }) {
		return
	}
	for i := range ws {
		ws[i].shared = ws[i].kind == Server || ws[i].kind == Consumer
	}
}
