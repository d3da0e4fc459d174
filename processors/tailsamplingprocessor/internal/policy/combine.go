package policy

import (
	"slices"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
)

// and keeps what all of its parts keep. What says neither yes nor no, as only an extension
// can, is no objection.
type and struct{ parts []node }

func (a *and) decide(e *evaluation) (samplingpolicy.Decision, error) {
	for _, part := range a.parts {
		switch d, err := part.decide(e); {
		case err != nil:
			return samplingpolicy.Unspecified, err
		case refuses(d):
			return samplingpolicy.NotSampled, nil
		}
	}
	return samplingpolicy.Sampled, nil
}

func (a *and) chance(e *evaluation) chance {
	all := certain
	for _, part := range a.parts {
		c := part.chance(e)
		switch {
		case c.odd == samplingpolicy.Error || refuses(c.odd):
			return never
		case c.odd == 0:
			all = all.and(c)
		}
	}
	return all
}

func (a *and) stateful() bool { return slices.ContainsFunc(a.parts, node.stateful) }

// refuses reports whether a decision is a no, on its own or by the way of invert_match that
// extensions may still take.
func refuses(d samplingpolicy.Decision) bool {
	return d == samplingpolicy.NotSampled || d == invertNotSampled
}

// drop drops what all of its parts keep. Its chance is that of dropping.
type drop struct{ and }

func (d *drop) decide(e *evaluation) (samplingpolicy.Decision, error) {
	decision, err := d.and.decide(e)
	if decision == samplingpolicy.Sampled {
		decision = samplingpolicy.Dropped
	}
	return decision, err
}

// not keeps what its part does not.
type not struct{ part node }

func (n *not) decide(e *evaluation) (samplingpolicy.Decision, error) {
	d, err := n.part.decide(e)
	if err == nil {
		switch d {
		case samplingpolicy.Sampled:
			d = samplingpolicy.NotSampled
		case samplingpolicy.NotSampled:
			d = samplingpolicy.Sampled
		}
	}
	return d, err
}

func (n *not) chance(e *evaluation) chance {
	c := n.part.chance(e)
	switch {
	case c.odd != 0:
		return c
	case c.never():
		return certain
	case c == certain:
		return never
	}
	// What is below a threshold is kept, which no threshold can say.
	return unknown
}

func (n *not) stateful() bool { return n.part.stateful() }

// composite gives a trace to the first of its parts that keeps it, and keeps it if that
// one's share of the rate is not used up.
type composite struct{ parts []share }

// share is a part of a composite policy.
type share struct {
	node
	name  string
	limit *limit
}

func (c *composite) decide(e *evaluation) (samplingpolicy.Decision, error) {
	for i := range c.parts {
		part := &c.parts[i]
		d, err := part.node.decide(e)
		if err != nil {
			return samplingpolicy.Unspecified, err
		}
		if d != samplingpolicy.Sampled && d != invertSampled {
			continue
		}
		if !part.limit.take(e) {
			return samplingpolicy.NotSampled, nil
		}
		e.sub = part.name
		return samplingpolicy.Sampled, nil
	}
	return samplingpolicy.NotSampled, nil
}

func (c *composite) chance(e *evaluation) chance {
	for i := range c.parts {
		part := &c.parts[i]
		own := part.node.chance(e)
		switch own.odd {
		case 0:
		case samplingpolicy.Error:
			return never
		case invertSampled:
			own = certain
		default:
			continue
		}
		switch {
		case own.never():
			continue
		case own != certain && c.others(e, i+1):
			// What this part does not keep takes from another one's share.
			return unknown
		}
		return own.and(part.limit.chance(e))
	}
	return never
}

// others reports whether a part from the i-th on could keep the trace.
func (c *composite) others(e *evaluation, i int) bool {
	return slices.ContainsFunc(c.parts[i:], func(s share) bool { return !s.node.chance(e).never() })
}

// stateful is contrib's: the shares themselves are no hindrance.
func (c *composite) stateful() bool {
	return slices.ContainsFunc(c.parts, func(s share) bool { return s.node.stateful() })
}
