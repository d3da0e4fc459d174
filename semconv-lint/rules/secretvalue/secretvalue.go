// Package secretvalue finds values that look like credentials.
package secretvalue

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "secret-value",
		Title:    "Value that looks like a credential",
		Why:      "Whoever may read telemetry may use it. It has to be taken out where it is written, and revoked. Lists and maps are looked through.",
		Before:   "attributes: {http.request.header.authorization: [Bearer eyJhbGciOi…]}",
		After:    "attributes: {http.request.header.authorization: [REDACTED]}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c: c} },
}

type checker struct {
	c *semconvlint.Context

	// What is looked at.
	element *semconvlint.Element
	key     string
}

func (r *checker) Element(e *semconvlint.Element) {
	r.element = e
	for i := range e.Attributes {
		r.value(e.Attributes[i].Key, e.Attributes[i].Raw)
	}
	switch e.Signal {
	case semconvlint.OnSpan:
		r.text("name", "the span's name", e.Name)
		r.text("status message", "the span's status message", e.Span.Status().Message())
	case semconvlint.OnEvent:
		r.text("name", "the event's name", e.Name)
	case semconvlint.OnLog:
		r.text("event name", "the log record's event name", e.Name)
		r.value("body", e.Log.Body())
	}
}

func (r *checker) value(key string, v pcommon.Value) {
	r.key = key
	sensitive.Texts(v, r)
}

// Text looks at one text of a value.
func (r *checker) Text(_, text string) {
	if m, ok := sensitive.Secret(text); ok {
		r.found(r.key, "the value of "+r.key, text, m)
	}
}

func (r *checker) text(key, subject, text string) {
	if m, ok := sensitive.Secret(text); ok {
		r.found(key, subject, text, m)
	}
}

func (r *checker) found(key, subject, text string, m sensitive.Match) {
	r.c.At(r.element, semconvlint.Report{Key: key, Detail: m.What, Message: subject + " looks like " + m.What, Example: r.element.Example(m.Of(text))})
}
