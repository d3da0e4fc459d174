// Package spa005 finds services with many short spans in traces.
package spa005

import (
	"strconv"
	"strings"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:    "SPA-005",
		Title: "Many short spans of a service in one trace",
		Why: "A span of a millisecond says little, and hundreds of them hide those that say more. One such trace is enough, as the specification has it: " +
			"it is a call in a loop, which costs each request in which it happens. Where a batch does so on purpose, percent lets it pass.",
		Before:   "trace: {200 spans of 1 ms of one service}",
		After:    "trace: {at most 20 spans below 5 ms of a service}",
		Severity: semconvlint.Warning,
		Options: []semconvlint.Option{
			{Name: "max", Default: 20, Meaning: "spans below 5 ms of a service in a trace"},
			{Name: "percent", Default: 0, Meaning: "of a service's traces that may have more; the score's specification has none"},
		},
		Link:   "https://github.com/instrumentation-score/spec/blob/main/rules/SPA-005.md",
		Impact: semconvlint.Important,
		Needs:  "whole traces",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		percent, _ := c.Options["percent"].(int)
		return &checker{c, limit, percent, map[string]*short{}, map[string]*traces{}}
	},
}

const (
	brief       = uint64(5 * time.Millisecond)
	maxServices = 10_000
)

type checker struct {
	c              *semconvlint.Context
	limit, percent int
	counts         map[string]*short // of one trace, by service
	seen           map[string]*traces
}

// short is what a service has in a trace.
type short struct{ spans, all int }

// traces are those in which a service has spans, and those in which it has too many short ones.
type traces struct {
	all, over int
	example   semconvlint.Example
}

// Trace counts spans of all kinds, as the specification's criterion does, and each service's own:
// the others' are not what it can change.
func (r *checker) Trace(t *semconvlint.Trace) {
	clear(r.counts)
	for i := range t.Spans {
		s := &t.Spans[i]
		n := r.counts[s.Service]
		if n == nil {
			n = &short{}
			r.counts[s.Service] = n
		}
		n.all++
		if s.End >= s.Start && s.End-s.Start < brief {
			n.spans++
		}
	}
	for service, n := range r.counts {
		at := r.of(service)
		if at == nil {
			continue
		}
		at.all++
		if n.spans > r.limit {
			at.add(1, verdicts.Own(semconvlint.Example{TraceID: t.ID.String(), Value: strconv.Itoa(n.spans) + " of " + strconv.Itoa(n.all), Source: t.Spans[0].Source}))
		}
	}
}

func (r *checker) of(service string) *traces {
	at := r.seen[service]
	if at == nil && len(r.seen) < maxServices {
		at = &traces{}
		r.seen[strings.Clone(service)] = at
	}
	return at
}

func (at *traces) add(over int, example semconvlint.Example) {
	if at.over == 0 || semconvlint.CompareExamples(&example, &at.example) < 0 {
		at.example = example
	}
	at.over += over
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for service, o := range other.(*checker).seen {
		if at := r.of(service); at != nil {
			at.all += o.all
			if o.over > 0 {
				at.add(o.over, o.example)
			}
		}
	}
}

// Finish reports the services that have too many in too many of their traces.
func (r *checker) Finish() {
	for service, at := range r.seen {
		if at.over*100 > at.all*r.percent {
			r.c.Report(semconvlint.Report{
				Service: service, Signal: semconvlint.OnTrace, Example: at.example,
				Message: "traces have more than " + strconv.Itoa(r.limit) + " spans of the service that are shorter than 5 ms",
			})
		}
	}
}
