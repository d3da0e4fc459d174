// Package missingattribute finds telemetry without an attribute that its convention requires.
package missingattribute

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "missing-attribute",
		Title:    "Required attribute is missing",
		Why:      "The convention requires it of every span of this type, metric, event or entity: queries group by it without asking whether it is there.",
		Before:   "span: {kind: client, attributes: {http.request.method: GET, server.address: a}}",
		After:    "span: {kind: client, attributes: {http.request.method: GET, server.address: a, server.port: 443, url.full: https://a/}}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/attribute-requirement-level/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c, verdicts.Entities(c)}
	},
}

type checker struct {
	c        *semconvlint.Context
	entities []*registry.Entity
}

func (r *checker) Element(e *semconvlint.Element) {
	switch e.Signal {
	case semconvlint.OnSpan:
		for p := range verdicts.Of(e, semconv.Missing) {
			r.missing(e, p.Key, "a span of type "+verdicts.SpanType(e), verdicts.SpanType(e), e.Convention.Stability)
		}
	case semconvlint.OnPoint:
		if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil && m.Deprecation == registry.Live {
			r.required(e, m.Attributes, "the metric "+m.Name, m.Name, m.Stability)
		}
	case semconvlint.OnEvent, semconvlint.OnLog:
		if x := r.c.Conventions.Registry.LookupEvent(verdicts.EventName(e)); x != nil && x.Deprecation == registry.Live {
			r.required(e, x.Attributes, "the event "+x.Name, x.Name, x.Stability)
		}
	case semconvlint.OnResource:
		for _, x := range r.entities {
			if verdicts.Describes(e, x) {
				r.required(e, x.Attributes, "the entity "+x.Type, x.Type, x.Stability)
			}
		}
	}
}

func (r *checker) required(e *semconvlint.Element, uses []registry.Use, of, detail string, s registry.Stability) {
	for i := range uses {
		if uses[i].Level == registry.Required && !verdicts.Has(e, uses[i].Key) && !r.c.Conventions.IsTooNew(uses[i].Key) {
			r.missing(e, uses[i].Key, of, detail, s)
		}
	}
}

func (r *checker) missing(e *semconvlint.Element, key, of, detail string, s registry.Stability) {
	verdicts.At(r.c, e, s == registry.Stable, semconvlint.Report{Key: key, Detail: detail, Message: of + " requires " + key})
}
