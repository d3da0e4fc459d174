// Package spanname finds spans whose name has parts that differ from span to span, or an older form.
package spanname

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "span-name",
		Title:    "Span name with ids in it, or of an older form",
		Why:      "Spans are grouped by name: with an id in it every request is an operation of its own, and there is no rate, no error share and no percentile of any.",
		Before:   "span: {name: GET /orders/1234567, attributes: {http.route: /orders/{id}}}",
		After:    "span: {name: GET /orders/{id}, attributes: {http.route: /orders/{id}}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/otel/trace/api/#span",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// Element takes the better name for the cause, or else the span's convention: the names that
// are wrong have no end.
func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Name) {
		to := strings.Join(p.Instead, ", ")
		report := semconvlint.Report{Key: verdicts.SpanType(e), Detail: to, Replacement: to}
		if to == "" {
			report.Message = "the span's name has parts that differ from span to span: put them in attributes"
		} else {
			report.Message = "the span's name is " + to + " by its attributes"
		}
		r.c.At(e, report)
	}
}
