// Package unknownevent finds events in the conventions' namespaces that are none of theirs.
package unknownevent

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unknown-event",
		Title:    "Unknown event in a namespace of the conventions",
		Why:      "It is a misspelt name, or one that the conventions may give another meaning.",
		Before:   "event: {name: browser.web_vitals}",
		After:    "event: {name: browser.web_vital}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/events/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnMetric {
		return
	}
	if p := verdicts.OnName(r.c, e, semconv.Unknown); p != nil {
		r.c.At(e, verdicts.Unknown(p, "event", ""))
	}
}
