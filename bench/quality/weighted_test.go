package quality

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWeightedQuantiles(t *testing.T) {
	var w weighted
	for i, p := range []float64{1, 0.25, 1, 0.5} { // weights 1, 4, 1, 2
		w.add(weightedSpan{length: uint32(10 * (i + 1)), trace: i, probability: p})
	}
	w.sort()
	assert.Equal(t, 8.0, w.total)
	for q, want := range map[float64]float64{-1: 10, 0: 10, 1.0 / 8: 10, 0.126: 20, 0.5: 20, 0.63: 30, 0.75: 30, 0.9: 40, 1: math.Inf(1)} {
		assert.Equal(t, want, w.quantile(q), q)
	}
	assert.Equal(t, 20.0, quantile([]uint32{10, 20, 30, 40}, 0.5))
	assert.Equal(t, 40.0, quantile([]uint32{10, 20, 30, 40}, 0.99))
}

func TestNoIntervalWhereAllIsKept(t *testing.T) {
	var w weighted
	for i := range 100 {
		w.add(weightedSpan{length: uint32(i), trace: i / 2, probability: 1})
	}
	low, high := w.interval(0.5)
	assert.Equal(t, []float64{49, 49}, []float64{low, high})
}

// Intervals of 95 % cover the truth in 95 of 100 samples or more: of single spans and of
// several that are alike in a trace, kept evenly and by what they are.
func TestIntervalsCover(t *testing.T) {
	for name, c := range map[string]struct {
		spans       int
		probability func(length float64) float64
	}{
		"even":           {1, func(float64) float64 { return 0.1 }},
		"even, clusters": {4, func(float64) float64 { return 0.1 }},
		"by length":      {1, func(x float64) float64 { return min(1, 0.05+x/40_000) }},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		var all []uint32
		var samples [300]weighted
		for trace := range 12_000 {
			// What the spans of a trace have in common is most of it.
			length := 3000 * math.Exp(0.5*rng.NormFloat64())
			p := c.probability(length)
			var spans []uint32
			for range c.spans {
				spans = append(spans, uint32(length*(1+0.1*rng.Float64())))
			}
			all = append(all, spans...)
			for i := range samples {
				if rng.Float64() >= p {
					continue
				}
				for _, s := range spans {
					samples[i].add(weightedSpan{s, trace, p})
				}
			}
		}
		slices.Sort(all)
		for _, q := range []float64{0.5, 0.99} {
			want, covered := quantile(all, q), 0
			for i := range samples {
				samples[i].sort()
				if low, high := samples[i].interval(q); low <= want && want <= high {
					covered++
				}
			}
			// Never much less, and more where there is little to go by.
			assert.Greater(t, float64(covered)/float64(len(samples)), 0.92, "%s, %v", name, q)
		}
	}
}
