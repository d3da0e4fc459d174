// Package met004 finds histograms whose buckets differ.
package met004

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/cespare/xxhash/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-004",
		Title:    "One histogram with several sets of buckets",
		Why:      "Percentiles over all of it are wrong, or cannot be had.",
		Before:   "[{name: shop.wait, bounds: [1, 2]}, {name: shop.wait, bounds: [1, 5]}]",
		After:    "[{name: shop.wait, bounds: [1, 5]}, {name: shop.wait, bounds: [1, 5]}]",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-004.md",
		Impact:   semconvlint.Normal,
		Needs:    "14 days of metrics",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, map[metric]*buckets{}} },
}

type metric struct{ service, name string }

// buckets are the bounds that were seen first, and whether there were others.
type buckets struct {
	first  uint64
	others bool
}

const maxMetrics = 50_000 // of all services

type checker struct {
	c    *semconvlint.Context
	seen map[metric]*buckets
}

// Element looks at histograms with explicit bounds. Exponential ones change their scale with
// what they see, and are merged all the same.
func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric || e.Metric.Type() != pmetric.MetricTypeHistogram {
		return
	}
	for _, p := range e.Metric.Histogram().DataPoints().All() {
		if p.ExplicitBounds().Len() > 0 {
			r.add(metric{verdicts.Clip(e.Service), verdicts.Clip(e.Name)}, buckets{first: hashed(p.ExplicitBounds())})
		}
	}
}

func (r *checker) add(m metric, b buckets) {
	switch known := r.seen[m]; {
	case known != nil:
		known.others = known.others || b.others || b.first != known.first
	case len(r.seen) < maxMetrics:
		r.seen[metric{strings.Clone(m.service), strings.Clone(m.name)}] = &b
	}
}

func hashed(bounds pcommon.Float64Slice) uint64 {
	h, b8 := xxhash.New(), [8]byte{}
	for _, b := range bounds.All() {
		binary.LittleEndian.PutUint64(b8[:], math.Float64bits(b))
		_, _ = h.Write(b8[:])
	}
	return h.Sum64()
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for m, b := range other.(*checker).seen {
		r.add(m, *b)
	}
}

// Finish reports.
func (r *checker) Finish() {
	for m, b := range r.seen {
		if b.others {
			r.c.Report(semconvlint.Report{
				Service: m.service, Signal: semconvlint.OnMetric, Key: m.name,
				Message: m.name + " comes with several sets of buckets", Example: semconvlint.Example{Name: m.name},
			})
		}
	}
}
