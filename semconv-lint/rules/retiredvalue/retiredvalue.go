// Package retiredvalue finds values that the conventions replaced.
package retiredvalue

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "retired-value",
		Title:    "Value that the conventions replaced",
		Why:      "Who filters by the value of today does not find this one.",
		Before:   "attributes: {cpu.mode: kernel}",
		After:    "attributes: {cpu.mode: system}",
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
		verdicts.At(r.c, e, r.settled(a.Key), semconvlint.Report{
			Key: a.Key, Detail: p.Have, Replacement: to, Message: message, Example: e.Example(p.Have),
		})
	}
}

// settled says whether the convention is not in development any more: a release candidate's values
// are.
func (r *checker) settled(key string) bool {
	a := r.c.Conventions.Registry.Resolve(key)
	return a != nil && a.Stability != registry.Development
}
