// Package nameformat finds names that break the rules for names.
package nameformat

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "name-format",
		Title:    "Name that is not in the conventions' form",
		Why:      "Names are lower case, with dots between namespaces and underscores between words. Others meet their own twin sooner or later: orderId, order_id, order-id.",
		Before:   "attributes: {orderId: 7}",
		After:    "attributes: {order_id: 7}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/naming/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for _, p := range verdicts.On(e, semconv.Format) {
		r.report(e, p)
	}
	for p := range verdicts.Of(e, semconv.Format) {
		r.report(e, p)
	}
}

func (r *checker) report(e *semconvlint.Element, p *semconv.Problem) {
	to := strings.Join(p.Instead, ", ")
	if sensitive.Mask(p.Key) != p.Key {
		to = "" // a credential in lower case would not be known for one
	}
	r.c.At(e, semconvlint.Report{
		Key: p.Key, Replacement: to,
		Message: p.Key + " is not in lower case with dots between namespaces and underscores between words",
	})
}
