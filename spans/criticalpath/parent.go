package criticalpath

import (
	"cmp"

	"github.com/koine-otel/koine/spans/tree"
)

// findParents works out whose child each span is. The result may have cycles.
func (a *Analyzer) findParents(spans []Span) {
	t := &a.trace
	shared := a.index(spans)
	for i := range spans {
		t.Parents[i] = a.parentOf(spans, int32(i))
	}
	if shared {
		a.moveToServers(spans)
	}
}

// index notes which span each id is, marks duplicates, and reports whether a span is shared.
func (a *Analyzer) index(spans []Span) (shared bool) {
	a.ids.reset(len(spans))
	for i := range spans {
		switch s := &spans[i]; {
		case s.ID == 0:
		case s.isShared():
			shared = true
		case a.ids.insert(s.ID, int32(i)) != int32(i):
			a.trace.Marks[i] = Duplicate
		}
	}
	if !shared {
		return false
	}
	// A client comes first, wherever it stands in the list.
	for i := range spans {
		if s := &spans[i]; s.ID != 0 && s.isShared() {
			if holder := a.ids.insert(s.ID, int32(i)); holder != int32(i) && spans[holder].isShared() {
				a.trace.Marks[i] = Duplicate
			}
		}
	}
	return true
}

// isShared is what the flag is worth: a client's is none.
func (s *Span) isShared() bool { return s.Shared && s.Kind != tree.Client }

func (a *Analyzer) parentOf(spans []Span, i int32) int32 {
	s := &spans[i]
	if a.trace.Marks[i]&Duplicate != 0 {
		return -1
	}
	if s.isShared() && s.ID != 0 {
		if client := a.ids.find(s.ID); client != i {
			return client
		}
	}
	if s.Parent == 0 {
		return -1
	}
	parent := a.ids.find(s.Parent)
	if parent < 0 {
		a.trace.Marks[i] |= Orphan
	}
	return parent
}

// moveToServers gives the children of a client that are of its server's service to the server.
func (a *Analyzer) moveToServers(spans []Span) {
	t := &a.trace
	a.servers.reset(len(spans))
	for i := range spans {
		s, client := &spans[i], t.Parents[i]
		if !s.isShared() || s.ID == 0 || client < 0 || !mayCall(&spans[client], s) {
			continue
		}
		key := serverKey(client, s.Service)
		if server := a.servers.insert(key, int32(i)); earlier(spans, int32(i), server) {
			a.servers.slot(key).span = int32(i) + 1
		}
	}
	for i := range spans {
		if s, client := &spans[i], t.Parents[i]; client >= 0 && !s.isShared() {
			if server := a.servers.find(serverKey(client, s.Service)); server >= 0 {
				t.Parents[i] = server
			}
		}
	}
}

// mayCall tells a shared span's client from its client's parent, which it names as long as
// it has its client's id, and which is in its place if the client is not there.
func mayCall(client, server *Span) bool {
	return client.ID == server.ID || client.Service != server.Service ||
		client.Kind == tree.Client || client.Kind == tree.Producer
}

func serverKey(client int32, service uint32) uint64 { return uint64(client)<<32 | uint64(service) }

// earlier is an order that does not depend on the list as long as ids are unique.
func earlier(spans []Span, i, j int32) bool {
	a, b := &spans[i], &spans[j]
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID), cmp.Compare(i, j)) < 0
}
