// Package met006 finds metrics named as an attribute.
package met006

import (
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-006",
		Title:    "Metric named as an attribute of the conventions",
		Why:      "A name that is both cannot be looked up, and in some backends cannot be stored. Eight metrics of the conventions are named so themselves, and are let pass.",
		Before:   "metric: {name: http.response.status_code}",
		After:    "metric: {name: shop.responses, attributes: {http.response.status_code: 200}}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-006.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	if a := r.c.Conventions.Registry.Lookup(e.Name); a == nil || a.Deprecation == registry.Absent {
		return
	}
	if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil && m.Deprecation == registry.Live {
		return
	}
	r.c.At(e, semconvlint.Report{Key: e.Name, Message: e.Name + " is an attribute of the conventions and cannot be a metric"})
}
