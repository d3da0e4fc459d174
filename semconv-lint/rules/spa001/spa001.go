// Package spa001 finds traces with many internal spans of one service.
package spa001

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "SPA-001",
		Title:    "Many internal spans of a service in one trace",
		Why:      "They cost as much as the others, and hide between them where the time goes.",
		Before:   "trace: {shop: 40 spans of kind internal}",
		After:    "trace: {shop: at most 10 spans of kind internal}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max", Default: 10, Meaning: "internal spans of a service in a trace"}},
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/SPA-001.md",
		Impact:   semconvlint.Normal,
		Needs:    "whole traces",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		return &checker{c, limit, map[string]int{}}
	},
}

type checker struct {
	c      *semconvlint.Context
	limit  int
	counts map[string]int // of one trace
}

// Trace counts what is there: a trace of which spans are missing has more, not fewer.
func (r *checker) Trace(t *semconvlint.Trace) {
	clear(r.counts)
	for i := range t.Spans {
		if s := &t.Spans[i]; s.Kind == ptrace.SpanKindInternal {
			r.counts[s.Service]++
		}
	}
	for service, n := range r.counts {
		if n > r.limit {
			r.c.Report(semconvlint.Report{
				Service: service, Signal: semconvlint.OnTrace,
				Message: "a trace has more than " + strconv.Itoa(r.limit) + " internal spans of this service",
				Example: semconvlint.Example{TraceID: t.ID.String(), Value: strconv.Itoa(n), Source: t.Spans[0].Source},
			})
		}
	}
}
