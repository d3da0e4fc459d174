// Package spa004 finds root spans of kind CLIENT.
package spa004

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "SPA-004",
		Title:    "Trace that begins with a call",
		Why:      "What led to the call has no span: its server or job is not instrumented, or lost its context.",
		Before:   "span: {kind: client, parent_span_id: ''}",
		After:    "span: {kind: client, parent_span_id: a}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/SPA-004.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnSpan && e.Span.Kind() == ptrace.SpanKindClient && e.Span.ParentSpanID().IsEmpty() {
		r.c.At(e, semconvlint.Report{Message: "the trace's root span is of kind CLIENT"})
	}
}
