package probability

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUniformityIsSmallAndFlat(t *testing.T) {
	assert.LessOrEqual(t, unsafe.Sizeof(Uniformity{}), uintptr(80))
	for i := range reflect.TypeFor[Uniformity]().NumField() {
		assert.NotContains(t, []reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map, reflect.String},
			reflect.TypeFor[Uniformity]().Field(i).Type.Kind())
	}
}

// fill gives one window of ids and reports what was said of it.
func fill(t *testing.T, u *Uniformity, next func(i int) uint64) bool {
	t.Helper()
	for i := range window - 1 {
		require.False(t, u.Add(Randomness(next(i))), "judged before the window was full")
	}
	require.True(t, u.Add(Randomness(next(window-1))))
	return u.Random()
}

func TestNotRandom(t *testing.T) {
	const mask = uint64(Never - 1)
	rng := rand.New(rand.NewPCG(1, 2))
	start := rng.Uint64() & mask
	nanos := uint64(1_790_000_000_123_456_789)
	for name, next := range map[string]func(i int) uint64{
		"one id":                 func(int) uint64 { return start },
		"zeros":                  func(int) uint64 { return 0 },
		"fixed low byte":         func(int) uint64 { return rng.Uint64()&mask&^0xff | 0x2a },
		"fixed low 4 bytes":      func(int) uint64 { return rng.Uint64()&mask&^0xffffffff | 0xdeadbeef },
		"seconds high":           func(i int) uint64 { return (nanos/1e9+uint64(i/100))<<24&mask | rng.Uint64()&0xffffff },
		"milliseconds high":      func(i int) uint64 { return (nanos/1e6+uint64(i)*7)<<12&mask | rng.Uint64()&0xfff },
		"nanoseconds":            func(i int) uint64 { return (nanos + uint64(rng.ExpFloat64()*1e6) + uint64(i)*1e6) & mask },
		"counter":                func(i int) uint64 { return start + uint64(i) },
		"counter, random above":  func(i int) uint64 { return rng.Uint64()&mask&^0xffff | uint64(i) },
		"counter, every third":   func(i int) uint64 { return start + uint64(i)*3 },
		"counter, little-endian": func(i int) uint64 { return uint64(i)<<48&mask | uint64(i)>>8<<40&mask },
		"31-bit random":          func(int) uint64 { return rng.Uint64() & math.MaxInt32 },
		"52-bit random":          func(int) uint64 { return rng.Uint64() & (1<<52 - 1) },
		"a float's mantissa":     func(int) uint64 { return uint64(rng.Float64()*(1<<53)) << 3 & mask },
		"sampled at a quarter":   func(int) uint64 { return rng.Uint64()&mask | 3<<54 },
		"two fixed high bits":    func(int) uint64 { return rng.Uint64()&mask&^(3<<54) | 2<<54 },
	} {
		t.Run(name, func(t *testing.T) {
			assert.False(t, fill(t, new(Uniformity), next))
		})
	}
}

func TestRandomAgainAfterTwoGoodWindows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	good := func(int) uint64 { return rng.Uint64() >> 8 }
	bad := func(int) uint64 { return 7 }
	var u Uniformity
	assert.True(t, u.Random(), "before a window was full")
	for i, step := range []struct {
		ids  func(int) uint64
		want bool
	}{
		{good, true}, {bad, false}, {good, false}, {bad, false}, {good, false}, {good, true}, {good, true},
		{bad, false}, {bad, false}, {good, false}, {good, true}, {bad, false}, {good, false}, {good, true},
	} {
		assert.Equal(t, step.want, fill(t, &u, step.ids), "window %d", i)
	}
}

func TestRandomIsNotSuspected(t *testing.T) {
	windows := 200_000
	if testing.Short() {
		windows = 10_000
	}
	rng := rand.New(rand.NewPCG(5, 6))
	var u Uniformity
	for range windows * window {
		if u.Add(Randomness(rng.Uint64() >> 8)); !u.Random() {
			t.Fatal("a random service was suspected")
		}
	}
}

// TestFalseAlarm computes the chance that a window of random ids is judged not random, exactly:
// the counts of a window are 16 Poisson variables, given that their sum is 512.
func TestFalseAlarm(t *testing.T) {
	tooEven, tooUneven := tails(fewest-32*window, most-32*window)
	perWindow := 1 - (1-tooEven-tooUneven)*(1-tooEven-tooUneven) // the halves are independent
	t.Logf("too even %.3g, too uneven %.3g, a window %.3g", tooEven, tooUneven, perWindow)
	assert.Less(t, perWindow, 1e-7)
	assert.InDelta(t, 5.3e-8, perWindow, 0.05e-8, "the figure in the comment on fewest and most")
}

// tails are the chances that the sum over 16 buckets of the squared distance from 32 is below
// low, and above high.
func tails(low, high int) (below, above float64) {
	const mean, buckets = window / 16, 16
	widest := int(math.Sqrt(float64(buckets * high)))
	type state struct{ distance, square int }
	at := func(s state) int { return (s.distance+widest)*(high+1) + s.square }
	one := make([]float64, window+1) // a bucket's chances
	for n := range one {
		one[n] = poisson(mean, n)
	}
	chance := make([]float64, (2*widest+1)*(high+1))
	chance[at(state{})] = 1
	for range buckets {
		next := make([]float64, len(chance))
		for i, p := range chance {
			if p == 0 {
				continue
			}
			s := state{i/(high+1) - widest, i % (high + 1)}
			reach := int(math.Sqrt(float64(high - s.square)))
			for x := max(-reach, -mean); x <= reach; x++ {
				if to := (state{s.distance + x, s.square + x*x}); to.distance >= -widest && to.distance <= widest {
					next[at(to)] += p * one[mean+x]
				}
			}
		}
		chance = next
	}
	above = 1
	whole := poisson(window, window)
	for square := range high + 1 {
		p := chance[at(state{0, square})] / whole
		above -= p
		if square < low {
			below += p
		}
	}
	return below, above
}

func poisson(mean, n int) float64 {
	factorial, _ := math.Lgamma(float64(n + 1))
	return math.Exp(float64(n)*math.Log(float64(mean)) - float64(mean) - factorial)
}

func TestTailsAgreeWithSimulation(t *testing.T) {
	const windows = 200_000
	rng := rand.New(rand.NewPCG(7, 8))
	low, high := 0, 0
	for range windows {
		var counts [16]int
		for range window {
			counts[rng.Uint64()&15]++
		}
		square := 0
		for _, n := range counts {
			square += (n - 32) * (n - 32)
		}
		if square < 250 {
			low++
		}
		if square > 800 {
			high++
		}
	}
	below, above := tails(250, 800)
	assert.InDelta(t, below*windows, low, 4*math.Sqrt(below*windows))
	assert.InDelta(t, above*windows, high, 4*math.Sqrt(above*windows))
}

func BenchmarkUniformity(b *testing.B) {
	var u Uniformity
	r := uint64(1)
	b.ReportAllocs()
	for b.Loop() {
		r = r*6364136223846793005 + 1442695040888963407
		u.Add(Randomness(r >> 8))
	}
}
