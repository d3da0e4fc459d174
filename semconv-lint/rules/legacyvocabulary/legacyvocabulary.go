// Package legacyvocabulary finds words of other tracers' and proxies' vocabularies.
package legacyvocabulary

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "legacy-vocabulary",
		Title:    "Name of another vocabulary (Zipkin, OpenTracing, Envoy, Datadog …)",
		Why:      "The library that writes it speaks a vocabulary of its own: who looks for the conventions' name does not find this span. The service needs another instrumentation, or a collector that translates.",
		Before:   "attributes: {sql.query: select 1}",
		After:    "attributes: {db.query.text: select 1}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// Element reports each name with what to write instead; the vocabulary is the detail, by which
// reports may group them.
func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.Retired) {
		vocabulary := verdicts.Foreign(r.c, a.Key)
		if vocabulary == "" {
			continue
		}
		to := verdicts.Written(p.Instead)
		message := a.Key + " is a name of " + vocabulary
		if to == "" {
			message += " that says nothing here: leave it out"
		} else {
			message += ": " + verdicts.Set(p.Instead)
		}
		r.c.At(e, semconvlint.Report{Key: a.Key, Detail: vocabulary, Replacement: to, Message: message})
	}
}
