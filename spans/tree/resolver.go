package tree

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// Resolver resolves sets of spans, one after the other. It holds scratch, and is not safe for
// concurrent use.
type Resolver struct {
	seeds  [2]uint64
	table  []int32 // open addressing: index into groups + 1
	groups []group
	next   []int32 // of a span: the next one of its group, −1 at its end
	units  []unit
	order  []int32 // spans of one group in the order in which pieces are looked for
	place  []int32 // of a span: index into changes + 1
	result []Change
}

// group is the spans of one id in one trace.
type group struct {
	traceLow, id uint64
	first, last  int32
	units        int32 // where its units begin, of one that was looked at
	unitCount    int32
	clientID     uint64 // the new one
	double       bool
	shared       bool
}

// unit is one span, in one piece or several.
type unit struct {
	first    int32 // the earliest piece
	endpoint Endpoint
	kind     Kind
	shared   bool
	pieces   int32
	parent   uint64
	newID    uint64 // 0 where it keeps its own
}

// scratchSpans is the largest set whose scratch is kept: about 3 MB.
const scratchSpans = 1 << 15

// Resolve says what has to change so that each id is one span's, in the order of spans. Nothing
// is said of spans that stay as they are. The result is valid until the next call.
//
// Pieces are found by Zipkin's rule (zipkin2.internal.Trace, cleanup): of the spans of one id,
// ordered by shared, CLIENT first, then endpoint, neighbours are one where neither shared flag
// nor endpoint nor kind is in conflict. A SERVER beside a CLIENT of its id is shared whether it
// says so or not.
func (r *Resolver) Resolve(spans []Span, side Side) []Change {
	r.begin(len(spans))
	defer r.end()
	if !r.group(spans) {
		return nil
	}
	for g := range r.groups {
		if r.groups[g].double || r.groups[g].shared {
			r.findUnits(spans, &r.groups[g])
		}
	}
	renamed := false
	for g := range r.groups {
		if r.groups[g].unitCount > 0 && side != KeepIDs {
			renamed = r.assign(&r.groups[g], side) || renamed
		}
	}
	for g := range r.groups {
		r.tellUnits(spans, &r.groups[g], side)
	}
	if renamed {
		r.moveChildren(spans)
	}
	clear(r.place)
	slices.SortFunc(r.result, func(a, b Change) int { return cmp.Compare(a.Span, b.Span) })
	return r.result
}

func (r *Resolver) begin(n int) {
	if r.seeds[0] == 0 {
		r.seeds = [2]uint64{rand.Uint64() | 1, rand.Uint64()}
	}
	size := max(16, 1<<bits.Len(uint(2*n)))
	if len(r.table) < size {
		r.table = make([]int32, size)
	} else {
		clear(r.table)
	}
	r.groups, r.units, r.result = r.groups[:0], r.units[:0], r.result[:0]
	if cap(r.next) < n {
		r.next = make([]int32, n)
	}
	r.next = r.next[:n]
}

func (r *Resolver) end() {
	if cap(r.next) > scratchSpans {
		result := r.result
		*r = Resolver{seeds: r.seeds, result: result}
	}
	clear(r.units) // they hold strings
}

// group puts spans of one id together, and says whether there is anything to look at.
func (r *Resolver) group(spans []Span) bool {
	odd := false
	for i := range spans {
		s := &spans[i]
		at := r.slot(s.TraceLow, s.ID)
		r.next[i] = -1
		if r.table[at] == 0 {
			r.groups = append(r.groups, group{traceLow: s.TraceLow, id: s.ID, first: int32(i), last: int32(i), shared: s.Shared})
			r.table[at] = int32(len(r.groups))
			odd = odd || s.Shared
			continue
		}
		g := &r.groups[r.table[at]-1]
		r.next[g.last] = int32(i)
		g.last, g.double, g.shared, odd = int32(i), true, g.shared || s.Shared, true
	}
	return odd
}

