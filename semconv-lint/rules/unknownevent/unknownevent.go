// Package unknownevent finds events in the conventions' namespaces that are none of theirs.
package unknownevent

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
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
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c: c} },
}

type checker struct {
	c     *semconvlint.Context
	names *verdicts.Names
}

func (r *checker) Element(e *semconvlint.Element) {
	name := verdicts.EventName(e)
	namespace, _, dotted := strings.Cut(name, ".")
	if !dotted || strings.Contains(name, " ") || !r.c.Conventions.Registry.Reserved(namespace) {
		return // a span's events were sentences once
	}
	if r.c.Conventions.Registry.LookupEvent(name) != nil || r.c.Conventions.Table.EventName(name) != "" {
		return
	}
	report := semconvlint.Report{Key: name, Replacement: r.nearest(name)}
	report.Message = name + " is no event of the conventions, but stands in their namespace"
	if report.Replacement != "" {
		report.Message = name + " is no event of the conventions: did you mean " + report.Replacement + "?"
	}
	r.c.At(e, report)
}

func (r *checker) nearest(name string) string {
	if r.names == nil {
		r.names = verdicts.NewNames()
		all := r.c.Conventions.Registry.Events()
		for i := range all {
			if all[i].Deprecation == registry.Live && all[i].Refinement == "" {
				r.names.Add(all[i].Name)
			}
		}
	}
	return r.names.Nearest(name)
}
