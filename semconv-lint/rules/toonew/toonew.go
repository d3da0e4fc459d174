// Package toonew finds names that the conventions introduced after the version that is the target.
package toonew

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "too-new",
		Title:    "Name that is newer than the target version",
		Why:      "The service is ahead of the version that was agreed on (target): dashboards and alerts of that version do not know the name. Raise the target, or write the name of then where there is one.",
		Before:   "attributes: {db.query.text: select 1} # target: 1.25.0",
		After:    "attributes: {db.statement: select 1}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/otel/versioning-and-stability/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for _, p := range verdicts.On(e, semconv.TooNew) {
		r.report(e, p)
	}
	if p := verdicts.OnName(r.c, e, semconv.TooNew); p != nil {
		r.report(e, p)
	}
}

func (r *checker) report(e *semconvlint.Element, p *semconv.Problem) {
	report := semconvlint.Report{Key: p.Key, Replacement: verdicts.Written(p.Instead)}
	report.Message = p.Key + " was introduced in " + p.Since + "; the target is " + p.Want
	if report.Replacement != "" {
		report.Message += ": " + verdicts.Set(p.Instead)
	}
	r.c.At(e, report)
}
