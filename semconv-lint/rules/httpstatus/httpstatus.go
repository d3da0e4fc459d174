// Package httpstatus finds HTTP spans whose status is not what their response says.
package httpstatus

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "http-status",
		Title:    "Span status that contradicts the HTTP response",
		Why:      "Error rates and samplers read the span's status. A server fails with 5xx, not where it refuses a bad request with 4xx; a client fails with both.",
		Before:   "span: {kind: server, status: unset, attributes: {http.response.status_code: 503}}",
		After:    "span: {kind: server, status: error, attributes: {http.response.status_code: 503, error.type: '503'}}",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnSpan {
		return
	}
	code, kind, failed := responseCode(e), e.Span.Kind(), e.Span.Status().Code() == ptrace.StatusCodeError
	switch {
	case code >= 500 && code < 600 && !failed && (kind == ptrace.SpanKindServer || kind == ptrace.SpanKindClient):
		r.report(e, "error", "the response is 5xx and the span's status is not error", code)
	case code >= 400 && code < 500 && !failed && kind == ptrace.SpanKindClient:
		r.report(e, "error", "a client's response is 4xx and the span's status is not error", code)
	case code >= 400 && code < 500 && failed && kind == ptrace.SpanKindServer && e.Get("error.type") == nil && !threw(e):
		r.report(e, "unset", "a server's response is 4xx and the span's status is error, without an error that tells why", code)
	}
}

func (r *checker) report(e *semconvlint.Element, to, message string, code int64) {
	r.c.At(e, semconvlint.Report{Key: "http.response.status_code", Detail: strings.ToLower(e.Span.Kind().String()) + " " + strconv.FormatInt(code/100, 10) + "xx", Replacement: to, Message: message})
}

// responseCode reads today's attribute and the one of before: 0 where there is none.
func responseCode(e *semconvlint.Element) int64 {
	a := e.Get("http.response.status_code")
	if a == nil {
		a = e.Get("http.status_code")
	}
	if a == nil {
		return 0
	}
	if a.Raw.Type() == pcommon.ValueTypeInt {
		return a.Raw.Int()
	}
	n, _ := strconv.ParseInt(a.Raw.AsString(), 10, 64)
	return n
}

// threw says whether the span has an exception: the server knows more than the code says.
func threw(e *semconvlint.Element) bool {
	for _, event := range e.Span.Events().All() {
		if event.Name() == "exception" {
			return true
		}
	}
	return false
}
