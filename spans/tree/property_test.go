package tree

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// decodeSpans reads spans, four bytes each, of so few values that they share ids in every way.
func decodeSpans(raw []byte) []Span {
	services := [...]string{"", "a", "b"}
	v4 := [...]netip.Addr{{}, {}, ip("10.0.0.1"), ip("10.0.0.2")}
	v6 := [...]netip.Addr{{}, {}, {}, ip("2001:db8::1")}
	var spans []Span
	for ; len(raw) >= 4; raw = raw[4:] {
		spans = append(spans, Span{
			TraceHigh: uint64(raw[0] >> 7), TraceLow: uint64(raw[0] >> 6 & 1),
			ID: uint64(raw[0] & 7 % 5), Parent: uint64(raw[0] >> 3 & 7 % 6),
			Endpoint: Endpoint{Service: services[raw[1]%3], IPv4: v4[raw[1]>>2&3], IPv6: v6[raw[1]>>4&3], Port: uint16(raw[1] >> 6 & 1 * 80)},
			Kind:     Kind(raw[2] % 6), Shared: raw[3]%3 == 0,
		})
	}
	return spans
}

func randomSpans(rng *rand.Rand, n int) []Span {
	raw := make([]byte, 4*n)
	for i := range raw {
		raw[i] = byte(rng.Uint32())
	}
	return decodeSpans(raw)
}

// apply gives the spans that stay, put together of their pieces.
func apply(spans []Span, changes []Change) []Span {
	spans, gone := slices.Clone(spans), make([]bool, len(spans))
	for _, c := range changes {
		s := &spans[c.Span]
		s.Shared = c.Shared
		if c.Into < 0 {
			s.ID, s.Parent = c.ID, c.Parent
			continue
		}
		gone[c.Span] = true
		spans[c.Into].Endpoint.fill(&s.Endpoint)
		spans[c.Into].Kind = max(spans[c.Into].Kind, s.Kind)
	}
	var left []Span
	for i, s := range spans {
		if !gone[i] {
			left = append(left, s)
		}
	}
	return left
}

// resolved is a copy of what Resolve gives, nil if there is nothing.
func resolved(r *Resolver, spans []Span, side Side) []Change {
	return append([]Change(nil), r.Resolve(spans, side)...)
}

func check(t *testing.T, spans []Span, side Side) {
	t.Helper()
	var r Resolver
	changes := resolved(&r, spans, side)
	require.Equal(t, changes, resolved(&r, spans, side), "a resolver that was used")
	for i, c := range changes {
		s := spans[c.Span]
		require.True(t, i == 0 || changes[i-1].Span < c.Span, "in order, each once")
		require.NotEqual(t, Change{Span: c.Span, Into: -1, ID: s.ID, Parent: s.Parent, Shared: s.isShared()}, c, "a change is one")
		if c.Into < 0 {
			continue
		}
		require.Less(t, c.Into, c.Span)
		require.Equal(t, spans[c.Into].ID, s.ID)
		require.Equal(t, spans[c.Into].TraceLow, s.TraceLow)
		whole := slices.IndexFunc(changes, func(o Change) bool { return o.Span == c.Into })
		if whole < 0 {
			require.Equal(t, []any{spans[c.Into].ID, spans[c.Into].Parent}, []any{c.ID, c.Parent})
		} else {
			w := changes[whole]
			require.Equal(t, []any{-1, w.ID, w.Parent, w.Shared}, []any{w.Into, c.ID, c.Parent, c.Shared})
		}
	}

	left := apply(spans, changes)
	seen := map[[2]uint64][]Span{}
	for _, s := range left {
		if s.ID == 0 {
			continue
		}
		require.NotEqual(t, s.ID, s.Parent)
		key := [2]uint64{s.TraceLow, s.ID}
		for _, o := range seen[key] {
			require.Equal(t, KeepIDs, side, "an id twice")
			require.True(t, o.isShared() != s.isShared() || differ(o.Kind, s.Kind) || o.Endpoint.conflicts(&s.Endpoint), "two pieces of one")
		}
		seen[key] = append(seen[key], s)
	}
	for i := range left {
		left[i].Shared = left[i].Shared && side == KeepIDs
	}
	require.Empty(t, r.Resolve(left, side), "what is resolved is resolved")
}

func TestResolveProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4_000 {
		spans := randomSpans(rng, 1+rng.IntN(14))
		for side := range KeepIDs + 1 {
			var r Resolver
			require.Equal(t, naive(spans, side), resolved(&r, spans, side), "side %d: %+v", side, spans)
			check(t, spans, side)
		}
	}
}

// Which spans are one, which are shared, and which ids there are, does not depend on
// the order in which they come.
func TestResolveOrder(t *testing.T) {
	type span struct {
		trace, id uint64
		pieces    int
		shared    bool
	}
	outcome := func(spans []Span, order []int) map[span]int {
		shuffled := make([]Span, len(spans))
		for i, at := range order {
			shuffled[i] = spans[at]
		}
		var r Resolver
		changes := r.Resolve(shuffled, NewServerID)
		left := make([]span, len(spans))
		for i, s := range shuffled {
			left[i] = span{s.TraceLow, s.ID, 1 << order[i], s.isShared()}
		}
		for _, c := range changes {
			if c.Into >= 0 {
				left[c.Into].pieces |= left[c.Span].pieces
				left[c.Span] = span{}
			} else {
				left[c.Span].id, left[c.Span].shared = c.ID, c.Shared
			}
		}
		set := map[span]int{}
		for _, s := range left {
			set[s]++
		}
		return set
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 3_000 {
		spans := randomSpans(rng, 1+rng.IntN(12))
		order := make([]int, len(spans))
		for i := range order {
			order[i] = i
		}
		want := outcome(spans, order)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		require.Equal(t, want, outcome(spans, order), "%+v in order %v", spans, order)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add([]byte{0x0a, 5, 3, 1, 0x0a, 10, 2, 0, 0x13, 10, 0, 1}, uint8(NewServerID))
	f.Add([]byte{0x0a, 5, 3, 1, 0x0a, 10, 2, 1, 0x13, 5, 0, 1, 0x0a, 0, 0, 1}, uint8(NewClientID))
	f.Fuzz(func(t *testing.T, raw []byte, side uint8) {
		const most = 24 // fewer than maxWholes, and quick for the oracle
		spans := decodeSpans(raw[:min(len(raw), 4*most)])
		var r Resolver
		require.Equal(t, naive(spans, Side(side%3)), resolved(&r, spans, Side(side%3)))
		check(t, spans, Side(side%3))
	})
}
