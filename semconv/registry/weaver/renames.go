package weaver

import (
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/definition"
)

// checkRenames refuses names and values that were renamed to what there is not, or in a
// loop: no translation would find an end. It looks when everything is loaded, because a
// later registry may have what an earlier one names.
func checkRenames(r *registry.Registry, set *definition.Set, problems *definition.Problems) {
	for _, a := range set.Attributes {
		name := func(key string) *string {
			if to := r.Resolve(key); to != nil {
				return &to.RenamedTo
			}
			return nil
		}
		followed(a.At, "attribute", a.Key, a.Deprecated, name, problems)
		for _, m := range a.Members {
			followed(a.At, "value of "+a.Key, m.Value, m.Deprecated, memberOf(a), problems)
		}
	}
	for _, s := range set.Signals {
		if s.Refinement == "" {
			followed(s.At, s.Kind.String(), s.Name, s.Deprecated, signalOf(r, s.Kind), problems)
		}
	}
}

// maxRenames bounds the way from a name to the one in use.
const maxRenames = 16

// followed goes from name to name: next is what one was renamed to (empty: it is the last),
// nil of one that there is not.
func followed(at definition.Position, what, name string, d definition.Deprecated, next func(string) *string, problems *definition.Problems) {
	if d.Reason != "renamed" {
		return
	}
	to := d.RenamedTo
	for range maxRenames {
		after := next(to)
		switch {
		case after == nil:
			problems.Add(at, "%s %s: renamed to %s, which there is not", what, name, to)
			return
		case to == name:
			problems.Add(at, "%s %s: renamed in a loop, by way of %s", what, name, d.RenamedTo)
			return
		case *after == "":
			return
		}
		to = *after
	}
	problems.Add(at, "%s %s: renamed in a loop, or more than %d times, by way of %s", what, name, maxRenames, d.RenamedTo)
}

// memberOf finds an enum's values, by value or id as the formats allow.
func memberOf(a definition.Attribute) func(string) *string {
	return func(name string) *string {
		for _, m := range a.Members {
			if m.Value == name || m.ID == name {
				return &m.Deprecated.RenamedTo
			}
		}
		return nil
	}
}

func signalOf(r *registry.Registry, kind definition.Kind) func(string) *string {
	return func(name string) *string {
		switch kind {
		case definition.Span:
			if s := r.LookupSpan(name); s != nil {
				return &s.RenamedTo
			}
		case definition.Metric:
			if m := r.LookupMetric(name); m != nil {
				return &m.RenamedTo
			}
		case definition.Event:
			if e := r.LookupEvent(name); e != nil {
				return &e.RenamedTo
			}
		case definition.Entity:
			if e := r.LookupEntity(name); e != nil {
				return &e.RenamedTo
			}
		}
		return nil
	}
}
