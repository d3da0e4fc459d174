// Package dualemission finds the old and the new name of one thing side by side.
package dualemission

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "dual-emission",
		Title:    "Old and new name of one thing on one element",
		Why:      "For the time of a migration this is meant (OTEL_SEMCONV_STABILITY_OPT_IN=http/dup). After it, every element carries its attributes twice, and is paid for twice.",
		Before:   "attributes: {http.method: GET, http.request.method: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.Retired) {
		for _, to := range p.Instead {
			if e.Get(to) != nil {
				r.c.At(e, semconvlint.Report{Key: a.Key, Detail: to, Message: a.Key + " is there beside " + to + ": leave it out when nobody reads it any more"})
				break
			}
		}
	}
}
