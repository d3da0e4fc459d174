package bottleneck

import (
	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/probability"
)

// Candidate is a trace that may be kept.
type Candidate struct {
	// Randomness is the trace's, and Incoming the threshold that it was kept by on its way here.
	Randomness probability.Randomness
	Incoming   probability.Threshold
	Spans      int64
	Bytes      uint64
	// Score, Cause, Error and Path are the Finding's.
	Score              float64
	Cause, Error, Path uint64
	// Rare is the operation of the trace that was not kept for the longest, see Coverage.
	Rare baseline.Operation

	// Threshold is the result: the one that the trace has to reach, Incoming or higher.
	Threshold probability.Threshold
}

// Kept is whether it is.
func (c *Candidate) Kept() bool { return c.Threshold.Keeps(c.Randomness) }

// room is how far the randomness is from the greatest, of those that Incoming lets through: a
// number that is uniform between 0 and 1, 0 left out.
func (c *Candidate) room() float64 {
	if c.Incoming >= probability.Never || uint64(c.Randomness) >= uint64(probability.Never) {
		return 1 // neither is anything that was kept
	}
	kept := uint64(probability.Never - c.Incoming)
	return min(1, float64(uint64(probability.Never)-uint64(c.Randomness))/float64(kept))
}

// chance sets the threshold for a probability of this choice.
func (c *Candidate) chance(p float64) {
	c.Threshold = max(c.Incoming, probability.FromProbability(p*c.Incoming.Probability()))
}
