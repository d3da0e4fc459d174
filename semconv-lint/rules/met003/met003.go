// Package met003 finds metrics that come in several units.
package met003

import (
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-003",
		Title:    "One metric in several units",
		Why:      "A sum over all of it adds milliseconds to seconds.",
		Before:   "[{name: shop.wait, unit: ms}, {name: shop.wait, unit: s}]",
		After:    "[{name: shop.wait, unit: s}, {name: shop.wait, unit: s}]",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-003.md",
		Impact:   semconvlint.Important,
		Needs:    "14 days of metrics",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, map[metric][]string{}} },
}

type metric struct{ service, name string }

const (
	maxMetrics = 20_000 // of all services
	maxUnits   = 8      // of a metric: more say the same
)

type checker struct {
	c    *semconvlint.Context
	seen map[metric][]string
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnMetric {
		r.add(metric{verdicts.Clip(e.Service), verdicts.Clip(e.Name)}, verdicts.Clip(e.Metric.Unit()))
	}
}

func (r *checker) add(m metric, unit string) {
	units := r.seen[m]
	if units == nil && len(r.seen) >= maxMetrics || len(units) >= maxUnits || slices.Contains(units, unit) {
		return
	}
	if units == nil {
		m = metric{strings.Clone(m.service), strings.Clone(m.name)}
	}
	r.seen[m] = append(units, strings.Clone(unit))
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for m, units := range other.(*checker).seen {
		for _, unit := range units {
			r.add(m, unit)
		}
	}
}

// Finish reports.
func (r *checker) Finish() {
	for m, units := range r.seen {
		if len(units) < 2 {
			continue
		}
		units = slices.Sorted(slices.Values(units))
		for i, unit := range units {
			if unit == "" {
				units[i] = "none"
			}
		}
		r.c.Report(semconvlint.Report{
			Service: m.service, Signal: semconvlint.OnMetric, Key: m.name,
			Message: m.name + " comes in several units: " + strings.Join(units, ", "), Example: semconvlint.Example{Name: m.name},
		})
	}
}
