package zipkinreceiver

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
)

// newcomers are the connections that have had no request yet. http.Server.Shutdown waits five
// seconds for each to send one, though it would not answer it any more; clients that open more
// connections than they use have some.
type newcomers struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// changed is the server's ConnState.
func (n *newcomers) changed(c net.Conn, to http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if to != http.StateNew {
		delete(n.conns, c)
		return
	}
	if n.conns == nil {
		n.conns = map[net.Conn]struct{}{}
	}
	n.conns[c] = struct{}{}
}

// close sends them away, when no more come.
func (n *newcomers) close() {
	n.mu.Lock()
	conns := slices.Collect(maps.Keys(n.conns))
	n.mu.Unlock()
	for _, c := range conns {
		_ = c.Close() // the server's goroutine for it ends with it
	}
}
