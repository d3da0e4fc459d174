// Package retiredevent finds events that the conventions renamed or dropped.
package retiredevent

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "retired-event",
		Title:    "Event that the conventions retired",
		Why:      "Who looks for the event by its name of today does not find this one.",
		Before:   "event: {name: az.resource.log}",
		After:    "event: {name: azure.resource.log}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/events/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnMetric {
		return
	}
	p := verdicts.OnName(r.c, e, semconv.Retired)
	if p == nil {
		return
	}
	to := strings.Join(p.Instead, ", ")
	message := p.Key + " is retired"
	if to == "" {
		message += " and has no successor of its own"
	} else {
		message += ": write " + to
	}
	r.c.At(e, semconvlint.Report{Key: p.Key, Replacement: to, Message: message})
}
