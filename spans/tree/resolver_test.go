package tree

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	web  = Endpoint{Service: "web", IPv4: netip.MustParseAddr("10.0.0.1")}
	shop = Endpoint{Service: "shop", IPv4: netip.MustParseAddr("10.0.0.2")}
	two  = Endpoint{Service: "shop", IPv4: netip.MustParseAddr("10.0.0.3")}
	none = Endpoint{}
)

// names gives ids that are derived a name, for tests to read.
func names(spans []Span) map[uint64]string {
	m := map[uint64]string{}
	for _, s := range spans {
		for _, e := range []Endpoint{web, shop, two, none} {
			m[ServerID(s.TraceLow, s.ID, e)] = fmt.Sprintf("%x@%s%s", s.ID, e.Service, lastByte(e))
			m[ClientID(s.TraceLow, s.ID, e)] = fmt.Sprintf("%x@client", s.ID)
		}
	}
	return m
}

func lastByte(e Endpoint) string {
	if e == two {
		return "2"
	}
	return ""
}

func tell(spans []Span, changes []Change) string {
	known := names(spans)
	name := func(id uint64) string {
		if n, ok := known[id]; ok {
			return n
		}
		return fmt.Sprintf("%x", id)
	}
	var lines []string
	for _, c := range changes {
		line := fmt.Sprintf("%d: %s < %s", c.Span, name(c.ID), name(c.Parent))
		if c.Into >= 0 {
			line = fmt.Sprintf("%d: into %d", c.Span, c.Into)
		} else if c.Shared {
			line += " shared"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name                 string
		spans                []Span
		server, client, keep string
	}{
		{name: "nothing", spans: nil},
		{name: "ids of their own", spans: []Span{{ID: 1, Kind: Client, Endpoint: web}, {ID: 2, Parent: 1, Kind: Server, Endpoint: shop}}},
		{
			name: "client, server that says so, and what it did",
			spans: []Span{
				{ID: 3, Parent: 2, Kind: Client, Endpoint: shop},
				{ID: 2, Parent: 1, Kind: Server, Endpoint: shop, Shared: true},
				{ID: 2, Parent: 1, Kind: Client, Endpoint: web},
				{ID: 1, Endpoint: web},
				{ID: 4, Parent: 2, Endpoint: web},
			},
			server: "0: 3 < 2@shop\n1: 2@shop < 2 shared",
			client: "1: 2 < 2@client shared\n2: 2@client < 1\n4: 4 < 2@client",
		},
		{
			name:   "a server alone",
			spans:  []Span{{ID: 2, Parent: 1, Kind: Server, Endpoint: shop, Shared: true}, {ID: 3, Parent: 2, Endpoint: shop}, {ID: 4, Parent: 2, Endpoint: none}},
			server: "0: 2@shop < 2 shared\n1: 3 < 2@shop",
		},
		{
			name:   "a shared root",
			spans:  []Span{{ID: 1, Kind: Client, Endpoint: web}, {ID: 1, Kind: Server, Endpoint: shop, Shared: true}},
			server: "1: 1@shop < 1 shared",
			client: "0: 1@client < 0\n1: 1 < 1@client shared",
		},
		{
			name:   "a server that does not say so beside its client",
			spans:  []Span{{ID: 2, Kind: Server, Endpoint: shop}, {ID: 2, Kind: Client, Endpoint: web}},
			server: "0: 2@shop < 2 shared",
			client: "0: 2 < 2@client shared\n1: 2@client < 0",
			keep:   "0: 2 < 0 shared",
		},
		{
			name:   "both in one process",
			spans:  []Span{{ID: 2, Kind: Client, Endpoint: web}, {ID: 2, Kind: Server, Endpoint: web}},
			server: "1: 2@web < 2 shared",
			client: "0: 2@client < 0\n1: 2 < 2@client shared",
			keep:   "1: 2 < 0 shared",
		},
		{
			name:   "producer and consumer",
			spans:  []Span{{ID: 2, Kind: Producer, Endpoint: web}, {ID: 2, Kind: Consumer, Endpoint: shop}},
			server: "1: 2@shop < 2 shared",
			client: "0: 2@client < 0\n1: 2 < 2@client shared",
			keep:   "1: 2 < 0 shared",
		},
		{
			name:   "pieces of a client: without kind, without endpoint, whole, and once more",
			spans:  []Span{{ID: 2, Endpoint: web}, {ID: 2, Parent: 1, Kind: Client}, {ID: 2, Parent: 1, Kind: Client, Endpoint: web}, {ID: 2, Parent: 1, Kind: Client, Endpoint: web}},
			server: "0: 2 < 1\n1: into 0\n2: into 0\n3: into 0",
			client: "0: 2 < 1\n1: into 0\n2: into 0\n3: into 0",
			keep:   "0: 2 < 1\n1: into 0\n2: into 0\n3: into 0",
		},
		{
			name:   "pieces of a shared server",
			spans:  []Span{{ID: 2, Parent: 1, Kind: Server, Endpoint: shop, Shared: true}, {ID: 2, Kind: Client, Endpoint: web}, {ID: 2, Endpoint: shop, Shared: true}},
			server: "0: 2@shop < 2 shared\n2: into 0",
			client: "0: 2 < 2@client shared\n1: 2@client < 0\n2: into 0",
			keep:   "0: 2 < 1 shared\n2: into 0",
		},
		{
			name: "a proxy tried again: two servers with one id, each with a child",
			spans: []Span{
				{ID: 2, Parent: 1, Kind: Client, Endpoint: web},
				{ID: 2, Parent: 1, Kind: Server, Endpoint: shop, Shared: true}, {ID: 3, Parent: 2, Endpoint: shop},
				{ID: 2, Parent: 1, Kind: Server, Endpoint: two, Shared: true}, {ID: 4, Parent: 2, Endpoint: two},
			},
			server: "1: 2@shop < 2 shared\n2: 3 < 2@shop\n3: 2@shop2 < 2 shared\n4: 4 < 2@shop2",
			client: "0: 2@client < 1\n1: 2 < 2@client shared\n3: 2@shop2 < 2@client shared\n4: 4 < 2@shop2",
		},
		{
			name: "one after the other",
			spans: []Span{
				{ID: 1, Kind: Client, Endpoint: web}, {ID: 1, Kind: Server, Endpoint: shop, Shared: true},
				{ID: 2, Parent: 1, Kind: Client, Endpoint: shop}, {ID: 2, Parent: 1, Kind: Server, Endpoint: two, Shared: true},
			},
			server: "1: 1@shop < 1 shared\n2: 2 < 1@shop\n3: 2@shop2 < 2 shared",
			client: "0: 1@client < 0\n1: 1 < 1@client shared\n2: 2@client < 1\n3: 2 < 2@client shared",
		},
		{
			name:   "both forms of a trace id",
			spans:  []Span{{TraceHigh: 9, TraceLow: 5, ID: 2, Kind: Client, Endpoint: web}, {TraceLow: 5, ID: 2, Kind: Server, Endpoint: shop, Shared: true}, {TraceLow: 6, ID: 2, Endpoint: shop}},
			server: "1: 2@shop < 2 shared",
			client: "0: 2@client < 0\n1: 2 < 2@client shared",
		},
		{
			name:   "two that have nothing to do with each other",
			spans:  []Span{{ID: 2, Parent: 1, Kind: Internal, Endpoint: web}, {ID: 2, Parent: 7, Kind: Internal, Endpoint: shop}, {ID: 3, Parent: 2, Endpoint: web}},
			server: "0: 2@web < 1\n2: 3 < 2@web",
			client: "0: 2@web < 1\n2: 3 < 2@web",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Resolver
			for side, want := range map[Side]string{NewServerID: c.server, NewClientID: c.client, KeepIDs: c.keep} {
				assert.Equal(t, want, tell(c.spans, r.Resolve(slices.Clone(c.spans), side)), "side %d", side)
			}
		})
	}
}

