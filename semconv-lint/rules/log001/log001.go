// Package log001 finds debug logs that stay on in production.
package log001

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "LOG-001",
		Title:    "Debug logs in production for more than 14 days",
		Why:      "They were turned on to find something, cost more than all others, and nobody turned them off.",
		Before:   "{resource: {deployment.environment.name: production}, log: {severity_text: DEBUG}}",
		After:    "{resource: {deployment.environment.name: production}, log: {severity_text: INFO}}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/LOG-001.md",
		Impact:   semconvlint.Important,
		Needs:    "more than 14 days of logs",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, map[string]*span{}} },
}

const allowed = 14 * 24 * time.Hour

// maxServices bounds what is remembered.
const maxServices = 10_000

// span is when a service was seen to log at this level.
type span struct {
	first, last pcommon.Timestamp
	example     semconvlint.Example
}

type checker struct {
	c        *semconvlint.Context
	services map[string]*span
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnLog || !strings.EqualFold(e.Log.SeverityText(), "DEBUG") {
		return
	}
	if environment, ok := e.Resource.Attributes().Get("deployment.environment.name"); !ok || environment.AsString() != "production" {
		return
	}
	at := e.Log.Timestamp()
	if at == 0 {
		at = e.Log.ObservedTimestamp()
	}
	if at != 0 {
		r.add(verdicts.Clip(e.Service), &span{at, at, verdicts.Own(e.Example(""))})
	}
}

func (r *checker) add(service string, s *span) {
	known := r.services[service]
	if known == nil {
		if len(r.services) < maxServices {
			r.services[strings.Clone(service)] = s
		}
		return
	}
	if s.first < known.first {
		known.first, known.example = s.first, s.example
	}
	known.last = max(known.last, s.last)
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for service, s := range other.(*checker).services {
		r.add(service, s)
	}
}

// Finish reports services that logged so from one end of 14 days to the other.
func (r *checker) Finish() {
	for service, s := range r.services {
		if s.last.AsTime().Sub(s.first.AsTime()) > allowed {
			r.c.Report(semconvlint.Report{Service: service, Signal: semconvlint.OnLog, Message: "debug logs come from production for more than 14 days", Example: s.example})
		}
	}
}
