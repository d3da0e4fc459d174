// Package unknownmetric finds metrics in the conventions' namespaces that are none of theirs.
package unknownmetric

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
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
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	if p := verdicts.OnName(r.c, e, semconv.Unknown); p != nil {
		r.c.At(e, verdicts.Unknown(p, "metric", ""))
	}
}
