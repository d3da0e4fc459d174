// Package retiredmetric finds metrics that the conventions replaced or dropped.
package retiredmetric

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "retired-metric",
		Title:    "Metric that the conventions retired",
		Why:      "Dashboards and alerts ask for the name of today; the old one often has another unit besides, so that a query for both adds milliseconds to seconds.",
		Before:   "metric: {name: http.server.duration, unit: ms}",
		After:    "metric: {name: http.server.request.duration, unit: s}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/metrics/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Retired) {
		message := p.Key + " is retired"
		if p.Since != "" {
			message += " since " + p.Since
		}
		to := strings.Join(p.Instead, ", ")
		if to == "" {
			message += " and has no successor: leave it out"
		} else {
			message += ": write " + to
		}
		if len(p.Instead) > 0 {
			if m := r.c.Conventions.Table.Metric(e.Name, e.Metric.Unit()); m.Name == p.Instead[0] && m.Divide != 1 {
				message += ", in " + m.Unit + " instead of " + e.Metric.Unit()
			}
		}
		stable := len(p.Instead) > 0 && verdicts.StableMetric(r.c, p.Instead[0])
		verdicts.At(r.c, e, stable, semconvlint.Report{Key: p.Key, Replacement: to, Message: message})
	}
}
