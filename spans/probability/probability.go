// Package probability is OpenTelemetry's consistent probability sampling: thresholds and
// randomness of 56 bits, and the th and rv that the ot entry of a W3C tracestate says of them
// (OpenTelemetry specification, trace/tracestate-handling.md and
// trace/tracestate-probability-sampling.md; W3C Trace Context level 2, "tracestate header").
package probability

import (
	"math"
	"math/bits"
)

// Threshold is a rejection threshold of 56 bits: a trace is kept if and only if its
// randomness is at least it. A value above Never means Never.
type Threshold uint64

const (
	// Always keeps every trace.
	Always Threshold = 0
	// Never keeps none. It is no th: a span that was kept cannot say it.
	Never Threshold = 1 << 56
)

// Randomness is the number of 56 bits that is common to the spans of a trace.
type Randomness uint64

// FromTraceID is the randomness of a trace without an explicit rv: the last 7 bytes of its
// id, big-endian.
func FromTraceID(id [16]byte) Randomness {
	return Randomness(id[9])<<48 | Randomness(id[10])<<40 | Randomness(id[11])<<32 | Randomness(id[12])<<24 |
		Randomness(id[13])<<16 | Randomness(id[14])<<8 | Randomness(id[15])
}

// FromProbability is the threshold that keeps a trace with probability p, rounded to the
// nearest of the 2^56 there are, a tie to the higher probability. It is Always from 1 on, and
// Never below 2^-56 and for no number.
func FromProbability(p float64) Threshold {
	switch {
	case p >= 1:
		return Always
	case p >= 1/float64(Never):
		// The product is exact, because it only moves the exponent.
		return Never - Threshold(math.Round(p*float64(Never)))
	}
	return Never
}

// Probability is the share of traces that is kept, from 0 to 1.
func (t Threshold) Probability() float64 { return float64(t.kept()) / float64(Never) }

// AdjustedCount is how many traces a kept one stands for: 1/Probability, 0 for Never.
func (t Threshold) AdjustedCount() float64 {
	kept := t.kept()
	if kept == 0 {
		return 0
	}
	return float64(Never) / float64(kept)
}

// Keeps reports whether a trace of randomness r is kept.
func (t Threshold) Keeps(r Randomness) bool { return uint64(r) >= uint64(t) }

// Then is the threshold of one sampling followed by an independent one: their probabilities'
// product, rounded to nearest, but at least 2^-56 if neither is Never. Of two samplings by the
// same randomness, the threshold is their maximum instead.
func (t Threshold) Then(next Threshold) Threshold {
	a, b := t.kept(), next.kept()
	if a == 0 || b == 0 {
		return Never
	}
	hi, lo := bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, 1<<55, 0)
	hi += carry
	return Never - Threshold(max(hi<<8|lo>>56, 1))
}

// kept is how many of the 2^56 values of randomness are kept.
func (t Threshold) kept() uint64 { return uint64(Never - min(t, Never)) }
