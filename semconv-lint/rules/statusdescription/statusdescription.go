// Package statusdescription finds descriptions of statuses that are no errors.
package statusdescription

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "status-description",
		Title:    "Description of a status that is no error",
		Why:      "It says what went wrong, and nothing did. SDKs drop it, so whoever writes it past them is alone in doing so.",
		Before:   "span: {status: ok, description: OK}",
		After:    "span: {status: ok}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/otel/trace/api/#set-status",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnSpan || e.Span.Status().Code() == ptrace.StatusCodeError || e.Span.Status().Message() == "" {
		return
	}
	status := strings.ToUpper(e.Span.Status().Code().String())
	r.c.At(e, semconvlint.Report{Detail: status, Message: "a status of " + status + " has a description"})
}
