// Package attributecount finds elements with very many attributes.
package attributecount

import (
	"strconv"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "attribute-count",
		Title:    "Very many attributes on one element",
		Why:      "SDKs drop what is above their limit of 128, and which that is nobody knows.",
		Before:   "attributes: {header.1: …, header.2: …, … 300 more}",
		After:    "attributes: {those that somebody asks for}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max", Default: 128, Meaning: "attributes of one element"}},
		Link:     "https://opentelemetry.io/docs/specs/otel/common/#attribute-limits",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		return &checker{c, limit}
	},
}

type checker struct {
	c     *semconvlint.Context
	limit int
}

func (r *checker) Element(e *semconvlint.Element) {
	if len(e.Attributes) > r.limit {
		r.c.At(e, semconvlint.Report{Message: "it has more than " + strconv.Itoa(r.limit) + " attributes"})
	}
	if e.Signal == semconvlint.OnSpan && e.Span.DroppedAttributesCount() > 0 {
		r.c.At(e, semconvlint.Report{Detail: "dropped", Message: "the SDK dropped attributes of it"})
	}
}
