// Package spankind finds spans whose kind is not that of their convention.
package spankind

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "span-kind",
		Title:    "Span of another kind than its convention's",
		Why:      "Service maps are drawn from kinds: a call that is not CLIENT is an edge that nobody sees.",
		Before:   "span: {kind: internal, attributes: {db.system.name: mysql}}",
		After:    "span: {kind: client, attributes: {db.system.name: mysql}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/trace/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Kind) {
		r.c.At(e, semconvlint.Report{
			Key: verdicts.SpanType(e), Detail: p.Have, Replacement: p.Want, Message: "a span of type " + verdicts.SpanType(e) + " is of kind " + p.Want + ", not " + p.Have,
		})
	}
}
