// Package entityassociation finds metrics whose resource is none of the entities that they are of.
package entityassociation

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "entity-association",
		Title:    "Metric on a resource that is not what it is of",
		Why:      "k8s.pod.cpu.time of a resource that is no pod cannot be told from that of any other pod.",
		Before:   "{resource: {service.name: agent}, metric: {name: k8s.pod.cpu.time}}",
		After:    "{resource: {k8s.pod.uid: 6d7c…}, metric: {name: k8s.pod.cpu.time}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/otel/entities/data-model/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	m := r.c.Conventions.Registry.LookupMetric(e.Name)
	if m == nil || m.Deprecation != registry.Live || len(m.Entities) == 0 {
		return
	}
	for _, typ := range m.Entities {
		if x := r.c.Conventions.Registry.LookupEntity(typ); x == nil || has(e, x) {
			return
		}
	}
	r.c.At(e, semconvlint.Report{
		Key: m.Name, Message: m.Name + " is of " + strings.Join(m.Entities, " or ") + ", and the resource does not say which",
	})
}

// has says whether a resource says which entity it is: by what identifies that, or where the
// conventions name nothing, by anything of it.
func has(e *semconvlint.Element, x *registry.Entity) bool {
	identified := false
	for _, use := range x.Attributes {
		identified = identified || use.Identifying
	}
	for _, use := range x.Attributes {
		if use.Identifying == identified {
			if _, ok := e.Resource.Attributes().Get(use.Key); ok {
				return true
			}
		}
	}
	return false
}
