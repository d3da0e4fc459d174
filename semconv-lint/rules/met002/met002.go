// Package met002 asks for units of metrics.
package met002

import (
	"strings"

	"github.com/iimos/ucum"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-002",
		Title:    "Metric without a unit, or with one that is not UCUM",
		Why:      "Whether 5 is seconds, megabytes or percent is nowhere else.",
		Before:   "metric: {name: shop.payload, unit: bytes}",
		After:    "metric: {name: shop.payload, unit: By}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-002.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, map[string]bool{}} },
}

type checker struct {
	c     *semconvlint.Context
	valid map[string]bool
}

// maxUnits bounds the memory of units.
const maxUnits = 1024

// Element counts "" as the default: 1 is UCUM's and the conventions' unit of a ratio.
func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	switch unit := e.Metric.Unit(); {
	case unit == "":
		report := semconvlint.Report{Key: e.Name, Message: e.Name + " has no unit"}
		if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil {
			report.Replacement = m.Unit
		}
		r.c.At(e, report)
	case !r.ucum(unit) && !official(r.c, e.Name, unit):
		r.c.At(e, semconvlint.Report{Key: e.Name, Detail: unit, Replacement: meant[strings.ToLower(unit)], Message: "the unit " + unit + " of " + e.Name + " is not UCUM"})
	}
}

// official says whether the conventions themselves give a metric this unit: hw.fan.speed is in rpm.
func official(c *semconvlint.Context, name, unit string) bool {
	m := c.Conventions.Registry.LookupMetric(name)
	return m != nil && m.Unit == unit
}

func (r *checker) ucum(unit string) bool {
	valid, known := r.valid[unit]
	if !known {
		_, err := ucum.Parse([]byte(unit))
		valid = err == nil
		if len(r.valid) < maxUnits {
			r.valid[unit] = valid
		}
	}
	return valid
}

// meant are units as people write them.
var meant = map[string]string{
	"seconds": "s", "second": "s", "sec": "s", "secs": "s", "milliseconds": "ms", "millisecond": "ms", "millis": "ms", "msec": "ms",
	"microseconds": "us", "microsecond": "us", "µs": "us", "nanoseconds": "ns", "nanosecond": "ns", "minutes": "min", "hours": "h", "days": "d",
	"bytes": "By", "byte": "By", "kilobytes": "kBy", "kb": "kBy", "kib": "KiBy", "megabytes": "MBy", "mb": "MBy", "mib": "MiBy", "gigabytes": "GBy", "gb": "GBy", "gib": "GiBy",
	"percent": "%", "percentage": "%", "count": "1", "ratio": "1", "requests": "{request}", "request": "{request}", "errors": "{error}", "items": "{item}",
	"bytes/s": "By/s", "bytes/sec": "By/s", "celsius": "Cel", "watts": "W", "volts": "V", "hertz": "Hz", "joules": "J",
}
