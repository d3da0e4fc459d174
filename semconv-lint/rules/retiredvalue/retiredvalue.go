// Package retiredvalue finds values that the conventions replaced.
package retiredvalue

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "retired-value",
		Title:    "Value that the conventions replaced",
		Why:      "Who filters by the value of today does not find this one.",
		Before:   "attributes: {cloud.platform: azure_vm}",
		After:    "attributes: {cloud.platform: azure.vm}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.RetiredValue) {
		to := strings.Join(p.Instead, ", ")
		message := "the value " + p.Have + " of " + a.Key + " is retired"
		if to != "" {
			message += ": write " + to
		}
		r.c.At(e, semconvlint.Report{
			Key: a.Key, Detail: p.Have, Replacement: to, Message: message, Example: e.Example(p.Have),
		})
	}
}
