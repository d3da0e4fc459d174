// Package wrongunit finds metrics of the conventions that have another unit.
package wrongunit

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "wrong-unit",
		Title:    "Metric of the conventions with another unit",
		Why:      "Whoever charts the metric of several services reads all values in the conventions' unit: milliseconds among seconds are off by a thousand.",
		Before:   "metric: {name: http.server.request.duration, unit: ms}",
		After:    "metric: {name: http.server.request.duration, unit: s}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/metrics/#units",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Unit) {
		have := p.Have
		if have == "" {
			have = "none"
		}
		verdicts.At(r.c, e, verdicts.StableMetric(r.c, p.Key), semconvlint.Report{
			Key: p.Key, Detail: p.Have, Replacement: p.Want, Message: "the unit of " + p.Key + " is " + p.Want + ", not " + have,
		})
	}
}
