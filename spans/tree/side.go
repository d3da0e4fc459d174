package tree

import "slices"

// giveIDs works out the ids of one id's wholes, and the parents of the shared ones. Shared
// is the server's side, whatever its kind; all else is the client's, because a proxy may
// hand on the id of its server's span, and an old client not know its kind.
//
// One whole keeps the id. All others get one of their own, those too that have nothing to do
// with each other and share by mistake, which Zipkin leaves.
func giveIDs(ws []whole, traceLow, id uint64, side Side) {
	if side == KeepIDs {
		return
	}
	client, server := firstClient(ws), firstServer(ws)
	keeps := client
	if side == NewClientID && server >= 0 {
		keeps = server
	}
	for i := range ws {
		switch {
		case i == keeps:
		case i == client:
			ws[i].id = newID(ws, i, traceLow, ClientID)
		default:
			ws[i].id = newID(ws, i, traceLow, ServerID)
		}
	}
	parent := id // of a client that is elsewhere
	switch {
	case client >= 0:
		parent = ws[client].id
	case side == NewClientID:
		// The client's id is now a server's, and what it will become is not known. The
		// servers keep the parent that they came with, which is the client's.
		return
	}
	for i := range ws {
		if ws[i].shared {
			ws[i].parent = parent
		}
	}
}

// firstServer is the shared whole that comes earliest in the list, -1 if there is none.
func firstServer(ws []whole) int {
	first := -1
	for i := range ws {
		if ws[i].shared && (first < 0 || ws[i].first < ws[first].first) {
			first = i
		}
	}
	return first
}

// firstClient is the whole that is the parent of the shared ones: the first client in the
// order of pieces, or producer, or whatever else is not shared; -1 if all are.
func firstClient(ws []whole) int {
	for _, kind := range [...]Kind{Client, Producer} {
		if at := slices.IndexFunc(ws, func(w whole) bool { return w.kind == kind && !w.shared }); at >= 0 {
			return at
		}
	}
	return slices.IndexFunc(ws, func(w whole) bool { return !w.shared })
}

// newID makes the id of a whole, and another one as long as a sibling has it: two wholes of
// one endpoint stay apart if they are of different kinds.
func newID(ws []whole, at int, traceLow uint64, of func(traceLow, id uint64, e Endpoint) uint64) uint64 {
	id := of(traceLow, ws[at].id, ws[at].endpoint)
	for slices.ContainsFunc(ws[max(0, at-maxWholes):at], func(w whole) bool { return w.id == id }) {
		id = of(traceLow, id, ws[at].endpoint)
	}
	return id
}
