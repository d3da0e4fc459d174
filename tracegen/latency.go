package tracegen

import (
	"math"
	"math/rand/v2"
	"time"
)

// latency is a log-normal distribution: half of the draws lie below the median, two
// thirds within a factor of e^spread of it.
type latency struct {
	mu     float64 // of the logarithm of microseconds
	spread float64
}

func around(median time.Duration, spread float64) latency {
	return latency{mu: math.Log(float64(median) / float64(time.Microsecond)), spread: spread}
}

func (l latency) median() float64 { return math.Exp(l.mu) } // microseconds

// draw returns whole microseconds, at least one: Zipkin takes a duration of zero for
// an unknown one.
func (l latency) draw(rng *rand.Rand) int64 {
	return max(1, int64(math.Exp(l.mu+l.spread*rng.NormFloat64())))
}
