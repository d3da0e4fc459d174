// Package wronginstrument finds metrics of the conventions that are made with another instrument.
package wronginstrument

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "wrong-instrument",
		Title:    "Metric of the conventions made with another instrument",
		Why:      "Queries are written for the instrument: a rate needs a counter, a percentile a histogram.",
		Before:   "metric: {name: http.server.request.duration, gauge: …}",
		After:    "metric: {name: http.server.request.duration, histogram: …}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/metrics/#instrument-types",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Instrument) {
		verdicts.At(r.c, e, verdicts.StableMetric(r.c, p.Key), semconvlint.Report{
			Key: p.Key, Detail: p.Have, Replacement: p.Want, Message: "the instrument of " + p.Key + " is " + p.Want + ", not " + p.Have,
		})
	}
}
