package semconv

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Metric says what is wrong with a metric, nothing if it is right or a name of the
// user's own.
func (j *Judge) Metric(m Metric) []Problem {
	known, to := j.registry.LookupMetric(m.Name), j.successor(&m)
	switch {
	case known != nil && !j.table.Retired(&known.Retirement) && j.newer(known.Introduced, &known.Retirement):
		if len(to) == 0 {
			to = j.successors()[m.Name] // in another unit
		}
		return []Problem{j.tooNew(m.Name, known.Introduced, to)}
	case len(to) > 0:
		p := Problem{Code: Retired, Key: m.Name, Instead: to}
		if known != nil {
			p.Since = known.Since
		}
		return []Problem{p}
	}
	switch {
	case known == nil && !wellFormed(m.Name):
		return []Problem{{Code: Format, Key: m.Name, Instead: nonEmpty(reformed(m.Name))}}
	case known == nil:
		return j.unknown(m.Name, j.metrics)
	case j.table.Retired(&known.Retirement):
		return []Problem{{Code: Retired, Key: m.Name, Instead: j.successorsOf(&registry.Retirement{RenamedTo: known.RenamedTo, Via: known.Via}, j.metricInUse), Since: known.Since}}
	}
	var problems []Problem
	if m.Unit != nil && !(*m.Unit == known.Unit || m.OnWire && j.staysOnWire(&m, known.Unit)) {
		problems = append(problems, Problem{Code: Unit, Key: m.Name, Have: *m.Unit, Want: known.Unit})
	}
	if m.Instrument != registry.NoInstrument && m.Instrument != known.Instrument && !(m.OnWire && j.sameOnWire(m.Instrument, known)) {
		problems = append(problems, Problem{Code: Instrument, Key: m.Name, Have: instrumentName(m.Instrument), Want: instrumentName(known.Instrument)})
	}
	return problems
}

func (j *Judge) metricInUse(name string) bool {
	m := j.registry.LookupMetric(name)
	return m == nil || j.inUse(m.Introduced, &m.Retirement)
}

// metricsInUse adds the names of the target version.
func (j *Judge) metricsInUse(add func(name string)) {
	all := j.registry.Metrics()
	for i := range all {
		if m := &all[i]; m.Refinement == "" && j.inUse(m.Introduced, &m.Retirement) {
			add(m.Name)
		}
	}
}

// successor is what the translation makes of a metric's name, best first.
func (j *Judge) successor(m *Metric) []string {
	if m.Unit == nil {
		return j.successors()[m.Name]
	}
	if to := j.table.Metric(m.Name, *m.Unit).Name; to != m.Name {
		return []string{to}
	}
	return nil
}

// metric is what the translation makes of a metric; one whose unit is not known has the
// registry's.
func (j *Judge) metric(m *Metric) translate.Metric {
	switch known := j.registry.LookupMetric(m.Name); {
	case m.Unit != nil:
		return j.table.Metric(m.Name, *m.Unit)
	case known != nil:
		return j.table.Metric(m.Name, known.Unit)
	}
	return j.table.Metric(m.Name, "")
}

func successors(t *translate.Table) map[string][]string {
	to := map[string][]string{}
	for _, c := range t.Conversions() {
		if c.Signal == "metric" && c.From[0] != c.To {
			if from := c.From[0]; !slices.Contains(to[from], c.To) {
				to[from] = append(to[from], c.To)
			}
		}
	}
	return to
}

// staysOnWire says whether a unit that is not the conventions' is one all the same: a count
// may come without what it counts ({thread} is 1 to UCUM, and so is nothing), and the
// translation leaves it at that.
func (j *Judge) staysOnWire(m *Metric, want string) bool {
	return Dimensionless(*m.Unit) && Dimensionless(want) && j.table.Metric(m.Name, *m.Unit).Unit == *m.Unit
}

// Dimensionless says whether a unit is that of a count, of whatever: "", 1, {request}.
func Dimensionless(unit string) bool {
	return unit == "" || unit == "1" || strings.HasPrefix(unit, "{") && strings.IndexByte(unit, '}') == len(unit)-1
}

// sameOnWire says whether what looks like one instrument on the wire may be a live metric
// all the same. A receiver that reads a state writes gauges where the conventions have an
// up-down counter: both say what is, and no one behind it can tell. And what came under
// a retired name has the instrument that this had: a translation does not change it, as it
// cannot know whether a sum only ever rose.
func (j *Judge) sameOnWire(have registry.Instrument, want *registry.Metric) bool {
	if have == registry.Gauge && want.Instrument == registry.UpDownCounter {
		return true
	}
	all := j.registry.Metrics()
	for i := range all {
		if m := &all[i]; m.Deprecation != registry.Live && m.RenamedTo == want.Name && m.Instrument == have {
			return true
		}
	}
	return false
}
