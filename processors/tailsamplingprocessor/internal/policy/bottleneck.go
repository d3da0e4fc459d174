package policy

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"

	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

// BottleneckConfig keeps the traces that show where time goes, within a budget.
type BottleneckConfig struct {
	// Budget is what may be kept: one of spans_per_second, bytes_per_second and fraction.
	// Default: fraction 0.01.
	Budget bottleneck.Budget `mapstructure:"budget"`
	// KeepAllBelow is the rate of spans a second up to which everything is kept. Between it and
	// twice that, what is kept falls to the budget. 0: none. Default: 100.
	KeepAllBelow *float64 `mapstructure:"keep_all_below"`
	// Errors is the share of the budget for traces in which something failed, divided evenly
	// among operations and types of errors. Default: 0.05.
	Errors *float64 `mapstructure:"errors"`
	// Normal is the share for traces that nothing speaks for. Default: 0.07.
	Normal *float64 `mapstructure:"normal"`
	// Rare is the share for operations and paths that were not kept for a minute. Default: 0.03.
	Rare *float64 `mapstructure:"rare"`
	_    struct{}
}

// The defaults of bottleneck.
const (
	defaultFraction     = 0.01
	defaultKeepAllBelow = 100
)

// options fills in what is not set.
func (c *BottleneckConfig) options() (bottleneck.Options, error) {
	o := bottleneck.Options{
		Budget: c.Budget, KeepAllBelow: or(c.KeepAllBelow, defaultKeepAllBelow),
		Errors: or(c.Errors, bottleneck.DefaultErrors), Normal: or(c.Normal, bottleneck.DefaultNormal), Rare: or(c.Rare, bottleneck.DefaultRare),
	}
	if o.Budget.IsZero() {
		o.Budget.Fraction = defaultFraction
	}
	var errs []error
	if err := o.Budget.Check(); err != nil {
		errs = append(errs, fmt.Errorf("budget: %w", err))
	}
	if o.KeepAllBelow < 0 || math.IsNaN(o.KeepAllBelow) {
		errs = append(errs, fmt.Errorf("keep_all_below: %v is negative", o.KeepAllBelow))
	}
	sum := 0.0
	for _, share := range []struct {
		key   string
		value float64
	}{{"errors", o.Errors}, {"normal", o.Normal}, {"rare", o.Rare}} {
		sum += share.value
		if !(share.value >= 0 && share.value <= 1) {
			errs = append(errs, fmt.Errorf("%s: %v is not between 0 and 1", share.key, share.value))
		}
	}
	if sum > 1 {
		errs = append(errs, fmt.Errorf("errors, normal and rare are %v together, which leaves nothing for bottlenecks", sum))
	}
	return o, errors.Join(errs...)
}

func or(value *float64, otherwise float64) float64 {
	if value != nil {
		return *value
	}
	return otherwise
}

// chosen keeps what a bottleneck.Chooser chose before the round.
type chosen struct {
	number int
	// beside are what else the trace must meet, so that the budget is not spent on others.
	beside []node
}

func (c *compiler) bottleneck(at string, cfg *BottleneckConfig) node {
	o, err := cfg.options()
	if err != nil {
		c.fail(at, "%w", err)
		return nil
	}
	if len(c.set.chosen) == MaxBottlenecks {
		c.fail(at, "there are more than %d policies of this type", MaxBottlenecks)
		return nil
	}
	n := &chosen{number: len(c.set.chosen)}
	c.set.chosen = append(c.set.chosen, n)
	c.set.bottlenecks = append(c.set.bottlenecks, o)
	c.set.random = true
	return n
}

// LooksForBottlenecks says whether the policy, or a part of it, is of type bottleneck.
func (c *Config) LooksForBottlenecks() bool {
	is := func(s *Shared) bool { return s.Type == Bottleneck }
	part := func(s *AndSubConfig) bool { return is(&s.Shared) || s.Type == Not && is(&s.Not.SubPolicy.Shared) }
	parts := func(all []AndSubConfig) bool {
		return slices.ContainsFunc(all, func(s AndSubConfig) bool { return part(&s) })
	}
	switch c.Type {
	case And:
		return parts(c.And.SubPolicies)
	case Drop:
		return parts(c.Drop.SubPolicies)
	case Not:
		return is(&c.Not.SubPolicy.Shared)
	case Composite:
		return slices.ContainsFunc(c.Composite.SubPolicies, func(s CompositeSubConfig) bool {
			return is(&s.Shared) || s.Type == And && parts(s.And.SubPolicies)
		})
	}
	return is(&c.Shared)
}

// MaxBottlenecks is how many policies may be of type bottleneck.
const MaxBottlenecks = 64

// besides tells those of some parts that are bottleneck policies what the others ask.
func besides(parts []node) {
	for i, part := range parts {
		c, ok := part.(*chosen)
		if !ok {
			continue
		}
		for k, other := range parts {
			if k != i && !other.stateful() {
				c.beside = append(c.beside, other)
			}
		}
	}
}

func (c *chosen) threshold(e *evaluation) probability.Threshold {
	if c.number >= len(e.trace.Thresholds) {
		return probability.Never
	}
	return e.trace.Thresholds[c.number]
}

func (c *chosen) decide(e *evaluation) (samplingpolicy.Decision, error) {
	return sampledIf(c.threshold(e).Keeps(e.randomness)), nil
}

func (c *chosen) chance(e *evaluation) chance { return chance{least: c.threshold(e)} }

func (*chosen) stateful() bool { return true }

// Bottlenecks are the options of the policies of type bottleneck, by their numbers. Each wants
// Trace.Thresholds[number].
func (s *Set) Bottlenecks() []bottleneck.Options { return s.bottlenecks }

// Candidate fills in what a Chooser must know of a trace beside what a Judge found. A bit of
// eligible is set for each bottleneck policy that may keep the trace.
func (s *Set) Candidate(t *Trace, c *bottleneck.Candidate) (eligible uint64) {
	var w work
	w.look(s, t, place{0, randomness(t)})
	e := &w.evaluation
	c.Randomness, c.Incoming, c.Spans, c.Bytes = e.randomness, e.incoming, t.Spans, t.Bytes
	for i := range s.policies {
		if p := &s.policies[i]; p.drop && !p.stateful() && p.chance(e) == certain {
			return 0
		}
	}
	for _, n := range s.chosen {
		met := true
		for _, other := range n.beside {
			met = met && !other.chance(e).never()
		}
		if met {
			eligible |= 1 << n.number
		}
	}
	return eligible
}
