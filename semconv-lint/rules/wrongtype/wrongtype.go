// Package wrongtype finds values that have not the type of the conventions.
package wrongtype

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "wrong-type",
		Title:    "Value of another type than the conventions'",
		Why:      "A number that comes as text is neither compared nor summed; some backends drop the second type of a key or keep two columns of it.",
		Before:   `attributes: {http.response.status_code: "200"}`,
		After:    "attributes: {http.response.status_code: 200}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.Type) {
		report := semconvlint.Report{Key: a.Key, Detail: p.Have, Message: a.Key + " is " + p.Have + ", not " + p.Want, Example: e.Example(sensitive.Masked(a.Raw.AsString()))}
		if a.Raw.Type() == 0 { // no value at all
			report.Message = a.Key + " has no value"
		}
		verdicts.At(r.c, e, verdicts.StableAttribute(r.c, a.Key), report)
	}
}