// Ids must never change: what was written before has them.
func TestIDsStay(t *testing.T) {
	e := Endpoint{Service: "shop", IPv4: netip.MustParseAddr("10.0.0.2"), IPv6: netip.MustParseAddr("2001:db8::2"), Port: 8080}
	assert.Equal(t, "43775c70337cec0e c4d7d16283e2bb64", fmt.Sprintf("%x %x", ServerID(0x48485a3953bb6124, 0xa2fb4a1d1a96d312, e), ClientID(0x48485a3953bb6124, 0xa2fb4a1d1a96d312, e)))
	assert.NotEqual(t, ServerID(1, 2, Endpoint{Service: "a"}), ServerID(1, 2, Endpoint{Service: "b"}))
}

func TestJoinTraceIDs(t *testing.T) {
	spans := []Span{{TraceLow: 5}, {TraceHigh: 9, TraceLow: 5}, {TraceLow: 6}, {TraceHigh: 1, TraceLow: 7}, {TraceHigh: 2, TraceLow: 7}, {TraceLow: 7}, {TraceHigh: 9, TraceLow: 5}, {TraceLow: 5}}
	assert.Equal(t, 2, JoinTraceIDs(spans))
	assert.Equal(t, uint64(9), spans[0].TraceHigh)
	assert.Equal(t, uint64(9), spans[7].TraceHigh)
	assert.Zero(t, spans[2].TraceHigh)
	assert.Zero(t, spans[5].TraceHigh)
}

