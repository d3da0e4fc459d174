// Package namespaceclash finds names that are a namespace of the conventions.
package namespaceclash

import (
	"slices"
	"sort"
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "namespace-clash",
		Title:    "Name that is a namespace of the conventions",
		Why:      "A backend that stores names as a tree has no place for a value at http.request beside http.request.method: one of the two is dropped.",
		Before:   "attributes: {http.request: GET /}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/naming/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		r := &checker{c: c}
		r.namespace = verdicts.NewMemo(r.holds)
		return r
	},
}

type checker struct {
	c         *semconvlint.Context
	namespace *verdicts.Memo[bool]
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if r.namespace.Of(a.Key) && !spokenFor(a) {
			r.c.At(e, semconvlint.Report{Key: a.Key, Message: a.Key + " is a namespace of the conventions and cannot be a name"})
		}
	}
}

// spokenFor says whether another rule knows the name, as an old one or another vocabulary's.
func spokenFor(a *semconvlint.Attribute) bool {
	return slices.ContainsFunc(a.Problems, func(p semconv.Problem) bool { return p.Code != semconv.Unknown })
}

// holds says whether live names stand under a key that is none.
func (r *checker) holds(key string) bool {
	if r.c.Conventions.Registry.Resolve(key) != nil {
		return false
	}
	all, prefix := r.c.Conventions.Registry.Attributes(), key+"."
	for i := sort.Search(len(all), func(i int) bool { return all[i].Key >= prefix }); i < len(all) && strings.HasPrefix(all[i].Key, prefix); i++ {
		if all[i].Deprecation == registry.Live {
			return true
		}
	}
	return false
}