// slot is where in the table an id is, or would be. The hash is seeded, so nobody makes ids for
// one slot.
func (r *Resolver) slot(traceLow, id uint64) uint64 {
	high, low := bits.Mul64(traceLow^r.seeds[0], id^r.seeds[1])
	mask := uint64(len(r.table) - 1)
	at := (high ^ low) & mask
	for r.table[at] != 0 {
		if g := &r.groups[r.table[at]-1]; g.traceLow == traceLow && g.id == id {
			break
		}
		at = (at + 1) & mask
	}
	return at
}

// findUnits finds the spans behind one id.
func (r *Resolver) findUnits(spans []Span, g *group) {
	r.order = r.order[:0]
	for i := g.first; i >= 0; i = r.next[i] {
		r.order = append(r.order, i)
	}
	slices.SortFunc(r.order, func(a, b int32) int { return compare(&spans[a], &spans[b], a, b) })
	g.units = int32(len(r.units))
	client, producer := false, false
	for _, i := range r.order {
		s := &spans[i]
		if n := len(r.units); n > int(g.units) && r.units[n-1].takes(s) {
			r.units[n-1].add(s, i, spans)
			continue
		}
		client, producer = client || s.Kind == Client, producer || s.Kind == Producer
		r.units = append(r.units, unit{first: i, endpoint: s.Endpoint, kind: s.Kind, shared: s.Shared, parent: s.Parent, pieces: 1})
	}
	g.unitCount = int32(len(r.units)) - g.units
	for u := range r.unitsOf(g) {
		unit := &r.unitsOf(g)[u]
		switch {
		case unit.kind == Client:
			unit.shared = false
		case unit.kind == Server && client, unit.kind == Consumer && producer:
			unit.shared = true
		}
	}
}

func (r *Resolver) unitsOf(g *group) []unit { return r.units[g.units : g.units+g.unitCount] }

func (u *unit) takes(s *Span) bool {
	return u.shared == s.Shared && !differ(u.kind, s.Kind) && !u.endpoint.conflicts(&s.Endpoint)
}

func (u *unit) add(s *Span, i int32, spans []Span) {
	u.endpoint.fill(&s.Endpoint)
	if u.kind == Unspecified {
		u.kind = s.Kind
	}
	// The earliest piece that has a parent gives it.
	if s.Parent != 0 && (u.parent == 0 || i < u.first) {
		u.parent = s.Parent
	}
	u.first = min(u.first, i)
	if p := spans[u.first].Parent; p != 0 {
		u.parent = p
	}
	u.pieces++
}

