package probability

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromTraceID(t *testing.T) {
	id := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	assert.Equal(t, Randomness(0x0a0b0c0d0e0f10), FromTraceID(id))
	assert.EqualValues(t, sampling.TraceIDToRandomness(id).Unsigned(), FromTraceID(id))
	assert.Equal(t, Randomness(Never-1), FromTraceID([16]byte{8: 0, 9: 255, 10: 255, 11: 255, 12: 255, 13: 255, 14: 255, 15: 255}))
	assert.Equal(t, Randomness(0), FromTraceID([16]byte{0: 255, 8: 255}))
}

func TestFromProbability(t *testing.T) {
	for _, test := range []struct {
		p    float64
		want Threshold
	}{
		{1, Always},
		{1.5, Always},
		{math.Inf(1), Always},
		{math.Nextafter(1, 0), 8}, // 1-2^-53
		{0.75, 0x40000000000000},
		{0.5, 0x80000000000000},
		{0.25, 0xc0000000000000},
		{0.1, 0xe6666666666666},     // 2^56/10 = 7205759403792793.6, kept 0x19999999999999.a
		{1.0 / 3, 0xaaaaaaaaaaaaac}, // 1/3 as a float64 is 0x15555555555555p-54
		{0x1p-56, Never - 1},        // the least there is
		{0x1.8p-56, Never - 2},      // a tie
		{0x1.7ffffp-56, Never - 1},  // just below it
		{0x1.fffffp-57, Never},      // below the least
		{math.SmallestNonzeroFloat64, Never},
		{0, Never},
		{-1, Never},
		{math.Inf(-1), Never},
		{math.NaN(), Never},
	} {
		assert.Equal(t, test.want, FromProbability(test.p), "%v", test.p)
	}
}

func TestFromProbabilityIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		p := math.Ldexp(0.5+rng.Float64()/2, -rng.IntN(56))
		exact, _ := new(big.Float).SetMantExp(big.NewFloat(p), 56).Rat(nil)
		kept := new(big.Rat).SetUint64(uint64(Never - FromProbability(p)))
		distance := kept.Sub(kept, exact)
		require.LessOrEqual(t, distance.Abs(distance).Cmp(big.NewRat(1, 2)), 0, "%v", p)

		oracle, err := sampling.ProbabilityToThreshold(p)
		require.NoError(t, err)
		require.EqualValues(t, oracle.Unsigned(), FromProbability(p), "%v", p)
		require.InEpsilon(t, p, FromProbability(p).Probability(), 1/(2*p*float64(Never))+1e-15)
		require.InEpsilon(t, oracle.AdjustedCount(), FromProbability(p).AdjustedCount(), 1e-15)
	}
}

func TestThresholdAtItsEnds(t *testing.T) {
	for _, test := range []struct {
		t                  Threshold
		probability, count float64
	}{
		{Always, 1, 1},
		{1 << 55, 0.5, 2},
		{Never - 1<<50, 1.0 / 64, 64},
		{Never - 1, 0x1p-56, 0x1p56},
		{Never, 0, 0},
		{Never + 1, 0, 0},
		{math.MaxUint64, 0, 0},
	} {
		assert.Equal(t, test.probability, test.t.Probability())
		assert.Equal(t, test.count, test.t.AdjustedCount())
		assert.Equal(t, test.t == Always, test.t.Keeps(0))
		assert.Equal(t, test.t < Never, test.t.Keeps(Randomness(Never-1)))
	}
	assert.True(t, Threshold(5).Keeps(5))
	assert.False(t, Threshold(5).Keeps(4))
}

// thresholds are n random ones of all magnitudes, and those at the ends.
func thresholds(n int) []Threshold {
	rng := rand.New(rand.NewPCG(2, 2))
	ts := []Threshold{Always, 1, 2, 1 << 55, 1<<55 + 1, Never - 2, Never - 1, Never, Never + 1, math.MaxUint64}
	for range n {
		magnitude := Threshold(rng.Uint64()>>8) >> rng.IntN(56)
		ts = append(ts, magnitude, Never-magnitude)
	}
	return ts
}

func TestThen(t *testing.T) {
	half, quarter := FromProbability(0.5), FromProbability(0.25)
	assert.Equal(t, quarter, half.Then(half))
	assert.Equal(t, FromProbability(0.125), half.Then(quarter))
	assert.Equal(t, Never-1, (Never - 1).Then(Never-1), "2^-112 is not 0")
	assert.Equal(t, Never-1, (Never - 3).Then(Never-1))
	assert.Equal(t, Never-2, (Never - 3).Then(half), "1.5 of 2^56 is a tie")

	ts := thresholds(150)
	one := new(big.Int).Lsh(big.NewInt(1), 56)
	for _, a := range ts {
		require.Equal(t, min(a, Never), a.Then(Always))
		require.Equal(t, Never, a.Then(Never))
		for _, b := range ts {
			both := a.Then(b)
			require.Equal(t, both, b.Then(a), "%x %x", a, b)
			require.GreaterOrEqual(t, both, min(max(a, b), Never), "%x %x", a, b)
			require.Equal(t, a >= Never || b >= Never, both == Never, "%x %x", a, b)
			if a >= Never || b >= Never {
				continue
			}
			// Twice the distance from the exact product is no more than a unit.
			exact := new(big.Int).Mul(big.NewInt(int64(Never-a)), big.NewInt(int64(Never-b)))
			got := new(big.Int).Mul(big.NewInt(int64(Never-both)), one)
			twice := new(big.Int).Lsh(new(big.Int).Sub(got, exact), 1)
			require.True(t, twice.CmpAbs(one) <= 0 || both == Never-1, "%x %x: %x", a, b, both)
		}
	}

	slices.Sort(ts)
	for _, c := range ts {
		for i := range ts[1:] {
			require.LessOrEqual(t, ts[i].Then(c), ts[i+1].Then(c), "monotone: %x %x, then %x", ts[i], ts[i+1], c)
		}
	}
}

// TestUnbiased: a kept trace's adjusted count is, over all traces, 1 on average; so it is of
// two samplings by one randomness, and of two independent ones.
func TestUnbiased(t *testing.T) {
	const n = 400_000
	rng := rand.New(rand.NewPCG(3, 3))
	random := func() Randomness { return Randomness(rng.Uint64() >> 8) }
	for _, p := range []float64{1, 0.9, 0.5, 0.3, 0.1, 0.01} {
		first, second := FromProbability(p), FromProbability(0.4)
		var alone, same, independent float64
		for range n {
			r := random()
			if !first.Keeps(r) {
				continue
			}
			alone += first.AdjustedCount()
			if second.Keeps(r) {
				same += max(first, second).AdjustedCount()
			}
			if second.Keeps(random()) {
				independent += first.Then(second).AdjustedCount()
			}
		}
		within := func(sum, p float64) {
			assert.InDelta(t, 1, sum/n, 3*math.Sqrt((1/p-1)/n)+1e-12, "%v", p)
		}
		within(alone, p)
		within(same, min(p, 0.4))
		within(independent, p*0.4)
	}
}

func BenchmarkThen(b *testing.B) {
	t := FromProbability(0.3)
	b.ReportAllocs()
	for b.Loop() {
		t = (t & (1<<55 - 1)).Then(12345)
	}
}
