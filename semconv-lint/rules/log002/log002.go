// Package log002 finds log records without a severity.
package log002

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/plog"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "LOG-002",
		Title:    "Log record without a severity",
		Why:      "Nobody can filter by it or be woken by it.",
		Before:   "log: {body: out of stock}",
		After:    "log: {severity_number: 13, severity_text: WARN, body: out of stock}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/LOG-002.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnLog {
		return
	}
	if e.Log.SeverityNumber() == plog.SeverityNumberUnspecified || strings.EqualFold(e.Log.SeverityText(), "UNSET") {
		r.c.At(e, semconvlint.Report{Message: "the log record has no severity"})
	}
}
