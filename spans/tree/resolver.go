package tree

import (
	"slices"

	"github.com/koine-otel/koine/spans/reuse"
)

// Resolver resolves lists of spans, one after the other. It is not safe for concurrent
// use; its zero value is ready, and between lists it holds some memory but no strings.
type Resolver struct {
	ids    idTable
	next   []int32 // by span: the next one of its id, 0 is none (span 0 is never a next)
	heads  []int32 // the first span of each id that repeats or is shared
	order  []int32 // the spans of one id
	wholes []whole // those of one id stand together
	of     []int32 // by span: its whole's index + 1, 0 for a span alone

	changes []Change
}

// keptSpans is the longest list whose scratch is kept: at most 200 B a span, 3 MiB. Zipkin's
// reporters send up to 500 kB, 1,000 spans or so; for more, allocating is not what costs.
const keptSpans = 1 << 14

// Resolve gives the spans for which something changed, in the order of the list; nothing is
// changed in place. The result is valid until the next call. Spans belong together by span
// id and the low half of the trace id, so that both forms of a trace id are one; a
// span without an id belongs to none.
//
// It takes time in proportion to the spans, and to sort those that share one id. If no id
// repeats and no span is shared, it allocates nothing once the table is large enough.
func (r *Resolver) Resolve(spans []Span, side Side) []Change {
	if cap(r.changes) > keptSpans {
		r.changes = nil
	}
	r.changes = r.changes[:0]
	if r.index(spans) {
		r.of = reuse.Zeroed(r.of, len(spans))
		r.wholes = slices.Grow(r.wholes, 2*len(r.heads)) // mostly a client and a server
		r.changes = slices.Grow(r.changes, len(r.heads))
		for _, head := range r.heads {
			ws := r.putTogether(spans, head)
			giveIDs(ws, spans[head].TraceLow, spans[head].ID, side)
		}
		r.collect(spans, side)
		clear(r.wholes) // they hold strings
		r.wholes = r.wholes[:0]
	}
	if len(spans) > keptSpans {
		*r = Resolver{changes: r.changes}
	}
	return r.changes
}

// index notes which spans have one id, and reports whether anything is to be done.
func (r *Resolver) index(spans []Span) bool {
	r.ids.reset(len(spans))
	r.next = reuse.Zeroed(r.next, len(spans))
	r.heads = r.heads[:0]
	selfParents := false
	for i := range spans {
		s := &spans[i]
		if s.ID == 0 {
			continue
		}
		selfParents = selfParents || s.Parent == s.ID
		at := int32(i)
		switch head := r.ids.insert(spans, at); {
		case head == at:
			if s.isShared() {
				r.heads = append(r.heads, at)
			}
		default:
			if r.next[head] == 0 && !spans[head].isShared() {
				r.heads = append(r.heads, head)
			}
			r.next[at], r.next[head] = r.next[head], at
		}
	}
	return selfParents || len(r.heads) > 0
}

// collect writes the changes down, and moves children to the side of their parent's id that
// is theirs.
func (r *Resolver) collect(spans []Span, side Side) {
	for i := range spans {
		s := &spans[i]
		c := Change{Span: i, Into: -1, ID: s.ID, Parent: s.parent(), Shared: s.isShared()}
		endpoint, w := &s.Endpoint, (*whole)(nil)
		if at := r.of[i]; at != 0 {
			w = &r.wholes[at-1]
			c.ID, c.Parent, c.Shared = w.id, w.parent, w.shared
			endpoint = &w.endpoint
			if int(w.first) != i {
				c.Into = int(w.first)
			}
		}
		// A shared span's parent is its client, which is not found by endpoint.
		if c.Into < 0 && c.Parent != 0 && !c.Shared && side != KeepIDs {
			if to := r.sideOf(spans, s.TraceLow, c.Parent, endpoint); to != c.ID {
				c.Parent = to
			}
			if w != nil {
				w.parent = c.Parent // for the pieces, which come later
			}
		}
		if c.Into >= 0 || c.ID != s.ID || c.Parent != s.Parent || c.Shared != s.isShared() {
			r.changes = append(r.changes, c)
		}
	}
}

// sideOf gives the new id of the span of an old id that is of the same endpoint, a server's
// first (SpanNode.Builder.process). A child whose endpoint says nothing stays with
// whom the id stayed with.
func (r *Resolver) sideOf(spans []Span, traceLow, id uint64, endpoint *Endpoint) uint64 {
	head := r.ids.find(spans, traceLow, id)
	if head < 0 || r.of[head] == 0 {
		return id
	}
	w := &r.wholes[r.of[head]-1]
	ws := r.wholes[w.from:min(w.to, w.from+maxWholes)]
	for _, shared := range [...]bool{true, false} {
		for i := range ws {
			if ws[i].shared == shared && ws[i].endpoint.same(endpoint) {
				return ws[i].id
			}
		}
	}
	return id
}
