package block

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// held is a span that a test keeps, and what must be read back.
type held struct {
	ref                   Ref
	resource, scope, span []byte
}

// write writes requests of random spans.
func write(t testing.TB, s *Store, r *rand.Rand, set uint32, spans, size int) []held {
	var all []held
	total := 0
	for i := range spans {
		h := held{resource: text(r, r.IntN(200)), scope: text(r, r.IntN(20)), span: text(r, 1+r.IntN(2*size))}
		if i%7 == 0 {
			total += len(h.resource) + len(h.scope)
		} else {
			h.resource, h.scope = all[i-1].resource, all[i-1].scope
		}
		total += len(h.span)
		all = append(all, h)
	}
	var w Writer
	s.Begin(&w, set, total)
	for i := range all {
		if i%7 == 0 {
			w.Context(all[i].resource, all[i].scope)
		}
		all[i].ref = w.Span(all[i].span)
	}
	require.NoError(t, w.Close())
	return all
}

func text(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(4))
	}
	return b
}

func check(t testing.TB, s *Store, set uint32, h held) {
	body, err := s.Read(h.ref.Block, nil)
	require.NoError(t, err)
	assert.Equal(t, set, body.Set)
	span, context := body.Span(h.ref.Offset)
	resource, scope := body.Context(context)
	assert.Equal(t, string(h.span), string(span))
	assert.Equal(t, string(h.resource), string(resource))
	assert.Equal(t, string(h.scope), string(scope))
}

// TestStore writes requests of every size and reads each span back, before and after others of
// its block are released; in the end nothing is held.
func TestStore(t *testing.T) {
	s := NewStore()
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	var all []held
	for _, spans := range []int{1, 1, 3, 8, 20, 100, 500, 2000} {
		for range 5 {
			all = append(all, write(t, s, r, 3, spans, 300)...)
		}
	}
	all = append(all, write(t, s, r, 3, 2, 300<<10)...)
	assert.Positive(t, s.Held())
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, h := range all {
		if i%5 == 0 {
			check(t, s, 3, h)
		}
		s.Release(h.ref.Block, 1)
	}
	s.SealIdle()
	s.SealIdle()
	assert.LessOrEqual(t, s.Held(), int64(chunkSize), "the current chunk at the most")
}

// TestBlockSizes: requests get blocks of 16 to 64 KiB, and small ones share them.
func TestBlockSizes(t *testing.T) {
	s := NewStore()
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	sizes := func(all []held) map[uint32]int {
		raw := map[uint32]int{}
		for _, h := range all {
			body, err := s.Read(h.ref.Block, nil)
			require.NoError(t, err)
			raw[h.ref.Block] = len(body.Bytes)
		}
		return raw
	}
	for _, spans := range []int{80, 200, 500, 3000} {
		for id, size := range sizes(write(t, s, r, 1, spans, 300)) {
			assert.GreaterOrEqual(t, size, minBody, "block %d of %d spans", id, spans)
			assert.LessOrEqual(t, size, maxBody+1<<10, "block %d of %d spans", id, spans)
		}
	}
	var small []held
	for range 1000 {
		small = append(small, write(t, s, r, 1, 3, 300)...)
	}
	// Each core has an open block; the last of each is read before it is full.
	assert.LessOrEqual(t, len(sizes(small)), 1000*3*400/(maxBody-minBody)+2*runtime.GOMAXPROCS(0))
}

// TestSets: blocks of one set hold no spans of another.
func TestSets(t *testing.T) {
	s := NewStore()
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for set := range uint32(5) {
		for _, h := range write(t, s, r, set, 3, 50) {
			assert.Equal(t, set, s.Set(h.ref.Block))
			check(t, s, set, h)
		}
	}
}

// TestStoreConcurrently has writers, readers and releasers at work on the same open blocks.
func TestStoreConcurrently(t *testing.T) {
	s := NewStore()
	defer s.Close()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 7))
			var mine []held
			for range 300 {
				mine = append(mine, write(t, s, r, uint32(g%2), 1+r.IntN(12), 100)...)
				for len(mine) > 100 {
					i := r.IntN(len(mine))
					if r.IntN(10) == 0 {
						check(t, s, uint32(g%2), mine[i])
					}
					s.Release(mine[i].ref.Block, 1)
					mine[i] = mine[len(mine)-1]
					mine = mine[:len(mine)-1]
				}
			}
			for _, h := range mine {
				check(t, s, uint32(g%2), h)
				s.Release(h.ref.Block, 1)
			}
		})
	}
	wg.Wait()
	s.SealIdle()
	s.SealIdle()
	assert.LessOrEqual(t, s.Held(), int64(chunkSize))
}

func BenchmarkWriter(b *testing.B) {
	for _, spans := range []int{1, 8, 256} {
		b.Run(fmt.Sprintf("%d spans", spans), func(b *testing.B) {
			s := NewStore()
			defer s.Close()
			r := rand.New(rand.NewPCG(1, 2))
			span, resource := text(r, 280), text(r, 300)
			var w Writer
			refs := make([]Ref, spans)
			b.ReportAllocs()
			b.SetBytes(int64(spans * len(span)))
			for b.Loop() {
				s.Begin(&w, 0, spans*len(span)+len(resource))
				w.Context(resource, nil)
				for i := range refs {
					refs[i] = w.Span(span)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				for _, ref := range refs {
					s.Release(ref.Block, 1)
				}
			}
		})
	}
}
