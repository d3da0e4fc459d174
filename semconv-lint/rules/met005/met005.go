// Package met005 finds metrics whose name contains their unit.
package met005

import (
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-005",
		Title:    "Metric name that contains the unit",
		Why:      "The unit is told already, and when it changes the name is wrong or has to change too.",
		Before:   "metric: {name: collection.duration.seconds, unit: s}",
		After:    "metric: {name: collection.duration, unit: s}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-005.md",
		Impact:   semconvlint.Normal,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	names := words[e.Metric.Unit()]
	for part := range strings.FieldsFuncSeq(e.Name, func(c rune) bool { return c == '.' || c == '_' }) {
		if slices.Contains(names, strings.ToLower(part)) {
			r.c.At(e, semconvlint.Report{Key: e.Name, Replacement: without(e.Name, part), Message: e.Name + " contains its unit"})
			return
		}
	}
}

// without is a name without its last part, empty where the unit is not that.
func without(name, unit string) string {
	rest, ok := strings.CutSuffix(name, unit)
	if !ok {
		return ""
	}
	return strings.TrimRight(rest, "._")
}

// words are how names spell units. What is counted ({request}) is no unit but a word for what the
// metric is about.
var words = map[string][]string{
	"s": {"seconds", "second", "secs", "sec"}, "ms": {"milliseconds", "millisecond", "millis", "msec", "ms"}, "us": {"microseconds", "microsecond", "micros", "us"},
	"ns": {"nanoseconds", "nanosecond", "nanos", "ns"}, "min": {"minutes", "minute"}, "h": {"hours", "hour"}, "d": {"days", "day"},
	"By": {"bytes", "byte"}, "kBy": {"kilobytes", "kb"}, "KiBy": {"kibibytes", "kib"}, "MBy": {"megabytes", "mb"}, "MiBy": {"mebibytes", "mib"}, "GBy": {"gigabytes", "gb"}, "GiBy": {"gibibytes", "gib"},
	"bit": {"bits", "bit"}, "%": {"percent", "percentage", "pct"}, "Cel": {"celsius"}, "Hz": {"hertz", "hz"}, "W": {"watts", "watt"}, "V": {"volts", "volt"}, "A": {"amperes", "amps"}, "J": {"joules", "joule"}, "m": {"meters", "metres"},
}
