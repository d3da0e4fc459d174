// Package clockskew finds spans whose times contradict their parents'.
package clockskew

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "clock-skew",
		Title:    "Span outside of its parent's time",
		Why:      "The clocks of two machines differ, or a span is ended too late: what waited for what cannot be told.",
		Before:   "[{span_id: a, start: 10ms}, {parent: a, start: 2ms}]",
		After:    "[{span_id: a, start: 10ms}, {parent: a, start: 11ms}]",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "tolerance", Default: "1ms", Meaning: "how much of it does not count"}},
		Link:     "https://opentelemetry.io/docs/specs/otel/trace/api/#span",
		Needs:    "whole traces",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		text, _ := c.Options["tolerance"].(string)
		tolerance, err := time.ParseDuration(text)
		if err != nil {
			tolerance = time.Millisecond
		}
		return &checker{c, uint64(max(tolerance, 0)), map[pcommon.SpanID]*semconvlint.TraceSpan{}}
	},
}

type checker struct {
	c         *semconvlint.Context
	tolerance uint64
	spans     map[pcommon.SpanID]*semconvlint.TraceSpan // of one trace
}

func (r *checker) Trace(t *semconvlint.Trace) {
	clear(r.spans)
	for i := range t.Spans {
		r.spans[t.Spans[i].ID] = &t.Spans[i]
	}
	for i := range t.Spans {
		s := &t.Spans[i]
		parent := r.spans[s.Parent]
		switch {
		case s.End < s.Start:
			r.report(t, s, s.Service, "ends", "a span ends before it starts")
		case s.Parent.IsEmpty() || parent == nil || parent == s:
		case s.Start+r.tolerance < parent.Start:
			r.report(t, s, parent.Service, "starts", "a span starts before its parent, of "+named(parent.Service))
		case waits(s, parent) && s.End > parent.End+r.tolerance:
			r.report(t, s, parent.Service, "outlives", "a server's span ends after the call to it, of "+named(parent.Service))
		}
	}
}

// waits says whether a parent ends only after its child: a call waits for its server. Other
// children may go on in the background.
func waits(s, parent *semconvlint.TraceSpan) bool {
	return s.Kind == ptrace.SpanKindServer && parent.Kind == ptrace.SpanKindClient && !parent.Failed
}

func (r *checker) report(t *semconvlint.Trace, s *semconvlint.TraceSpan, peer, what, message string) {
	r.c.Report(semconvlint.Report{
		Service: s.Service, Signal: semconvlint.OnTrace, Key: peer, Detail: what, Message: message,
		Example: semconvlint.Example{Name: s.Name, TraceID: t.ID.String(), SpanID: s.ID.String(), Source: s.Source},
	})
}

func named(service string) string {
	if service == "" {
		return "a service without a name"
	}
	return service
}
