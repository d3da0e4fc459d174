// Package retiredevent finds events that the conventions renamed or dropped.
package retiredevent

import (
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
	name := verdicts.EventName(e)
	if name == "" {
		return
	}
	to, known := r.c.Conventions.Table.EventName(name), r.c.Conventions.Registry.LookupEvent(name)
	retired := known != nil && r.c.Conventions.Table.Retired(&known.Retirement)
	switch {
	case to == "" && !retired:
		return
	case to == "":
		to = known.RenamedTo
	}
	message := name + " is retired"
	if to == "" {
		message += " and has no successor of its own"
	} else {
		message += ": write " + to
	}
	r.c.At(e, semconvlint.Report{Key: name, Replacement: to, Message: message})
}
