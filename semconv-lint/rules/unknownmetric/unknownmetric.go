// Package unknownmetric finds metrics in the conventions' namespaces that are none of theirs.
package unknownmetric

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unknown-metric",
		Title:    "Unknown metric in a namespace of the conventions",
		Why:      "It is a misspelt name that no dashboard asks for, or one that the conventions may give another meaning. Receivers have many that are not in the conventions yet, so this is a note.",
		Before:   "metric: {name: http.server.requests.duration}",
		After:    "metric: {name: http.server.request.duration}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/metrics/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c: c} },
}

type checker struct {
	c     *semconvlint.Context
	names *verdicts.Names
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric || len(e.Problems) > 0 || r.c.Conventions.Registry.LookupMetric(e.Name) != nil {
		return
	}
	namespace, _, dotted := strings.Cut(e.Name, ".")
	if !dotted || !r.c.Conventions.Registry.Reserved(namespace) {
		return
	}
	report := semconvlint.Report{Key: e.Name, Replacement: r.nearest(e.Name)}
	report.Message = e.Name + " is no metric of the conventions, but stands in their namespace"
	if report.Replacement != "" {
		report.Message = e.Name + " is no metric of the conventions: did you mean " + report.Replacement + "?"
	}
	r.c.At(e, report)
}

func (r *checker) nearest(name string) string {
	if r.names == nil {
		r.names = verdicts.NewNames()
		all := r.c.Conventions.Registry.Metrics()
		for i := range all {
			if all[i].Deprecation == registry.Live && all[i].Refinement == "" {
				r.names.Add(all[i].Name)
			}
		}
	}
	return r.names.Nearest(name)
}
