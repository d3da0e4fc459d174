// Package spa005 finds traces with many short spans.
package spa005

import (
	"strconv"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "SPA-005",
		Title:    "Many short spans in one trace",
		Why:      "A span of a millisecond says little, and hundreds of them hide those that say more.",
		Before:   "trace: {200 spans of 1 ms}",
		After:    "trace: {at most 20 spans below 5 ms}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max", Default: 20, Meaning: "spans below 5 ms in a trace"}},
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/SPA-005.md",
		Impact:   semconvlint.Important,
		Needs:    "whole traces",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		return &checker{c, limit, map[string]int{}}
	},
}

const short = uint64(5 * time.Millisecond)

type checker struct {
	c      *semconvlint.Context
	limit  int
	counts map[string]int // of one trace, by service
}

// Trace counts spans of all kinds, as the specification's criterion does. The trace is every
// service's that has such spans in it.
func (r *checker) Trace(t *semconvlint.Trace) {
	clear(r.counts)
	n := 0
	for i := range t.Spans {
		if s := &t.Spans[i]; s.End >= s.Start && s.End-s.Start < short {
			n++
			r.counts[s.Service]++
		}
	}
	if n <= r.limit {
		return
	}
	for service, own := range r.counts {
		r.c.Report(semconvlint.Report{
			Service: service, Signal: semconvlint.OnTrace,
			Message: "a trace has more than " + strconv.Itoa(r.limit) + " spans that are shorter than 5 ms",
			Example: semconvlint.Example{TraceID: t.ID.String(), Value: strconv.Itoa(own) + " of " + strconv.Itoa(n), Source: t.Spans[0].Source},
		})
	}
}
