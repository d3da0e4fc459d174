package translate

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// Options say how to translate.
type Options struct {
	// Registry is the conventions to arrive at; nil: the embedded ones. A company's own,
	// loaded over those, brings its own types and renames.
	Registry *registry.Registry
	// Target is the version of the conventions to arrive at; empty: the newest. A name
	// that was retired later than that is left alone.
	Target string
	// KeepOld leaves the old attributes beside the new: both spellings, for the time of a
	// migration.
	KeepOld bool
	// OldWins lets an old attribute replace the value under the new name where both are
	// there and differ.
	OldWins bool
	// Stability is the least that a new name must have for an old one to give way to it.
	// Names that are no part of OpenTelemetry's conventions have none.
	Stability Stability
	// Unmatched, where given, is put before names that stand in a namespace of the
	// conventions and are none of theirs, and that no rule knows.
	Unmatched string
	// Skip, where given, leaves a rule out: it is asked with each rule's target and each
	// source's key.
	Skip func(to, from string) bool
}

// Stability is that of attributes and of metrics apart. A metric that keeps its name
// keeps its own labels too.
type Stability struct{ Attributes, Metrics registry.Stability }

func (o *Options) registry() *registry.Registry {
	if o.Registry == nil {
		return registry.Default()
	}
	return o.Registry
}

// skips says whether a source is left out: by the user, or because the target is not
// stable enough.
func (o *Options) skips(to string, keys []string) bool {
	if o.Skip != nil && o.Skip(to, strings.Join(keys, "+")) {
		return true
	}
	a := registry.Resolve(strings.TrimSuffix(to, ".*"))
	return a != nil && a.Stability < o.Stability.Attributes
}

// retired says whether a name is retired at the target. What was retired nobody knows
// when was so before the first version that can be a target.
func (o *Options) retired(r *registry.Retirement) bool {
	if r.Deprecation == registry.Live {
		return false
	}
	return o.Target == "" || r.Since == "" || compareVersions(r.Since, o.Target) <= 0
}

// skipsMetric says whether a metric is left out: by the user, or because the new one is
// not stable enough.
func (o *Options) skipsMetric(to, from string) bool {
	if o.Skip != nil && o.Skip(to, from) {
		return true
	}
	m := registry.LookupMetric(to)
	return m != nil && to != from && m.Stability < o.Stability.Metrics
}
