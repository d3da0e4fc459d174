// Package res004 finds attributes that do not belong on what carries them.
package res004

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "RES-004",
		Title:    "Attribute on the wrong level",
		Why:      "A resource says what a service is, a span what it did. On the wrong level an attribute is not found, makes a new resource of each request, or repeats the same on every span.",
		Before:   "resource: {http.request.method: GET}",
		After:    "span: {attributes: {http.request.method: GET}}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/RES-004.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.Misplaced) {
		on := string(e.Signal)
		if e.Signal == semconvlint.OnPoint {
			on = "metric's point"
		}
		message := a.Key + " does not belong on a " + on
		to := strings.Join(p.Instead, ", ")
		if to != "" {
			message += ": write " + to
		}
		r.c.At(e, semconvlint.Report{Key: a.Key, Replacement: to, Message: message})
	}
	if e.Signal == semconvlint.OnSpan {
		r.identity(e)
	}
}

// identity reports a service's name on a span. The conventions let spans repeat what their resource
// is about; the score's specification names this one as wrong.
func (r *checker) identity(e *semconvlint.Element) {
	if a := e.Get("service.name"); a != nil {
		r.c.At(e, semconvlint.Report{Key: a.Key, Message: "service.name belongs on the resource, not on a span"})
	}
}
