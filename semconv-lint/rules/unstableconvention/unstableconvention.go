// Package unstableconvention finds uses of conventions that are not stable.
package unstableconvention

import (
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unstable-convention",
		Title:    "Convention that is not stable",
		Why:      "It may change with the next version. Turn this on to know what of yours would.",
		Before:   "attributes: {messaging.system: kafka}",
		After:    "attributes: {messaging.system: kafka} # nothing to do but to know",
		Severity: semconvlint.Off,
		Link:     "https://opentelemetry.io/docs/specs/otel/document-status/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		if a := r.c.Conventions.Registry.Resolve(e.Attributes[i].Key); a != nil && a.Deprecation == registry.Live {
			r.report(e, a.Key, a.Stability)
		}
	}
	switch e.Signal {
	case semconvlint.OnMetric:
		if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil && m.Deprecation == registry.Live {
			r.report(e, m.Name, m.Stability)
		}
	case semconvlint.OnEvent, semconvlint.OnLog:
		if x := r.c.Conventions.Registry.LookupEvent(verdicts.EventName(e)); x != nil && x.Deprecation == registry.Live {
			r.report(e, x.Name, x.Stability)
		}
	}
}

func (r *checker) report(e *semconvlint.Element, key string, s registry.Stability) {
	if s != registry.Stable {
		r.c.At(e, semconvlint.Report{Key: key, Detail: s.String(), Message: key + " is a convention in " + s.String()})
	}
}
