// Package spanname finds spans whose name has parts that differ from span to span, or an older form.
package spanname

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "span-name",
		Title:    "Span name with ids in it, or of an older form",
		Why:      "Spans are grouped by name: with an id in it every request is an operation of its own, and there is no rate, no error share and no percentile of any.",
		Before:   "span: {name: GET /orders/1234567, attributes: {http.route: /orders/{id}}}",
		After:    "span: {name: GET /orders/{id}, attributes: {http.route: /orders/{id}}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/otel/trace/api/#span",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// Element takes the name's form for the cause, without what differs from span to span: the names
// that are wrong have no end.
func (r *checker) Element(e *semconvlint.Element) {
	for p := range verdicts.Of(e, semconv.Name) {
		to := strings.Join(p.Instead, ", ")
		report := semconvlint.Report{Key: form(e.Name), Detail: to, Replacement: to}
		if to == "" {
			report.Message = report.Key + " has parts that differ from span to span: put them in attributes"
		} else {
			report.Message = report.Key + " is " + to + " by the span's attributes"
		}
		r.c.At(e, report)
	}
}

// form is a name with {} for ids: parts with two digits, or of digits alone.
func form(name string) string {
	var b strings.Builder
	name = verdicts.Clip(name)
	for len(name) > 0 {
		end := strings.IndexAny(name, "/ .?&=")
		if end < 0 {
			end = len(name)
		}
		if part := name[:end]; isID(part) {
			b.WriteString("{}")
		} else {
			b.WriteString(part)
		}
		separator := name[end:min(end+1, len(name))]
		b.WriteString(separator)
		name = name[end+len(separator):]
	}
	return b.String()
}

func isID(part string) bool {
	digits := 0
	for _, c := range []byte(part) {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits > 1 || digits > 0 && digits == len(part)
}
