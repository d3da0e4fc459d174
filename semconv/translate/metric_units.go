package translate

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// conventional is the conventions' unit of a metric that gets another name, where the values
// are the same in it: counts are written in several ways ({packets}, {packet}, 1). A metric
// that has its name already keeps its unit. So does one with a name that is retired by now:
// the registry does not tell which unit it had in which version.
func (t *Table) conventional(name, unit string) string {
	m := t.options.registry().LookupMetric(name)
	if m == nil || m.Deprecation != registry.Live || !sameUnit(unit, m.Unit) {
		return unit
	}
	return m.Unit
}

// sameUnit says whether two units differ in their annotations alone, which UCUM gives no
// meaning. Who counts something need not give a unit at all; of a ratio without one nobody
// knows that it is no percentage.
func sameUnit(wire, unit string) bool {
	if wire == "" {
		return strings.HasPrefix(unit, "{") && bareUnit(unit) == "1"
	}
	return bareUnit(wire) == bareUnit(unit)
}

// bareUnit is a unit without annotations.
func bareUnit(unit string) string {
	for {
		before, rest, open := strings.Cut(unit, "{")
		_, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			break
		}
		unit = before + after
	}
	if unit == "" || strings.HasPrefix(unit, "/") {
		unit = "1" + unit
	}
	return unit
}

// divisor is by what to divide values in one unit for those in another, where that is a
// whole number: anything else would not be exact.
func divisor(from, to string) (float64, bool) {
	if sameUnit(from, to) {
		return 1, true
	}
	for _, sizes := range dimensions {
		if a, b := sizes[from], sizes[to]; a > 0 && b%a == 0 {
			return float64(b / a), b > 0
		}
	}
	return 0, false
}

// dimensions are units by how many of the smallest they are.
var dimensions = []map[string]int64{
	{"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9, "h": 3600e9, "d": 86400e9},
	{"By": 1, "kBy": 1e3, "MBy": 1e6, "GBy": 1e9, "KiBy": 1 << 10, "MiBy": 1 << 20, "GiBy": 1 << 30},
	{"%": 1, "1": 100},
}
