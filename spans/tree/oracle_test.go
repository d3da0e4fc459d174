package tree

import (
	"cmp"
	"fmt"
	"slices"
)

// oracle resolves the simple way: every span is compared with every other, and nothing is
// kept that can be looked up.
type oracle struct {
	spans    []Span
	side     Side
	sets     [][]int      // the pieces of each span, in the order in which they were found
	inferred map[int]bool // by set
	ids      map[int]uint64
}

func naive(spans []Span, side Side) []Change {
	o := &oracle{spans: spans, side: side, inferred: map[int]bool{}, ids: map[int]uint64{}}
	o.partition()
	o.rename()
	var changes []Change
	for i := range spans {
		set := o.setOf(i)
		first := slices.Min(o.sets[set])
		c := Change{Span: i, Into: -1, ID: o.ids[set], Parent: o.newParent(set), Shared: o.shared(set)}
		if first != i {
			c.Into = first
		}
		if c != (Change{Span: i, Into: -1, ID: spans[i].ID, Parent: spans[i].Parent, Shared: o.says(i)}) {
			changes = append(changes, c)
		}
	}
	return changes
}

// says is whether a span itself says that it is shared.
func (o *oracle) says(i int) bool { return o.spans[i].Shared && o.spans[i].Kind != Client }

// partition goes through all spans in the order of a text that puts them as the rules say.
func (o *oracle) partition() {
	all := make([]int, len(o.spans))
	for i := range all {
		all[i] = i
	}
	key := func(i int) string {
		s := o.spans[i]
		last := func(unknown bool, v any) string {
			if unknown {
				return "~"
			}
			return fmt.Sprintf("%-20v", v)
		}
		e := s.Endpoint
		return fmt.Sprintf("%t %t %t %s %s %s %s %d", o.says(i), s.Kind != Client, e != Endpoint{},
			last(e.Service == "", e.Service), last(!e.IPv4.IsValid(), e.IPv4), last(!e.IPv6.IsValid(), e.IPv6),
			last(e.Port == 0, fmt.Sprintf("%05d", e.Port)), s.Kind)
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(key(a), key(b)) })
	for _, i := range all {
		if !o.says(i) {
			o.place(i)
		}
	}
	for a := range o.sets {
		for b := range o.sets {
			caller, callee := o.kind(a), o.kind(b)
			if o.sameID(a, b) && (caller == Client || caller == Producer) && (callee == Server || callee == Consumer) {
				o.inferred[b] = true
			}
		}
	}
	for _, i := range all {
		if o.says(i) {
			o.place(i)
		}
	}
}

func (o *oracle) place(i int) {
	for set := len(o.sets) - 1; set >= 0 && o.spans[i].ID != 0; set-- {
		if o.shared(set) == o.says(i) && !slices.ContainsFunc(o.sets[set], func(j int) bool { return o.apart(i, j) }) {
			o.sets[set] = append(o.sets[set], i)
			return
		}
	}
	o.sets = append(o.sets, []int{i})
}

// apart is whether two spans contradict each other.
func (o *oracle) apart(i, j int) bool {
	a, b := o.spans[i], o.spans[j]
	return a.ID != b.ID || a.TraceLow != b.TraceLow || a.Kind*b.Kind != 0 && a.Kind != b.Kind || clash(a.Endpoint, b.Endpoint)
}

func clash(a, b Endpoint) bool {
	return a.Service != "" && b.Service != "" && a.Service != b.Service ||
		a.Port != 0 && b.Port != 0 && a.Port != b.Port ||
		a.IPv4.IsValid() && b.IPv4.IsValid() && a.IPv4 != b.IPv4 ||
		a.IPv6.IsValid() && b.IPv6.IsValid() && a.IPv6 != b.IPv6
}

func (o *oracle) setOf(i int) int {
	return slices.IndexFunc(o.sets, func(set []int) bool { return slices.Contains(set, i) })
}

func (o *oracle) shared(set int) bool { return o.inferred[set] || o.says(o.sets[set][0]) }

