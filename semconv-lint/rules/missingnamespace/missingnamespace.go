// Package missingnamespace finds names without a namespace.
package missingnamespace

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "missing-namespace",
		Title:    "Name without a namespace",
		Why:      "A word alone means something else in every service: status, type, id. A namespace of your own keeps it apart.",
		Before:   "attributes: {id: 7}",
		After:    "attributes: {shop.order.id: 7}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/naming/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// Element leaves out words of other vocabularies: whoever writes those has no say in it.
func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if len(a.Problems) == 0 && !strings.Contains(a.Key, ".") && r.c.Conventions.Registry.Lookup(a.Key) == nil && !verdicts.ForeignWord(r.c, a.Key) {
			r.c.At(e, semconvlint.Report{Key: a.Key, Message: a.Key + " has no namespace: put one of your own before it"})
		}
	}
}
