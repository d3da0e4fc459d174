// Package errortype finds failed spans that do not say how they failed.
package errortype

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "error-type",
		Title:    "Failed span without error.type",
		Why:      "Errors are counted by error.type: without it there is one number, and no way to see which failure rises.",
		Before:   "span: {kind: client, status: error, attributes: {http.request.method: GET}}",
		After:    "span: {kind: client, status: error, attributes: {http.request.method: GET, error.type: timeout}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/recording-errors/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// Element asks it of spans whose convention requires it of those that failed.
func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnSpan || e.Convention == nil || e.Span.Status().Code() != ptrace.StatusCodeError {
		return
	}
	if use := e.Convention.Attribute("error.type"); use == nil || use.Level > registry.ConditionallyRequired || verdicts.Has(e, use.Key) {
		return
	}
	r.c.At(e, semconvlint.Report{
		Key: "error.type", Detail: e.Convention.ID, Message: "a span of type " + e.Convention.ID + " that failed requires error.type",
	})
}