func (o *oracle) kind(set int) (k Kind) {
	for _, i := range o.sets[set] {
		k |= o.spans[i].Kind // all that have one have the same
	}
	return k
}

func (o *oracle) sameID(a, b int) bool {
	i, j := o.spans[o.sets[a][0]], o.spans[o.sets[b][0]]
	return i.ID != 0 && i.ID == j.ID && i.TraceLow == j.TraceLow
}

func (o *oracle) endpoint(set int) (e Endpoint) {
	for _, i := range o.sets[set] {
		p := o.spans[i].Endpoint
		e = Endpoint{max(e.Service, p.Service), e.IPv4, e.IPv6, max(e.Port, p.Port)}
		if p.IPv4.IsValid() {
			e.IPv4 = p.IPv4
		}
		if p.IPv6.IsValid() {
			e.IPv6 = p.IPv6
		}
	}
	return e
}

// callers and servers are the sets of an id on its two sides, the client to be first.
func (o *oracle) sidesOf(set int) (callers, servers []int) {
	for other := range o.sets {
		switch {
		case !o.sameID(set, other):
		case o.shared(other):
			servers = append(servers, other)
		default:
			callers = append(callers, other)
		}
	}
	rank := map[Kind]int{Client: -2, Producer: -1}
	slices.SortStableFunc(callers, func(a, b int) int { return cmp.Compare(rank[o.kind(a)], rank[o.kind(b)]) })
	return callers, servers
}

func (o *oracle) rename() {
	for set := range o.sets {
		s := o.spans[o.sets[set][0]]
		o.ids[set] = s.ID
		callers, servers := o.sidesOf(set)
		isClient := len(callers) > 0 && callers[0] == set
		var derive func(uint64, uint64, Endpoint) uint64
		switch {
		case o.side == KeepIDs || s.ID == 0:
		case o.side == NewServerID && !isClient:
			derive = ServerID
		case o.side == NewClientID && isClient && len(servers) > 0:
			derive = ClientID
		case o.side == NewClientID && !isClient && len(servers) == 0:
			derive = ServerID
		case o.side == NewClientID && !isClient:
			earliest := slices.MinFunc(servers, func(a, b int) int { return slices.Min(o.sets[a]) - slices.Min(o.sets[b]) })
			if set != earliest {
				derive = ServerID
			}
		}
		if derive == nil {
			continue
		}
		id := derive(s.TraceLow, s.ID, o.endpoint(set))
		for o.taken(set, id) {
			id = derive(s.TraceLow, id, o.endpoint(set))
		}
		o.ids[set] = id
	}
}

func (o *oracle) taken(set int, id uint64) bool {
	for other := range set {
		if o.sameID(other, set) && o.ids[other] == id {
			return true
		}
	}
	return false
}

func (o *oracle) newParent(set int) uint64 {
	parent := uint64(0)
	for _, i := range slices.Sorted(slices.Values(o.sets[set])) {
		if s := o.spans[i]; parent == 0 && s.Parent != s.ID {
			parent = s.Parent
		}
	}
	s := o.spans[o.sets[set][0]]
	callers, _ := o.sidesOf(set)
	switch {
	case o.side == KeepIDs:
		return parent
	case o.shared(set) && s.ID == 0:
		return parent
	case o.shared(set) && len(callers) > 0:
		return o.ids[callers[0]]
	case o.shared(set) && o.side == NewServerID:
		return s.ID
	case o.shared(set):
		return parent
	}
	for _, wanted := range []bool{true, false} {
		for other := range o.sets {
			p := o.spans[o.sets[other][0]]
			if parent != 0 && p.ID == parent && p.TraceLow == s.TraceLow && o.shared(other) == wanted && oneProcess(o.endpoint(other), o.endpoint(set)) {
				if o.ids[other] == o.ids[set] {
					return parent
				}
				return o.ids[other]
			}
		}
	}
	return parent
}

func oneProcess(a, b Endpoint) bool {
	address := a.IPv4.IsValid() && a.IPv4 == b.IPv4 || a.IPv6.IsValid() && a.IPv6 == b.IPv6
	return a.Service == b.Service && (a.Service != "" || address) && !clash(a, b)
}
