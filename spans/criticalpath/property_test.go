package criticalpath

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/tree"
)

// What the first byte of decodeSpans chooses.
const (
	properTree   = 1 << iota // ids are unique, parents are there; else there is everything
	extremeTimes             // near 0 and 2^64-1, too
	oneClock
	noneShared
	strictly
	noTolerance
	long // children lie within their parents
	knownBits
)

// decodeSpans reads an analyzer and spans, eight bytes each, of so few values that they
// relate in every way.
func decodeSpans(raw []byte, spans []Span) (Analyzer, []Span) {
	if len(raw) == 0 {
		return Analyzer{}, spans
	}
	mode := raw[0]
	a := Analyzer{Strict: mode&strictly != 0 && mode&oneClock != 0, Tolerance: 0.05}
	if mode&noTolerance != 0 {
		a.Tolerance = 0
	}
	for raw = raw[1:]; len(raw) >= 8; raw = raw[8:] {
		n := uint64(len(spans))
		s := Span{
			ID: uint64(raw[0] % 11), Parent: uint64(raw[1] % 12),
			Start: uint64(raw[2]), End: uint64(raw[2]) + uint64(raw[3]) - uint64(raw[3]>>5),
			Service: uint32(raw[4] % 3), Clock: uint32(raw[5] % 3), Kind: tree.Kind(raw[6] % 6),
			Shared: raw[7]%3 == 0 && mode&noneShared == 0,
		}
		if raw[3]%16 == 0 {
			s.End = uint64(raw[3] >> 1) // none, or less than none
		}
		if mode&properTree != 0 {
			s.ID, s.Parent = n+1, min(n, uint64(raw[1])%(n+1))
		}
		if mode&long != 0 && n > 0 {
			p := &spans[(s.Parent+n-1)%n]
			length := max(1, p.End-p.Start+1)
			s.Start = p.Start + uint64(raw[2])%length
			s.End = s.Start + uint64(raw[3])%max(1, max(p.End, s.Start)-s.Start+1)
		}
		if mode&oneClock != 0 {
			s.Clock = 7
		}
		if mode&extremeTimes != 0 {
			s.Start, s.End = extreme(s.Start, raw[7]>>4), extreme(s.End, raw[7]>>6)
		}
		spans = append(spans, s)
	}
	return a, spans
}

func extreme(time uint64, how byte) uint64 {
	switch how & 3 {
	case 1:
		return math.MaxUint64 - time
	case 2:
		return 1<<63 - 128 + time
	}
	return time
}

// source gives random spans, and uses its memory again.
type source struct {
	rng   *rand.Rand
	raw   []byte
	spans []Span
}

func (s *source) next(modes byte, most int) (Analyzer, []Span) {
	s.raw = append(s.raw[:0], byte(s.rng.Uint32())&modes)
	for range s.rng.IntN(most + 1) {
		v := s.rng.Uint64()
		s.raw = append(s.raw, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
	}
	a, spans := decodeSpans(s.raw, s.spans[:0])
	s.spans = spans
	return a, spans
}

// checkTrace says what is wrong with a result by itself.
func checkTrace(a *Analyzer, spans []Span, tr *Trace) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s: %+v gives %+v", fmt.Sprintf(format, args...), spans, *tr)
	}
	n := len(spans)
	for _, length := range []int{len(tr.Parents), len(tr.Children), len(tr.Marks), len(tr.Start), len(tr.End), len(tr.Shift), len(tr.Self)} {
		if length != n {
			return fail("a length of %d", length)
		}
	}
	// Parents come first, and hand down their root and what their children can have of it.
	roots, from, to := make([]int32, n), make([]uint64, n), make([]uint64, n)
	for i := range roots {
		roots[i] = -1
	}
	children, duplicates := make([]int32, n), 0
	for i, m := range tr.Marks {
		if m&Duplicate != 0 {
			duplicates++
		}
		if tr.End[i] < tr.Start[i] {
			return fail("span %d ends before it starts", i)
		}
	}
	for _, i := range tr.Order {
		from[i], to[i] = tr.Start[i], tr.End[i]
		switch p := tr.Parents[i]; {
		case roots[i] >= 0 || tr.Marks[i]&Duplicate != 0:
			return fail("span %d is twice in the order, or a duplicate", i)
		case p < 0:
			roots[i] = i
		case roots[p] < 0 || tr.Marks[i]&(Orphan|Async) != 0:
			return fail("span %d has a parent that comes later, or should have none", i)
		default:
			roots[i] = roots[p]
			children[p]++
			from[i], to[i] = max(from[i], from[p]), min(to[i], to[p])
		}
	}
	if len(tr.Order)+duplicates != n || !slices.Equal(children, tr.Children) || len(tr.Ends) != len(tr.Roots) {
		return fail("counts")
	}
	self := make([]uint64, n)
	for k, root := range tr.Roots {
		if roots[root] != root || k > 0 && tr.Roots[k-1] == root {
			return fail("root %d is none", root)
		}
		roots[root] = -1 // each once; below, sections are of those that lead to it
		at, last := tr.Start[root], int32(-1)
		for _, s := range tr.Path(k) {
			if s.Span == last || s.Start != at || s.End <= s.Start || s.Span != root && roots[s.Span] != root ||
				s.Start < from[s.Span] || s.End > to[s.Span] {
				return fail("root %d: section %+v", root, s)
			}
			at, last = s.End, s.Span
			self[s.Span] += s.End - s.Start
		}
		walked := !a.Strict || tr.Marks[root]&(Orphan|Async) == 0
		if walked && at != tr.End[root] || !walked && len(tr.Path(k)) > 0 {
			return fail("root %d: path to %d", root, at)
		}
	}
	if !slices.Equal(self, tr.Self) || len(tr.Ends) > 0 && int(tr.Ends[len(tr.Ends)-1]) != len(tr.Sections) {
		return fail("sums")
	}
	for i, root := range roots {
		if root == int32(i) {
			return fail("root %d is not listed", i)
		}
	}
	return nil
}

