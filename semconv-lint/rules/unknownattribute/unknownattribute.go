// Package unknownattribute finds names in the conventions' namespaces that are none of theirs.
package unknownattribute

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unknown-attribute",
		Title:    "Unknown name in a namespace of the conventions",
		Why:      "It is a misspelt name that nobody looks for, or one of your own where the conventions may put theirs tomorrow, with another meaning.",
		Before:   "attributes: {http.request.metod: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/naming/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for _, p := range verdicts.On(e, semconv.Unknown) {
		r.c.At(e, verdicts.Unknown(p, "name", ": put it in one of your own"))
	}
}
