// Package spa002 finds spans whose parent is not there.
package spa002

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "SPA-002",
		Title:    "Span without its parent",
		Why:      "The trace falls into pieces: a service between them is not instrumented, samples for itself, or loses spans.",
		Before:   "spans: [{span_id: b, parent_span_id: a}]",
		After:    "spans: [{span_id: a}, {span_id: b, parent_span_id: a}]",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/SPA-002.md",
		Impact:   semconvlint.Normal,
		Needs:    "whole traces",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c, map[pcommon.SpanID]bool{}}
	},
}

type checker struct {
	c   *semconvlint.Context
	ids map[pcommon.SpanID]bool // of one trace
}

func (r *checker) Trace(t *semconvlint.Trace) {
	if t.Partial {
		return // the parent may have been among those for which there was no memory
	}
	clear(r.ids)
	for i := range t.Spans {
		r.ids[t.Spans[i].ID] = true
	}
	for i := range t.Spans {
		s := &t.Spans[i]
		if !s.Parent.IsEmpty() && !r.ids[s.Parent] {
			r.c.Report(semconvlint.Report{
				Service: s.Service, Scope: s.Scope, Signal: semconvlint.OnTrace, Message: "the span's parent is not in the trace",
				Example: semconvlint.Example{Name: s.Name, TraceID: t.ID.String(), SpanID: s.ID.String(), Source: s.Source},
			})
		}
	}
}
