// Package schemaurl finds telemetry that is not of the version that its schema URL says, and
// scopes that say none.
package schemaurl

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "schema-url",
		Title:    "Schema URL that is missing, or contradicts what is emitted",
		Why:      "The URL is how a reader knows of which version the names are. A wrong one has them translated wrongly, and without one they cannot be.",
		Before:   "{schema_url: https://opentelemetry.io/schemas/1.37.0, attributes: {http.method: GET}}",
		After:    "{schema_url: https://opentelemetry.io/schemas/1.37.0, attributes: {http.request.method: GET}}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/otel/schemas/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c, verdicts.NewMemo(func(key string) string {
			if a := c.Conventions.Registry.Resolve(key); a != nil {
				return a.Introduced
			}
			return ""
		})}
	},
}

type checker struct {
	c *semconvlint.Context
	// introduced are the versions that names came with, empty where that is not known.
	introduced *verdicts.Memo[string]
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.SchemaURL == "" {
		r.missing(e)
		return
	}
	says, official := version(e.SchemaURL)
	if !official {
		return // a company's own
	}
	for a, p := range verdicts.On(e, semconv.Retired) {
		if p.Since != "" && !translate.Before(says, p.Since) {
			r.contradicts(e, a.Key, says, "retired in "+p.Since)
		}
	}
	for i := range e.Attributes {
		if since := r.introduced.Of(e.Attributes[i].Key); since != "" && translate.Before(says, since) {
			r.contradicts(e, e.Attributes[i].Key, says, "introduced in "+since)
		}
	}
	if m := r.c.Conventions.Registry.LookupMetric(e.Name); e.Signal == semconvlint.OnMetric && m != nil && m.Introduced != "" && translate.Before(says, m.Introduced) {
		r.contradicts(e, m.Name, says, "introduced in "+m.Introduced)
	}
}

func (r *checker) contradicts(e *semconvlint.Element, key, says, what string) {
	r.c.At(e, semconvlint.Report{Key: key, Detail: says, Message: "the schema URL says " + says + ", and " + key + " was " + what})
}

// missing reports scopes of an SDK whose conventions have a version: other formats and hand-made
// telemetry have no URL to give. The resource's would do.
func (r *checker) missing(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric && (e.Signal != semconvlint.OnSpan || e.Convention == nil) {
		return
	}
	if _, ok := e.Resource.Attributes().Get("telemetry.sdk.name"); !ok {
		return
	}
	m := r.c.Conventions.Registry.LookupMetric(e.Name)
	if e.Convention != nil || e.Signal == semconvlint.OnMetric && m != nil && m.Deprecation == registry.Live {
		r.c.At(e, semconvlint.Report{Message: "the scope uses the conventions and has no schema URL to say of which version"})
	}
}

// version is that of the official schema URL.
func version(url string) (string, bool) {
	_, v, ok := strings.Cut(url, "opentelemetry.io/schemas/")
	return v, ok && v != "" && strings.Trim(v, "0123456789.") == ""
}
