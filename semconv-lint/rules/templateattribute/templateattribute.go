// Package templateattribute finds wrong uses of names with a variable last part.
package templateattribute

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "template-attribute",
		Title:    "Name of a template without its last part, or not in lower case",
		Why:      "http.request.header.<name> has the header's name in lower case, with its dashes: in another spelling the same header is another attribute.",
		Before:   "attributes: {http.request.header.Content-Type: [text/html]}",
		After:    "attributes: {http.request.header.content-type: [text/html]}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		r := &checker{c: c}
		r.wrong = verdicts.NewMemo(r.judge)
		return r
	},
}

type checker struct {
	c     *semconvlint.Context
	wrong *verdicts.Memo[*semconvlint.Report] // nil: nothing is
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		if report := r.wrong.Of(e.Attributes[i].Key); report != nil {
			r.c.At(e, *report)
		}
	}
}

func (r *checker) judge(key string) *semconvlint.Report {
	known := r.c.Conventions.Registry.Resolve(key)
	if known == nil || known.Type&registry.Template == 0 || known.Deprecation != registry.Live {
		return nil
	}
	rest := strings.TrimPrefix(key[len(known.Key):], ".")
	switch lower := strings.ToLower(rest); {
	case rest == "":
		return &semconvlint.Report{Key: key, Message: key + " needs one more part: " + key + ".<name>"}
	case lower != rest && caseless(known.Key):
		to := known.Key + "." + lower
		return &semconvlint.Report{Key: key, Replacement: to, Message: "the last part of " + key + " is in lower case: write " + to}
	}
	return nil
}

// caseless says whether a template's last part is in lower case by its convention. Labels and
// parameters keep their own.
func caseless(template string) bool {
	return strings.HasSuffix(template, ".header") || strings.HasSuffix(template, ".metadata")
}
