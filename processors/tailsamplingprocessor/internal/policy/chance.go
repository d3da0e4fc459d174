package policy

import (
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"

	"github.com/koine-otel/koine/spans/probability"
)

// chance is for which randomness a policy keeps a trace: where the randomness is at least
// one threshold, and where a hash, which is independent of it, meets another.
type chance struct {
	least probability.Threshold
	hash  probability.Threshold
	// salt is the number of the hash's; mixed if there are several hashes.
	salt int
	// unknown is for less than that, and it cannot be said for how much.
	unknown bool
	// odd is set instead of all the rest, where a policy says neither yes nor no.
	odd samplingpolicy.Decision
}

const mixed = -1

var (
	certain = chance{}
	never   = chance{least: probability.Never}
	unknown = chance{unknown: true}
)

func certainIf(yes bool) chance {
	if yes {
		return certain
	}
	return never
}

func (c chance) never() bool {
	return c.odd == 0 && (c.least >= probability.Never || c.hash >= probability.Never)
}

// and is the chance that both keep the trace.
func (c chance) and(d chance) chance {
	if c.never() || d.never() {
		return never
	}
	both := chance{least: max(c.least, d.least), unknown: c.unknown || d.unknown}
	switch {
	case d.hash == 0:
		both.hash, both.salt = c.hash, c.salt
	case c.hash == 0:
		both.hash, both.salt = d.hash, d.salt
	case c.salt == d.salt && c.salt != mixed:
		both.hash, both.salt = max(c.hash, d.hash), c.salt
	default:
		both.hash, both.salt = c.hash.Then(d.hash), mixed
	}
	return both
}

// or is the chance that one of both keeps the trace. It can be said only where the one keeps
// all that the other does.
func (c chance) or(d chance) chance {
	switch {
	case d.never():
		return c
	case c.never(), d.covers(c) && !d.unknown:
		return d
	case c.covers(d):
		return c
	}
	return chance{least: min(c.least, d.least), unknown: true}
}

// covers reports whether the one keeps all that the other may keep.
func (c chance) covers(d chance) bool {
	hash := c.hash == 0 || d.hash >= c.hash && c.salt == d.salt && c.salt != mixed
	return hash && c.least <= d.least
}