// checkPartition checks random trees, with one analyzer for all.
func checkPartition(t *testing.T, trees int, seed uint64) {
	start, marks, sections := time.Now(), [8]int{}, 0
	var a Analyzer
	src := source{rng: rand.New(rand.NewPCG(seed, 1))}
	for range trees {
		options, spans := src.next(knownBits-1, 14)
		a.Strict, a.Tolerance = options.Strict, options.Tolerance
		tr := a.Analyze(spans)
		if err := checkTrace(&a, spans, tr); err != nil {
			t.Fatal(err)
		}
		sections += len(tr.Sections)
		for _, m := range tr.Marks {
			for bit := range marks {
				marks[bit] += int(m >> bit & 1)
			}
		}
	}
	t.Logf("%d trees, %d sections, marks %v, in %v", trees, sections, marks, time.Since(start))
	for bit, count := range marks[:6] {
		assert.Greater(t, count, trees/100, "mark %d", 1<<bit)
	}
}

func TestPartition(t *testing.T) { checkPartition(t, 100_000, 1) }

// TestPartitionMillion takes two seconds, with KOINE_MILLION set: ten times TestPartition, from another seed.
func TestPartitionMillion(t *testing.T) {
	if os.Getenv("KOINE_MILLION") == "" {
		t.Skip("KOINE_MILLION is not set")
	}
	checkPartition(t, 1_000_000, 2)
}

func TestAsOracle(t *testing.T) {
	src := source{rng: rand.New(rand.NewPCG(3, 4))}
	for range 20_000 {
		a, spans := src.next(knownBits-1, 12)
		require.NoError(t, compareWithOracle(&a, spans, a.Analyze(spans)))
	}
}

// TestManySiblings: many are sorted in another way.
func TestManySiblings(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		spans := []Span{{ID: 1, Start: 0, End: 1000}}
		longest := 1 + rng.Uint64N(300)
		for n := 10 + rng.IntN(150); len(spans) < n; {
			start := rng.Uint64N(900)
			spans = append(spans, Span{ID: rng.Uint64N(1000) + 2, Parent: 1, Start: start, End: start + rng.Uint64N(longest)})
		}
		for _, a := range []*Analyzer{NewAnalyzer(), {}, {Strict: true}, {Tolerance: 0.1}} {
			tr := a.Analyze(spans)
			require.NoError(t, checkTrace(a, spans, tr))
			require.NoError(t, compareWithOracle(a, spans, tr))
		}
	}
}

// TestOrderOfSpansIsNothing: what is found does not depend on how the spans arrived, as long
// as ids are unique.
func TestOrderOfSpansIsNothing(t *testing.T) {
	type found struct {
		mark   Mark
		self   uint64
		shift  int64
		parent uint64
	}
	src := source{rng: rand.New(rand.NewPCG(5, 6))}
	for range 20_000 {
		a, spans := src.next(knownBits-1&^properTree, 12)
		for i := range spans {
			spans[i].ID = uint64(i + 1)
		}
		byID := func() map[uint64]found {
			m, tr := map[uint64]found{}, a.Analyze(spans)
			for i, s := range spans {
				f := found{tr.Marks[i], tr.Self[i], tr.Shift[i], 0}
				if p := tr.Parents[i]; p >= 0 {
					f.parent = spans[p].ID
				}
				m[s.ID] = f
			}
			return m
		}
		want := byID()
		src.rng.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		require.Equal(t, want, byID(), "%+v", spans)
	}
}

func FuzzAnalyze(f *testing.F) {
	src := source{rng: rand.New(rand.NewPCG(7, 8))}
	for range 200 {
		src.next(knownBits-1, 10)
		f.Add(slices.Clone(src.raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, spans := decodeSpans(raw[:min(len(raw), 1+8*100)], nil)
		tr := a.Analyze(spans)
		require.NoError(t, checkTrace(&a, spans, tr))
		require.NoError(t, compareWithOracle(&a, spans, tr))
	})
}
