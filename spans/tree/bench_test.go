package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plainSpans have ids of their own, twenty a trace.
func plainSpans(n int) []Span {
	rng := rand.New(rand.NewPCG(5, 6))
	spans := make([]Span, n)
	for i := range spans {
		spans[i] = Span{TraceHigh: 1, TraceLow: uint64(i / 20), ID: rng.Uint64() | 1, Endpoint: shop, Kind: Server}
		if i%20 > 0 {
			spans[i].Parent = spans[i-1].ID
		}
	}
	return spans
}

// sharedSpans are chains of calls: a client, the server that shares its id, the next client.
func sharedSpans(n int) []Span {
	spans := plainSpans(n)
	for i := range spans {
		spans[i].Kind, spans[i].Endpoint = Client, web
		if i%2 > 0 {
			spans[i].Kind, spans[i].Endpoint, spans[i].Shared = Server, shop, true
			spans[i].ID, spans[i].Parent = spans[i-1].ID, spans[i-1].Parent
		} else if i%20 > 0 {
			spans[i].Endpoint = shop
		}
	}
	return spans
}

func TestResolveAllocatesNothing(t *testing.T) {
	for name, spans := range map[string][]Span{"plain": plainSpans(1000), "shared": sharedSpans(1000)} {
		for side := range KeepIDs + 1 {
			var r Resolver
			r.Resolve(spans, side)
			assert.Zero(t, testing.AllocsPerRun(20, func() { r.Resolve(spans, side) }), "%s, side %d", name, side)
		}
	}
}

func TestScratchIsBounded(t *testing.T) {
	var r Resolver
	r.Resolve(sharedSpans(4*keptSpans), NewServerID)
	assert.Equal(t, Resolver{changes: r.changes}, r)
	r.Resolve(nil, NewServerID)
	assert.LessOrEqual(t, cap(r.changes), keptSpans)

	r.Resolve(sharedSpans(1000), NewServerID)
	for _, w := range r.wholes[:cap(r.wholes)] {
		require.Equal(t, whole{}, w, "strings of a list that was resolved")
	}
}

// hostileSpans are lists that take the square of their length if all are compared with all.
func hostileSpans(n int) map[string][]Span {
	at := func(i int) Endpoint {
		return Endpoint{Service: "s", IPv4: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}
	}
	lists := map[string][]Span{}
	for i := range n {
		for name, s := range map[string]Span{
			"one span":               {ID: 1, Kind: Server, Endpoint: at(0), Shared: true},
			"one id, many servers":   {ID: 1, Kind: Server, Endpoint: at(i), Shared: true},
			"one id, many clients":   {ID: 1, Kind: Client, Endpoint: at(i)},
			"one id, many not known": {ID: 1, Kind: Kind(i % 6), Endpoint: Endpoint{IPv4: at(i).IPv4, Port: uint16(i)}, Shared: i%2 == 0},
			"many servers with children": {
				ID: max(1, uint64(i)*uint64(i%2)), Parent: uint64(i % 2), Kind: Server, Endpoint: at(i), Shared: i%2 == 0,
			},
			"ids that differ in few bits": {ID: uint64(i+1) << 44, TraceLow: uint64(i+1) << 44, Parent: uint64(i) << 44, Shared: true},
		} {
			lists[name] = append(lists[name], s)
		}
	}
	return lists
}

// TestHostileIsNotQuadratic: one long list takes about as long as its length in short ones,
// where the square would take sixteen times that. What else the machine does disturbs both.
func TestHostileIsNotQuadratic(t *testing.T) {
	const times, short = 16, 1_000
	long := hostileSpans(times * short)
	for name, shorts := range hostileSpans(short) {
		t.Run(name, func(t *testing.T) {
			for side := range KeepIDs + 1 {
				var r Resolver
				cost := func(spans []Span) time.Duration {
					start := time.Now()
					r.Resolve(spans, side)
					return time.Since(start)
				}
				one, many := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
				for range 5 {
					one = min(one, cost(long[name]))
					var sum time.Duration
					for range times {
						sum += cost(shorts)
					}
					many = min(many, sum)
				}
				assert.Less(t, one, 10*many)
			}
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{20, 1000, 100_000} {
		for name, spans := range map[string][]Span{"plain": plainSpans(n), "shared": sharedSpans(n)} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				benchmark(b, spans)
			})
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, spans := range hostileSpans(100_000) {
		b.Run(name, func(b *testing.B) { benchmark(b, spans) })
	}
}

func benchmark(b *testing.B, spans []Span) {
	var r Resolver
	b.ReportAllocs()
	for b.Loop() {
		r.Resolve(spans, NewServerID)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(spans)), "ns/span")
}
