package quality

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/koine-otel/koine/tracegen"
)

func TestTheBestThreshold(t *testing.T) {
	s := threshold{budget: 0.4, traces: []timedTrace{
		{length: 900, spans: 1}, {length: 800, spans: 1, faulty: true}, {length: 700, spans: 1, faulty: true},
		{length: 600, spans: 1}, {length: 500, spans: 6, faulty: true},
	}}
	// Above 600 there are 2 of 3, and a seventh of the rest; lower ones find no more.
	longest, rest := s.best()
	assert.Equal(t, 3, longest)
	assert.InDelta(t, 1.0/7, rest, 1e-9)

	// A threshold that long decoys use up is worse than none.
	s.traces = []timedTrace{{length: 9, spans: 4}, {length: 8, spans: 3}, {length: 7, spans: 3, faulty: true}}
	longest, rest = s.best()
	assert.Equal(t, 0, longest)
	assert.InDelta(t, 0.4, rest, 1e-9)

	// Traces that are equally long are on the same side.
	s.budget = 0.5
	s.traces = []timedTrace{{length: 5, spans: 1, faulty: true}, {length: 5, spans: 1}, {length: 4, spans: 2}}
	longest, _ = s.best()
	assert.Equal(t, 2, longest)
}

func TestReservoirPrefersLongRoots(t *testing.T) {
	kept := map[bool]int{}
	r := newReservoir(0.1, func(i int, p float64, _ Named) {
		assert.True(t, math.IsNaN(p))
		kept[i%2 == 0]++
	})
	for i := range 10_000 {
		length := time.Second
		if i%2 == 0 {
			length = 3 * time.Second
		}
		r.Offer(&Trace{Index: i, At: time.Unix(int64(i/100), 0), Spans: []tracegen.Span{{End: int64(length)}}})
	}
	r.Close()
	assert.InDelta(t, 1000, kept[true]+kept[false], 2)
	assert.InDelta(t, 3, float64(kept[true])/float64(kept[false]), 0.6)
}

// The figures are worked out by hand from the description of the method.
func TestThrottleRates(t *testing.T) {
	order := []int{0, 1, 2}
	assert.Equal(t, []float64{20, 20, 20}, throttleRates(map[int]float64{}, order, 20), "nothing is known yet")
	// 1110 are to be 111: 55.5, 37 and 18.5 by their logarithms 3, 2 and 1. The third has
	// but 10 and leaves 8.5, to those after it only: the second, of 3 in 100, leaves more.
	rates := throttleRates(map[int]float64{0: 1000, 1: 100, 2: 10}, order, 10)
	assert.Equal(t, []float64{19, 3, 1}, rates)
	rates = throttleRates(map[int]float64{0: 1000, 1: 100, 2: 10}, []int{2, 1, 0}, 10)
	assert.Equal(t, []float64{15, 3, 1}, rates)
	assert.Equal(t, []float64{10, 1, 1}, throttleRates(map[int]float64{0: 1000}, order, 10), "new keys are kept whole")
}

func TestThrottleForgets(t *testing.T) {
	average := decayed(map[int]float64{}, []float64{8, 0})
	assert.Equal(t, map[int]float64{0: 4}, average)
	average = decayed(average, []float64{0, 2})
	assert.Equal(t, map[int]float64{0: 2, 1: 1}, average)
	for range 3 {
		average = decayed(average, []float64{0, 2})
	}
	assert.NotContains(t, average, 0)
}

func TestLeast(t *testing.T) {
	assert.InEpsilon(t, 250.0, least(1, 1e9, 4, func(x float64) float64 { return 1000 / x }), 1e-5)
	assert.Equal(t, 1e9, math.Round(least(1, 1e9, 4, func(float64) float64 { return 5 })/1e3)*1e3, "what cannot be met")
}
