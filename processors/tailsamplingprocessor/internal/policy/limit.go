package policy

import (
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"

	"github.com/koine-otel/koine/spans/probability"
)

// limit is a part of a policy that keeps traces while a budget lasts. It is the policy
// itself (rate_limiting, bytes_limiting) or a composite's part.
type limit struct {
	*budget
	size   func(*Trace) int64
	number int
}

func spansOf(t *Trace) int64 { return t.Spans }
func bytesOf(t *Trace) int64 { return int64(t.Bytes) }

func (l *limit) decide(e *evaluation) (samplingpolicy.Decision, error) {
	return sampledIf(l.take(e)), nil
}

func (*limit) stateful() bool { return true }

// fits is whether the trace could ever be kept. One that could not does not close the
// limit, because its randomness has no part in that.
func (l *limit) fits(e *evaluation) bool { return l.size(e.trace) <= l.burst.Load() }

// take keeps the trace, if it may.
func (l *limit) take(e *evaluation) bool {
	if !l.fits(e) {
		return false
	}
	c := &e.round.closings[l.number]
	size := l.size(e.trace)
	open := !c.closed && c.floor.Keeps(e.randomness)
	taken := l.ask(e.round.now, e.randomness, size, open)
	if open && !taken {
		c.closed, c.at = true, e.randomness
	}
	return taken
}

// chance is what the limit left: all of what is above the floor, and above the first that
// it refused. Neither depends on the randomness of any trace that it kept, which is why the
// probability is true (Ting, Adaptive Threshold Sampling, 2022).
func (l *limit) chance(e *evaluation) chance {
	c := e.round.closings[l.number]
	switch {
	case !l.fits(e):
		return never
	case e.round.alone:
		return unknown
	case c.closed:
		return chance{least: max(c.floor, probability.Threshold(c.at)+1)}
	}
	return chance{least: c.floor}
}

// closing is how far a limit goes in a round. Traces are asked in the order of their
// randomness, the greatest first, and all that come after the first refused one are
// refused too: only so is there a threshold that all of the kept are above and none of the
// others.
type closing struct {
	// floor is set before the round: none below it is kept.
	floor probability.Threshold
	// at is the randomness of the first that was refused for want of tokens.
	at     probability.Randomness
	closed bool
}
