// Package unknownattribute finds names in the conventions' namespaces that are none of theirs.
package unknownattribute

import (
	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unknown-attribute",
		Title:    "Unknown name in a namespace of the conventions",
		Why:      "It is a misspelt name that nobody looks for, or one of your own where the conventions may put theirs tomorrow, with another meaning.",
		Before:   "attributes: {http.request.metod: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/general/naming/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c: c, likely: map[string]string{}}
	},
}

type checker struct {
	c      *semconvlint.Context
	names  *verdicts.Names
	likely map[string]string
}

// maxLikely bounds the memory of what a name is taken for.
const maxLikely = 4096

func (r *checker) Element(e *semconvlint.Element) {
	for a := range verdicts.On(e, semconv.Unknown) {
		report := semconvlint.Report{Key: a.Key, Replacement: r.meant(a.Key)}
		if report.Replacement == "" {
			report.Message = a.Key + " is no name of the conventions, but stands in their namespace: put it in one of your own"
		} else {
			report.Message = a.Key + " is no name of the conventions: did you mean " + report.Replacement + "?"
		}
		r.c.At(e, report)
	}
}

func (r *checker) meant(key string) string {
	meant, known := r.likely[key]
	if known {
		return meant
	}
	if r.names == nil {
		r.names = verdicts.NewNames()
		all := r.c.Conventions.Registry.Attributes()
		for i := range all {
			if all[i].Deprecation == registry.Live && all[i].Type&registry.Template == 0 {
				r.names.Add(all[i].Key)
			}
		}
	}
	meant = r.names.Nearest(key)
	if len(r.likely) < maxLikely {
		r.likely[key] = meant
	}
	return meant
}
