// Package policy says which traces are kept: contrib's tail sampling policies, compiled so
// that what they ask of spans is answered once, on arrival, in bits, and what they decide
// comes with the probability that it had.
package policy

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/spans/bottleneck"
)

// Set is a compiled list of policies. But for what rates are used up it does not change, and
// many goroutines may use it.
type Set struct {
	facts
	policies []policy
	first    bool
	now      func() time.Time
	budgets  []*budget // by limits' numbers
	votes    int       // how many policies are extensions'
	random   bool
	total    total

	chosen      []*chosen
	bottlenecks []bottleneck.Options
	rounds      atomic.Uint64
	scratch     sync.Pool
}

// policy is one of the list.
type policy struct {
	name string
	drop bool
	node
}

// Settings is what New needs besides the configuration.
type Settings struct {
	// Telemetry is for what OTTL and extensions log.
	Telemetry component.TelemetrySettings
	// Extensions make policies of types that are not known here, by their id.
	Extensions map[string]samplingpolicy.Extension
	// SampleOnFirstMatch asks no more policies once one keeps the trace.
	SampleOnFirstMatch bool
	// TotalBudget is what all policies may keep together. Zero: no bound.
	TotalBudget bottleneck.Budget
	// Now is the clock for rates. Default: time.Now.
	Now func() time.Time
}

// New compiles policies. The error joins all that is wrong with them, in YAML's words.
func New(cfgs []Config, settings Settings) (*Set, error) {
	c := newCompiler(settings)
	c.compile(cfgs)
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	return c.set, nil
}

// Validate gives every mistake in policies. Types that are not known it takes for extensions,
// which only New can ask.
func Validate(cfgs []Config, spanIngest bool) error {
	c := newCompiler(Settings{})
	c.lenient = true
	c.compile(cfgs)
	if spanIngest {
		for i := range cfgs {
			if n := c.nodes[i]; n != nil && n.stateful() {
				c.fail(at(i, cfgs[i].Name), "%s depends on earlier traces or on spans to come, which sampling_strategy span-ingest does not allow", cfgs[i].Type)
			}
		}
	}
	return errors.Join(c.errs...)
}

// Names are the policies' names in the order in which they are asked, that of their numbers:
// those that drop come first.
func (s *Set) Names() []string {
	names := make([]string, len(s.policies))
	for i := range s.policies {
		names[i] = s.policies[i].name
	}
	return names
}

// Words is how many words a trace's facts take. It may be 0.
func (s *Set) Words() int { return s.words }

// Stateless is nil if each policy can decide on a part of a trace, as span-ingest has it do.
func (s *Set) Stateless() error {
	var errs []error
	for i := range s.policies {
		if s.policies[i].stateful() {
			errs = append(errs, fmt.Errorf("policies: %q depends on earlier traces or on spans to come, which sampling_strategy span-ingest does not allow", s.policies[i].name))
		}
	}
	return errors.Join(errs...)
}

// NeedsTrace reports whether an extension's policy wants the spans themselves.
func (s *Set) NeedsTrace() bool { return s.votes > 0 }

// Rounds reports whether a policy limits a rate. A limit keeps the traces of the greatest
// randomness of those that are decided on in one round, so that large rounds are better.
func (s *Set) Rounds() bool { return len(s.budgets) > 0 }
