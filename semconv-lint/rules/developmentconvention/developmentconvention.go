// Package developmentconvention finds what breaks conventions that are still in development.
package developmentconvention

import (
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/missingattribute"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredattribute"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredmetric"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredvalue"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/rules/wronginstrument"
	"github.com/koine-otel/koine/semconv-lint/rules/wrongtype"
	"github.com/koine-otel/koine/semconv-lint/rules/wrongunit"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "development-convention",
		Title:    "Convention in development is not kept",
		Why:      "What the rules about retired names and values, types, units, instruments and required attributes find, where the convention is not stable yet: it may change again, so no build fails for it.",
		Before:   "attributes: {messaging.operation: publish}",
		After:    "attributes: {messaging.operation.type: send, messaging.operation.name: publish}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/otel/document-status/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		var all checkers
		for _, rule := range []semconvlint.Rule{
			retiredattribute.Rule, retiredmetric.Rule, retiredvalue.Rule, wrongtype.Rule, wrongunit.Rule, wronginstrument.Rule, missingattribute.Rule,
		} {
			all = append(all, rule.New(verdicts.Development(c)).(semconvlint.ElementChecker))
		}
		return all
	},
}

type checkers []semconvlint.ElementChecker

func (all checkers) Element(e *semconvlint.Element) {
	for _, c := range all {
		c.Element(e)
	}
}
