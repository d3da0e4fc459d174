// Package retiredattribute finds attributes that the conventions replaced or dropped.
package retiredattribute

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "retired-attribute",
		Title:    "Attribute that the conventions retired",
		Why:      "Dashboards, alerts and backends look for the name of today. What comes under an old one is missing there, and a service that changes later splits every chart in two.",
		Before:   "attributes: {http.method: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c: c, said: map[use]*saying{}}
	},
}

type use struct{ key, to string }

// saying is what there is to say of a use: own is that it is OpenTelemetry's own name of before.
type saying struct {
	own, stable bool
	report      semconvlint.Report
}

type checker struct {
	c            *semconvlint.Context
	replacements *verdicts.Replacements
	said         map[use]*saying
}

// maxSaid bounds the memory of messages; keys of templates have no bound.
const maxSaid = 4096

func (r *checker) Element(e *semconvlint.Element) {
	for _, p := range verdicts.On(e, semconv.Retired) {
		if s := r.saying(p); s.own {
			verdicts.At(r.c, e, s.stable, s.report)
		}
	}
}

// stable says whether the successors are: a name that gives way to one which may change again can
// wait.
func (r *checker) stable(p *semconv.Problem) bool {
	for _, to := range p.Instead {
		if !strings.HasPrefix(to, "@") && !verdicts.StableAttribute(r.c, to) {
			return false
		}
	}
	return len(p.Instead) > 0
}

func (r *checker) saying(p *semconv.Problem) *saying {
	u := use{p.Key, verdicts.Written(p.Instead)}
	if s := r.said[u]; s != nil {
		return s
	}
	s := &saying{own: verdicts.Foreign(r.c, p.Key) == "", stable: r.stable(p)}
	if s.own {
		if r.replacements == nil { // most goroutines of a clean service never need them
			r.replacements = verdicts.NewReplacements(r.c.Conventions.Table)
		}
		s.report = semconvlint.Report{Key: p.Key, Replacement: u.to, Message: r.replacements.Message(p)}
		if r.replacements.Splits(p.Key) {
			s.report.Detail = u.to
		}
	}
	if len(r.said) < maxSaid {
		r.said[u] = s
	}
	return s
}
