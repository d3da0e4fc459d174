package bottleneck

import "math"

// histogram is how much came of late by a power of ten: of what score, of what weight.
type histogram struct {
	faded
	steps [steps]float64
}

const (
	// The range is that of weights, from leastWeight on, and of scores.
	lowest    = -9.0
	highest   = 15.0
	stepWidth = 0.05
	steps     = int((highest-lowest)/stepWidth) + 1
)

func newHistogram() histogram { return histogram{faded: faded{memory: levelMemory}} }

func (h *histogram) add(power, size float64) {
	power = min(max(power, lowest), highest)
	h.steps[int(math.Round((power-lowest)/stepWidth))] += size
	h.faded.add(size)
}

func (h *histogram) fade(seconds float64) {
	left := h.faded.fade(seconds)
	for i := range h.steps {
		h.steps[i] *= left
	}
}

// solve gives the least level at which what is wanted of everything is no more than a total.
// wanted is the part that is wanted of what has a power; it falls as the level rises.
func (h *histogram) solve(total float64, wanted func(power, level float64) float64) float64 {
	low, high := lowest, highest+1
	for high-low > stepWidth/10 {
		level, sum := (low+high)/2, 0.0
		for i := range h.steps {
			if h.steps[i] > 0 {
				sum += h.steps[i] * wanted(lowest+float64(i)*stepWidth, level)
			}
		}
		if sum > total {
			low = level
		} else {
			high = level
		}
	}
	return high
}
