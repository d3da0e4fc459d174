package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// facts are what the extracts hold: registries put together, with what became of
// retired names.
type facts struct {
	version    string
	attributes []attribute
	signals    []signal
	groups     []definition.Group
}

type attribute struct {
	definition.Attribute
	places definition.Places
	history
	// retiredValues are the versions that retired members, by value.
	retiredValues map[string]string
}

type signal struct {
	definition.Signal
	history
}

// history adds what the registry does not say of a name: the version that introduced it
// and, where it retires it or no longer holds it, that which retired it.
type history struct {
	introduced, since string
	// via is the name that took over first, where that was retired itself later.
	via     string
	instead []string
}

// absent is the reason for a name that the registry no longer holds.
const absent = "absent"

func (f *facts) sort() {
	slices.SortFunc(f.attributes, func(a, b attribute) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(f.signals, func(a, b signal) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Refinement, b.Refinement))
	})
	slices.SortFunc(f.groups, func(a, b definition.Group) int { return strings.Compare(a.ID, b.ID) })
}