// compare orders the spans of one id, so that pieces are neighbours.
func compare(a, b *Span, i, j int32) int {
	return cmp.Or(
		compareBool(a.Shared, b.Shared),
		compareBool(a.Kind != Client, b.Kind != Client),
		strings.Compare(a.Endpoint.Service, b.Endpoint.Service),
		a.Endpoint.IPv4.Compare(b.Endpoint.IPv4),
		a.Endpoint.IPv6.Compare(b.Endpoint.IPv6),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Endpoint.Port, b.Endpoint.Port),
		cmp.Compare(i, j),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// assign gives new ids to the spans behind one id, and says whether any has one. One keeps it:
// the client's with NewServerID, a server's with NewClientID, whoever is there without the
// other. Two that are neither pieces nor sides of a call have one id by mistake.
func (r *Resolver) assign(g *group, side Side) (renamed bool) {
	units := r.unitsOf(g)
	anyShared := slices.ContainsFunc(units, func(u unit) bool { return u.shared })
	owned := false
	for i := range units {
		u := &units[i]
		toClient := side == NewClientID && anyShared && !u.shared
		switch {
		case !owned && !toClient && (side == NewClientID || !u.shared):
			owned = true
		case toClient && g.clientID == 0 && (u.kind == Client || u.kind == Producer):
			u.newID = unused(units[:i], ClientID(g.traceLow, g.id, u.endpoint), g)
			g.clientID = u.newID
		default:
			u.newID = unused(units[:i], ServerID(g.traceLow, g.id, u.endpoint), g)
		}
		renamed = renamed || u.newID != 0
	}
	return renamed
}

// unused is an id that none of the other spans behind the same one has got: two of one
// endpoint, with kinds in conflict, would.
func unused(others []unit, id uint64, g *group) uint64 {
	const most = 64 // spans of one id in one process; more are not told apart
	for i := range min(len(others), most) {
		if others[i].newID == id {
			id = ServerID(g.traceLow, id, others[i].endpoint)
		}
	}
	return id
}

// tellUnits says what is new of the spans behind one id, but for parents that have moved.
func (r *Resolver) tellUnits(spans []Span, g *group, side Side) {
	units := r.unitsOf(g)
	for i := range units {
		u := &units[i]
		id, parent := g.id, u.parent
		if u.newID != 0 {
			id = u.newID
		}
		if u.shared && side == NewServerID {
			parent = g.id
		} else if u.shared && g.clientID != 0 {
			parent = g.clientID
		}
		u.parent = parent
		s := &spans[u.first]
		if u.pieces > 1 || id != s.ID || parent != s.Parent || u.shared != s.Shared {
			r.tell(Change{Span: int(u.first), Into: -1, ID: id, Parent: parent, Shared: u.shared}, len(spans))
		}
	}
	if g.double {
		r.tellPieces(spans, g)
	}
}

// tellPieces says which spans are pieces. Neighbours in order are one unit's, as long as it has
// pieces.
func (r *Resolver) tellPieces(spans []Span, g *group) {
	r.order = r.order[:0]
	for i := g.first; i >= 0; i = r.next[i] {
		r.order = append(r.order, i)
	}
	slices.SortFunc(r.order, func(a, b int32) int { return compare(&spans[a], &spans[b], a, b) })
	at := 0
	for _, u := range r.unitsOf(g) {
		for range u.pieces {
			if i := r.order[at]; i != u.first {
				id := g.id
				if u.newID != 0 {
					id = u.newID
				}
				r.tell(Change{Span: int(i), Into: int(u.first), ID: id, Parent: u.parent, Shared: u.shared}, len(spans))
			}
			at++
		}
	}
}

func (r *Resolver) tell(c Change, n int) {
	if len(r.place) < n {
		r.place = make([]int32, n)
	}
	r.result = append(r.result, c)
	r.place[c.Span] = int32(len(r.result))
}

// mostSides is how many spans behind one id their children are looked up among.
const mostSides = 16

// moveChildren puts spans under the new id of their parent, by Zipkin's rule (SpanNode): the
// span of their own process comes first.
func (r *Resolver) moveChildren(spans []Span) {
	for i := range spans {
		c := Change{Span: i, Into: -1, ID: spans[i].ID, Parent: spans[i].Parent, Shared: spans[i].Shared}
		told := r.place[i]
		if told != 0 {
			c = r.result[told-1]
		}
		// A shared span's parent is the client's side, which is settled.
		if c.Parent == 0 || c.Shared || c.Into >= 0 {
			continue
		}
		number := r.table[r.slot(spans[i].TraceLow, c.Parent)]
		if number == 0 {
			continue
		}
		parent := parentAmong(r.unitsOf(&r.groups[number-1]), &spans[i].Endpoint)
		if parent == 0 || parent == c.ID {
			continue
		}
		c.Parent = parent
		if told != 0 {
			r.result[told-1] = c
		} else {
			r.result = append(r.result, c)
		}
	}
}

// parentAmong is the new id of the span that one of an endpoint belongs under, 0 where that
// keeps its id.
func parentAmong(units []unit, e *Endpoint) uint64 {
	units = units[:min(len(units), mostSides)]
	for i := range units {
		if u := &units[i]; u.shared && u.endpoint.sameProcess(e) {
			return u.newID
		}
	}
	for i := range units {
		if u := &units[i]; u.endpoint.sameProcess(e) {
			return u.newID
		}
	}
	return 0
}
