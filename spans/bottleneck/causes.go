package bottleneck

import "math"

// causes are how much came of late of each cause, by score: what is wanted of them depends on the
// level, and the level on what is wanted of each, so that neither can be remembered by itself.
type causes struct {
	faded
	all map[uint64]*causeScores
}

// causeScores is the size of a cause's traces by score.
type causeScores [causeSteps]float32

const (
	// lowestLevel is the least level: a score of as much is not even material.
	lowestLevel  = 1.0
	highestLevel = 13.0
	causeStep    = 0.25
	causeSteps   = int((highestLevel-lowestLevel)/causeStep) + 1
)

func newCauses() causes {
	return causes{faded: faded{memory: levelMemory}, all: map[uint64]*causeScores{}}
}

func (c *causes) add(cause uint64, score, size float64) {
	if score < lowestLevel {
		return
	}
	s := c.all[cause]
	if s == nil {
		if len(c.all) >= maxRates {
			return
		}
		s = new(causeScores)
		c.all[cause] = s
	}
	s[int(math.Round((min(score, highestLevel)-lowestLevel)/causeStep))] += float32(size)
}

func (c *causes) fade(seconds float64) {
	left := float32(c.faded.fade(seconds))
	for cause, s := range c.all {
		sum := float32(0)
		for i := range s {
			s[i] *= left
			sum += s[i]
		}
		if sum < 1e-3 {
			delete(c.all, cause)
		}
	}
}

// wanted is how much of a cause is wanted a second at a level.
func (c *causes) wanted(s *causeScores, level float64) (sum float64) {
	for i, size := range s {
		if size > 0 {
			sum += float64(size) * min(1, wanted(lowestLevel+float64(i)*causeStep, level))
		}
	}
	return sum / max(c.seconds, 1e-3)
}

// of is the same of a cause that is named.
func (c *causes) of(cause uint64, level float64) float64 {
	if s := c.all[cause]; s != nil {
		return c.wanted(s, level)
	}
	return 0
}

// all together, of each no more than plenty.
func (c *causes) total(level, plenty float64) (sum float64) {
	for _, s := range c.all {
		sum += min(plenty, c.wanted(s, level))
	}
	return sum
}

// solve gives the level at which what is wanted of all causes is a budget, if no cause may have more
// than plenty. Where it is less than that at the least level, causes may have more, evenly.
func (c *causes) solve(budget, plenty float64) (level, most float64) {
	if c.total(lowestLevel, plenty) <= budget {
		low, high := plenty, max(plenty, budget)
		if c.total(lowestLevel, high) <= budget {
			return lowestLevel, math.Inf(1)
		}
		for range 40 {
			if middle := (low + high) / 2; c.total(lowestLevel, middle) > budget {
				high = middle
			} else {
				low = middle
			}
		}
		return lowestLevel, low
	}
	low, high := lowestLevel, highestLevel+1
	for high-low > causeStep/20 {
		if middle := (low + high) / 2; c.total(middle, plenty) > budget {
			low = middle
		} else {
			high = middle
		}
	}
	return high, plenty
}
