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
		Why:      "Whoever may read telemetry may use it. It has to be taken out where it is written, and revoked.",
		Before:   "attributes: {http.request.header.authorization: [Bearer eyJhbGciOi…]}",
		After:    "attributes: {http.request.header.authorization: [REDACTED]}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		r.value(e, e.Attributes[i].Key, e.Attributes[i].Raw)
	}
	switch e.Signal {
	case semconvlint.OnSpan:
		r.text(e, "name", "the span's name", e.Name)
		r.text(e, "status message", "the span's status message", e.Span.Status().Message())
	case semconvlint.OnEvent:
		r.text(e, "name", "the event's name", e.Name)
	case semconvlint.OnLog:
		r.text(e, "event name", "the log record's event name", e.Name)
		r.value(e, "body", e.Log.Body())
	}
}

func (r *checker) value(e *semconvlint.Element, key string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		r.text(e, key, "the value of "+key, v.Str())
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			if item.Type() == pcommon.ValueTypeStr {
				r.value(e, key, item)
			}
		}
	}
}

func (r *checker) text(e *semconvlint.Element, key, subject, text string) {
	if m, ok := sensitive.Secret(text); ok {
		r.c.At(e, semconvlint.Report{Key: key, Detail: m.What, Message: subject + " looks like " + m.What, Example: e.Example(m.Of(text))})
	}
}
