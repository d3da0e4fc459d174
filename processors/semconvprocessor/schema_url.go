package semconvprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

// schemaURLs are OpenTelemetry's, by version.
const schemaURLs = "https://opentelemetry.io/schemas/"

// schemaURL is what to say of something that was converted to a version, all of it or in
// part: that version if all was, and none if something went back to an older version than
// what was said and something else could not. Somebody else's URL stays.
func schemaURL(now, target string, all bool) string {
	version, ours := strings.CutPrefix(strings.Replace(now, "http://", "https://", 1), schemaURLs)
	switch {
	case now != "" && !ours:
		return now
	case all:
		return schemaURLs + target
	case ours && translate.Before(target, version):
		return ""
	default:
		return now
	}
}

// retired says whether a metric has a name that is retired at the target.
func (j *job) retired(name string) bool {
	m := j.conventions.LookupMetric(name)
	return m != nil && j.table.Retired(&m.Retirement)
}

// unhandled says whether a metric that keeps its name and unit would not, were it in
// another unit: nobody knows how to read this one.
func (j *job) unhandled(m pmetric.Metric, rule *translate.Metric) bool {
	if rule.Name != m.Name() || rule.Unit != m.Unit() || rule.Divide != 1 {
		return false
	}
	found := false
	for _, unit := range j.units[m.Name()] {
		other := j.table.Metric(m.Name(), unit)
		if other.Name == m.Name() && other.Unit == m.Unit() {
			return false // this is the unit that it should have
		}
		found = found || other.Name != m.Name() || other.Unit != unit
	}
	return found
}

// unitsOf are the units that rules read metrics in, by the metrics' names.
func unitsOf(vocabularies []*translate.Vocabulary) map[string][]string {
	units := map[string][]string{}
	for _, v := range vocabularies {
		for i := range v.Metrics {
			for _, s := range v.Metrics[i].From {
				if s.Unit != "" {
					units[s.Name] = append(units[s.Name], s.Unit)
				}
			}
		}
	}
	return units
}

// keeps counts what of m is retired, where the configuration turns conversions off: it is
// not what a schema URL would say.
func (w *work) keeps(m pcommon.Map) {
	for key := range m.All() {
		if a := w.conventions.Resolve(key); a != nil && w.table.Retired(&a.Retirement) {
			w.counts.kept++
		}
	}
}