// randomSpans have few ids, so that they share them in every way.
func randomSpans(rng *rand.Rand, n int) []Span {
	endpoints := []Endpoint{web, shop, two, none, {Service: "shop"}, {Service: "web", Port: 80}}
	spans := make([]Span, n)
	for i := range spans {
		spans[i] = Span{
			TraceLow: rng.Uint64N(2), ID: 1 + rng.Uint64N(4), Parent: rng.Uint64N(6),
			Endpoint: endpoints[rng.IntN(len(endpoints))], Kind: Kind(rng.IntN(6)), Shared: rng.IntN(4) == 0,
		}
		if spans[i].Parent == spans[i].ID {
			spans[i].Parent = 0
		}
	}
	return spans
}

// apply gives the spans that are left.
func apply(spans []Span, changes []Change) []Span {
	spans = slices.Clone(spans)
	gone := map[int]bool{}
	for _, c := range changes {
		if c.Into >= 0 {
			gone[c.Span] = true
			spans[c.Into].Endpoint.fill(&spans[c.Span].Endpoint)
			if spans[c.Into].Kind == Unspecified {
				spans[c.Into].Kind = spans[c.Span].Kind
			}
			continue
		}
		spans[c.Span].ID, spans[c.Span].Parent = c.ID, c.Parent
	}
	var left []Span
	for i := range spans {
		spans[i].Shared = false
		if !gone[i] {
			left = append(left, spans[i])
		}
	}
	return left
}

func checkResolved(t *testing.T, spans []Span, side Side) {
	t.Helper()
	var r Resolver
	changes := slices.Clone(r.Resolve(spans, side))
	require.Equal(t, changes, slices.Clone(r.Resolve(spans, side)), "a resolver that was used")
	for i, c := range changes {
		require.True(t, i == 0 || changes[i-1].Span < c.Span, "in order, each once")
		require.True(t, c.Into < c.Span, "into an earlier one")
		if c.Into >= 0 {
			require.Equal(t, spans[c.Into].ID, spans[c.Span].ID)
			require.Equal(t, spans[c.Into].TraceLow, spans[c.Span].TraceLow)
			at, ok := slices.BinarySearchFunc(changes, c.Into, func(c Change, span int) int { return c.Span - span })
			require.True(t, ok && changes[at].Into == -1, "into one that stays, and is told of")
		}
		require.NotEqual(t, c.ID, c.Parent)
		require.NotZero(t, c.ID)
	}
	left := apply(spans, changes)
	if side == KeepIDs {
		return
	}
	seen := map[[2]uint64]bool{}
	for _, s := range left {
		key := [2]uint64{s.TraceLow, s.ID}
		require.False(t, seen[key], "an id twice: %+v\n%s", spans, tell(spans, changes))
		seen[key] = true
	}
	require.Empty(t, r.Resolve(left, side), "resolved is resolved")
}

func TestResolveProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		spans := randomSpans(rng, 1+rng.IntN(12))
		for side := range KeepIDs + 1 {
			checkResolved(t, spans, side)
		}
	}
}

// TestResolveOrder: which spans are pieces of one, and what ids there are, does not depend on the
// order in which they come.
func TestResolveOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	ids := func(spans []Span) string {
		var r Resolver
		var lines []string
		for _, s := range apply(spans, r.Resolve(spans, NewServerID)) {
			lines = append(lines, fmt.Sprintf("%d %x %d", s.TraceLow, s.ID, s.Kind))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	for range 5_000 {
		spans := randomSpans(rng, 1+rng.IntN(10))
		want := ids(spans)
		rng.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		require.Equal(t, want, ids(spans), "%+v", spans)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, side uint8) {
		var spans []Span
		endpoints := []Endpoint{web, shop, two, none, {Service: "shop"}, {Service: "web", Port: 80}}
		for ; len(raw) >= 4; raw = raw[4:] {
			s := Span{
				TraceLow: uint64(raw[0] >> 7), ID: 1 + uint64(raw[0]&7), Parent: uint64(raw[1] & 15),
				Endpoint: endpoints[int(raw[2])%len(endpoints)], Kind: Kind(raw[3] % 6), Shared: raw[3]&64 != 0,
			}
			if s.Parent == s.ID {
				s.Parent = 0
			}
			spans = append(spans, s)
		}
		checkResolved(t, spans, Side(side%3))
	})
}

func TestResolvePlainAllocatesNothing(t *testing.T) {
	spans := plainSpans(1000)
	var r Resolver
	require.Empty(t, r.Resolve(spans, NewServerID))
	assert.Zero(t, testing.AllocsPerRun(20, func() { r.Resolve(spans, NewServerID) }))
}

func plainSpans(n int) []Span {
	rng := rand.New(rand.NewPCG(5, 6))
	spans := make([]Span, n)
	for i := range spans {
		spans[i] = Span{TraceLow: uint64(i / 20), ID: rng.Uint64(), Parent: rng.Uint64(), Endpoint: shop, Kind: Server}
	}
	return spans
}

// TestResolveOneIDManyTimes: the time does not grow with the square of the number of spans behind one
// id, or this would not end.
func TestResolveOneIDManyTimes(t *testing.T) {
	const n = 200_000
	spans := make([]Span, 0, 2*n)
	for i := range n {
		ip := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		spans = append(spans, Span{ID: 1, Kind: Server, Shared: true, Endpoint: Endpoint{Service: "s", IPv4: ip}}, Span{ID: uint64(2 + i), Parent: 1, Endpoint: Endpoint{Service: "s", IPv4: ip}})
	}
	var r Resolver
	changes := r.Resolve(spans, NewServerID)
	split := 0
	for _, c := range changes {
		if c.Shared {
			split++
		}
	}
	assert.Equal(t, n, split)
}

func BenchmarkResolve(b *testing.B) {
	shared := plainSpans(1000)
	for i := range shared {
		shared[i].Shared = i%2 == 0
	}
	for name, spans := range map[string][]Span{"plain": plainSpans(1000), "half shared": shared} {
		b.Run(name, func(b *testing.B) {
			var r Resolver
			b.ReportAllocs()
			for b.Loop() {
				r.Resolve(spans, NewServerID)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(spans)), "ns/span")
		})
	}
}
