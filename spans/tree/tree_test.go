package tree

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

var (
	web   = Endpoint{Service: "web", IPv4: ip("10.0.0.1")}
	shop  = Endpoint{Service: "shop", IPv4: ip("10.0.0.2"), Port: 80}
	shop3 = Endpoint{Service: "shop", IPv4: ip("10.0.0.3")}
	bank  = Endpoint{Service: "bank"}
)

// tell writes changes with new ids as what they were made of.
func tell(spans []Span, changes []Change) string {
	known := map[uint64]string{}
	for _, s := range spans {
		for name, e := range map[string]Endpoint{
			"web": web, "shop": shop, "shop3": shop3, "bank": bank, "?": {}, "shop+": {Service: "shop", IPv4: shop.IPv4},
		} {
			server := ServerID(s.TraceLow, s.ID, e)
			known[server] = fmt.Sprintf("%x@%s", s.ID, name)
			known[ServerID(s.TraceLow, server, e)] = fmt.Sprintf("%x@%s'", s.ID, name)
			known[ClientID(s.TraceLow, s.ID, e)] = fmt.Sprintf("%x@%s-client", s.ID, name)
		}
	}
	name := func(id uint64) string {
		if n, ok := known[id]; ok {
			return n
		}
		return fmt.Sprintf("%x", id)
	}
	var lines []string
	for _, c := range changes {
		line := fmt.Sprintf("%d: %s<%s", c.Span, name(c.ID), name(c.Parent))
		if c.Into >= 0 {
			line += fmt.Sprintf(" into %d", c.Into)
		}
		if c.Shared {
			line += " shared"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestResolve(t *testing.T) {
	server := func(id, parent uint64, e Endpoint) Span {
		return Span{ID: id, Parent: parent, Kind: Server, Endpoint: e, Shared: true}
	}
	unflagged := func(id, parent uint64, e Endpoint) Span {
		return Span{ID: id, Parent: parent, Kind: Server, Endpoint: e}
	}
	client := func(id, parent uint64, e Endpoint) Span {
		return Span{ID: id, Parent: parent, Kind: Client, Endpoint: e}
	}
	local := func(id, parent uint64, e Endpoint) Span { return Span{ID: id, Parent: parent, Endpoint: e} }

	for _, tc := range []struct {
		name               string
		spans              []Span
		split, later, keep string // NewServerID, NewClientID, KeepIDs
	}{
		{name: "nothing"},
		{name: "ids of their own", spans: []Span{client(1, 0, web), unflagged(2, 1, shop), local(3, 2, shop)}},
		{
			name:  "client and server, each with a child",
			spans: []Span{local(4, 2, shop), server(2, 1, shop), client(2, 1, web), local(5, 2, web), local(1, 0, web)},
			split: "0: 4<2@shop\n1: 2@shop<2 shared",
			later: "1: 2<2@web-client shared\n2: 2@web-client<1\n3: 5<2@web-client",
		},
		{
			name:  "children that do not say where they are stay with whom the id stayed with",
			spans: []Span{client(2, 0, web), server(2, 0, shop), local(3, 2, Endpoint{}), local(4, 2, Endpoint{IPv4: shop.IPv4}), local(5, 2, bank)},
			split: "1: 2@shop<2 shared",
			later: "0: 2@web-client<0\n1: 2<2@web-client shared",
		},
		{
			name:  "a child that knows less, or more, of its endpoint",
			spans: []Span{server(2, 0, shop), local(3, 2, Endpoint{Service: "shop"}), local(4, 2, Endpoint{Service: "shop", IPv6: ip("::1")}), local(5, 2, shop3), local(6, 2, Endpoint{Service: "shop", Port: 81})},
			split: "0: 2@shop<2 shared\n1: 3<2@shop\n2: 4<2@shop",
			later: "",
		},
		{
			name:  "without services, the address counts",
			spans: []Span{server(2, 0, Endpoint{IPv4: web.IPv4}), local(3, 2, Endpoint{IPv4: web.IPv4, Port: 1}), local(4, 2, Endpoint{IPv6: ip("::1")}), local(5, 2, Endpoint{})},
			split: fmt.Sprintf("0: %x<2 shared\n1: 3<%[1]x", ServerID(0, 2, Endpoint{IPv4: web.IPv4})),
		},
		{
			name:  "a server whose client is elsewhere",
			spans: []Span{server(2, 1, shop), local(3, 2, shop)},
			split: "0: 2@shop<2 shared\n1: 3<2@shop",
		},
		{
			name:  "a chain of calls",
			spans: []Span{client(1, 0, web), server(1, 0, shop), client(2, 1, shop), server(2, 1, bank), local(3, 2, bank)},
			split: "1: 1@shop<1 shared\n2: 2<1@shop\n3: 2@bank<2 shared\n4: 3<2@bank",
			later: "0: 1@web-client<0\n1: 1<1@web-client shared\n2: 2@shop-client<1\n3: 2<2@shop-client shared",
		},
		{
			name:  "a server that does not say so",
			spans: []Span{unflagged(2, 1, shop), client(2, 1, web)},
			split: "0: 2@shop<2 shared",
			later: "0: 2<2@web-client shared\n1: 2@web-client<1",
			keep:  "0: 2<1 shared",
		},
		{
			name:  "two servers that do not say so",
			spans: []Span{unflagged(2, 1, shop), client(2, 1, web), unflagged(2, 1, bank)},
			split: "0: 2@shop<2 shared\n2: 2@bank<2 shared",
			later: "0: 2<2@web-client shared\n1: 2@web-client<1\n2: 2@bank<2@web-client shared",
			keep:  "0: 2<1 shared\n2: 2<1 shared",
		},
		{
			name:  "a server that says so in one piece only",
			spans: []Span{client(2, 1, web), server(2, 1, shop), unflagged(2, 1, shop)},
			split: "1: 2@shop<2 shared\n2: 2@shop<2 into 1 shared",
			later: "0: 2@web-client<1\n1: 2<2@web-client shared\n2: 2<2@web-client into 1 shared",
			keep:  "2: 2<1 into 1 shared",
		},
		{
			name:  "both in one process, and its children are the server's",
			spans: []Span{client(2, 1, web), unflagged(2, 1, web), local(3, 2, web)},
			split: "1: 2@web<2 shared\n2: 3<2@web",
			later: "0: 2@web-client<1\n1: 2<2@web-client shared",
			keep:  "1: 2<1 shared",
		},
		{
			name:  "a message",
			spans: []Span{{ID: 2, Kind: Producer, Endpoint: web}, {ID: 2, Kind: Consumer, Endpoint: shop}},
			split: "1: 2@shop<2 shared",
			later: "0: 2@web-client<0\n1: 2<2@web-client shared",
			keep:  "1: 2<0 shared",
		},
		{
			name:  "two servers, of a proxy that tried again, each with a child, and one of either",
			spans: []Span{client(2, 1, web), server(2, 1, shop3), server(2, 1, shop), local(3, 2, shop), local(4, 2, shop3), local(5, 2, Endpoint{Service: "shop"})},
			split: "1: 2@shop3<2 shared\n2: 2@shop<2 shared\n3: 3<2@shop\n4: 4<2@shop3\n5: 5<2@shop",
			later: "0: 2@web-client<1\n1: 2<2@web-client shared\n2: 2@shop<2@web-client shared\n3: 3<2@shop\n5: 5<2@shop",
		},
		{
			name:  "two servers whose client is elsewhere",
			spans: []Span{server(2, 1, shop3), server(2, 1, shop), local(3, 2, shop)},
			split: "0: 2@shop3<2 shared\n1: 2@shop<2 shared\n2: 3<2@shop",
			later: "1: 2@shop<1 shared\n2: 3<2@shop",
		},
		{
			name:  "a client that says it is shared is not",
			spans: []Span{{ID: 2, Kind: Client, Endpoint: web, Shared: true}, client(2, 0, web), {ID: 3, Kind: Client, Shared: true}},
			split: "1: 2<0 into 0",
			later: "1: 2<0 into 0",
			keep:  "1: 2<0 into 0",
		},
		{
			name:  "a server whose client does not say its kind",
			spans: []Span{local(2, 1, web), server(2, 1, shop)},
			split: "1: 2@shop<2 shared",
			later: "0: 2@web-client<1\n1: 2<2@web-client shared",
		},
		{
			name:  "a server that joined a proxy's server span",
			spans: []Span{unflagged(2, 1, web), server(2, 1, shop)},
			split: "1: 2@shop<2 shared",
			later: "0: 2@web-client<1\n1: 2<2@web-client shared",
		},
		{
			name:  "shared, of one endpoint and different kinds",
			spans: []Span{{ID: 2, Kind: Consumer, Endpoint: shop, Shared: true}, server(2, 0, shop)},
			split: "0: 2@shop'<2 shared\n1: 2@shop<2 shared",
			later: "1: 2@shop<0 shared",
		},
		{
			name:  "nothing to do with each other",
			spans: []Span{local(2, 1, web), local(2, 7, bank), local(3, 2, web), local(4, 2, bank)},
			split: "0: 2@web<1\n2: 3<2@web",
			later: "0: 2@web<1\n2: 3<2@web",
		},
		{
			name:  "a span reported twice",
			spans: []Span{client(2, 1, web), client(2, 1, web)},
			split: "1: 2<1 into 0",
			later: "1: 2<1 into 0",
			keep:  "1: 2<1 into 0",
		},
		{
			name:  "pieces give what the first does not have",
			spans: []Span{local(2, 0, Endpoint{}), {ID: 2, Kind: Client, Endpoint: web}, local(2, 7, web), {ID: 2, Parent: 1, Kind: Client}},
			split: "0: 2<7\n1: 2<7 into 0\n2: 2<7 into 0\n3: 2<7 into 0",
			later: "0: 2<7\n1: 2<7 into 0\n2: 2<7 into 0\n3: 2<7 into 0",
			keep:  "0: 2<7\n1: 2<7 into 0\n2: 2<7 into 0\n3: 2<7 into 0",
		},
		{
			name:  "a child whose second piece says where it is",
			spans: []Span{server(2, 1, shop), local(3, 2, Endpoint{}), local(3, 2, Endpoint{Service: "shop"})},
			split: "0: 2@shop<2 shared\n1: 3<2@shop\n2: 3<2@shop into 1",
			later: "2: 3<2 into 1",
			keep:  "2: 3<2 into 1",
		},
		{
			name:  "pieces of two servers, and one that fits the last of them",
			spans: []Span{server(2, 1, Endpoint{Service: "shop", IPv4: shop.IPv4}), {ID: 2, Shared: true, Endpoint: Endpoint{Service: "shop", Port: 80}}, server(2, 1, Endpoint{IPv4: shop3.IPv4})},
			split: fmt.Sprintf("0: 2@shop<2 shared\n1: 2@shop<2 into 0 shared\n2: %x<2 shared", ServerID(0, 2, Endpoint{IPv4: shop3.IPv4})),
			later: fmt.Sprintf("1: 2<1 into 0 shared\n2: %x<1 shared", ServerID(0, 2, Endpoint{IPv4: shop3.IPv4})),
			keep:  "1: 2<1 into 0 shared",
		},
		{
			name:  "a piece of one client beyond another's",
			spans: []Span{client(2, 1, web), client(2, 1, Endpoint{Service: "web", IPv4: ip("10.0.0.9")}), local(2, 1, Endpoint{IPv4: web.IPv4})},
			split: fmt.Sprintf("1: %x<1\n2: 2<1 into 0", ServerID(0, 2, Endpoint{Service: "web", IPv4: ip("10.0.0.9")})),
			later: fmt.Sprintf("1: %x<1\n2: 2<1 into 0", ServerID(0, 2, Endpoint{Service: "web", IPv4: ip("10.0.0.9")})),
			keep:  "2: 2<1 into 0",
		},
		{
			name: "both forms of a trace id, and another trace",
			spans: []Span{
				{TraceHigh: 9, TraceLow: 5, ID: 2, Kind: Client, Endpoint: web},
				{TraceLow: 5, ID: 2, Kind: Server, Endpoint: shop, Shared: true},
				{TraceHigh: 9, TraceLow: 5, ID: 3, Parent: 2, Endpoint: shop},
				{TraceLow: 6, ID: 3, Parent: 2, Endpoint: shop},
			},
			split: "1: 2@shop<2 shared\n2: 3<2@shop",
			later: "0: 2@web-client<0\n1: 2<2@web-client shared",
		},
		{
			name:  "its own parent",
			spans: []Span{local(2, 2, web), local(3, 2, web)},
			split: "0: 2<0",
			later: "0: 2<0",
			keep:  "0: 2<0",
		},
		{
			name:  "no id is nobody's",
			spans: []Span{local(0, 2, shop), local(0, 2, shop), server(2, 0, shop), {Shared: true, Kind: Server}},
			split: "0: 0<2@shop\n1: 0<2@shop\n2: 2@shop<2 shared",
		},
		{
			name:  "what was resolved elsewhere comes along: no span becomes its own parent",
			spans: []Span{server(2, 1, shop), unflagged(ServerID(0, 2, shop), 2, shop)},
			split: "0: 2@shop<2 shared",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Resolver
			for side, want := range map[Side]string{NewServerID: tc.split, NewClientID: tc.later, KeepIDs: tc.keep} {
				assert.Equal(t, want, tell(tc.spans, r.Resolve(tc.spans, side)), "side %d", side)
			}
		})
	}
}

// The cases of Zipkin's own TraceTest, as partitions: which spans are one.
func TestPiecesAsZipkin(t *testing.T) {
	at := func(service, addr string) Endpoint {
		e := Endpoint{Service: service}
		if addr != "" {
			e.IPv4 = ip(addr)
		}
		return e
	}
	root := Span{ID: 0xa, Kind: Server, Endpoint: at("frontend", "")}
	span := func(kind Kind, e Endpoint, shared bool) Span {
		return Span{ID: 0xb, Parent: 0xa, Kind: kind, Endpoint: e, Shared: shared}
	}
	for _, tc := range []struct {
		name  string
		spans []Span
		want  string
	}{
		{"missing endpoints", []Span{{ID: 0xa}, span(0, Endpoint{}, false), span(Server, at("backend", ""), true), span(0, Endpoint{}, false)}, "[0] [1 3] [2]"},
		{"shared on different addresses", []Span{
			root, span(Client, at("frontend", ""), false),
			span(Server, at("backend", "1.2.3.4"), true), span(Server, at("backend", "1.2.3.5"), true), span(Client, at("frontend", ""), false),
		}, "[0] [1 4] [2] [3]"},
		{"data on the first span with an endpoint", []Span{
			root, span(Client, Endpoint{}, false), span(0, at("frontend", ""), false),
			span(Server, at("backend", "1.2.3.4"), true), span(Server, at("backend", "1.2.3.5"), true), span(0, at("frontend", ""), false),
		}, "[0] [1 2 5] [3] [4]"},
		{"incomplete endpoints", []Span{
			root, span(Client, at("frontend", ""), false), span(Client, at("", "1.2.3.4"), false),
			span(Server, at("", "1.2.3.5"), true), span(Server, at("backend", ""), true),
		}, "[0] [1 2] [3 4]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Resolver
			assert.Equal(t, tc.want, partition(len(tc.spans), r.Resolve(tc.spans, KeepIDs)))
		})
	}
}

// partition writes which spans are one.
func partition(n int, changes []Change) string {
	into := make([]int, n)
	for i := range into {
		into[i] = i
	}
	for _, c := range changes {
		if c.Into >= 0 {
			into[c.Span] = c.Into
		}
	}
	var parts []string
	for i := range n {
		if into[i] != i {
			continue
		}
		var part []int
		for j := range n {
			if into[j] == i {
				part = append(part, j)
			}
		}
		parts = append(parts, fmt.Sprint(part))
	}
	return strings.Join(parts, " ")
}
