package translate

import (
	"fmt"
	"slices"
	"strings"
)

// Metric is what a table wants of a metric: its name and unit from now on, by what to
// divide its values, and the table for its points' attributes.
type Metric struct {
	// Name and Unit are the new ones, or the old where they stay.
	Name, Unit string
	// Divide scales the values: new = old / Divide; 1 where they stay.
	Divide float64
	// Points translates the points' attributes.
	Points *Table
	// Place stands for the points in rules: the side that a metric of clients or servers
	// was recorded on, as for a span, or Point.
	Place Place
	// Rule is the number of the rule that renames or scales the metric, -1 where it stays.
	Rule int32
}

// metricKey finds a metric's rule: with the unit on the wire, or without.
type metricKey struct{ name, unit string }

type metric struct {
	to, unit string
	divide   float64
	since    string // from which its rule holds
	points   *Table // nil: the table for all
	rule     int32
}

// Metric says what becomes of a metric with a name and a unit.
func (t *Table) Metric(name, unit string) Metric {
	m, ok := t.metrics[metricKey{name, unit}]
	if !ok {
		m, ok = t.metrics[metricKey{name, ""}]
	}
	out := Metric{Name: name, Unit: unit, Divide: 1, Points: t, Rule: -1}
	if ok {
		if m.to != "" {
			out.Name, out.Rule = m.to, m.rule
		}
		if m.unit != "" {
			out.Unit = m.unit
		}
		if m.divide != 0 {
			out.Divide = m.divide
		}
		if m.points != nil {
			out.Points = m.points
		}
	}
	if out.Name != name {
		out.Unit = t.conventional(out.Name, out.Unit)
	}
	out.Place = sideOf(out.Name)
	return out
}

// sideOf reads from a metric's name who recorded it: http.server.request.duration says
// of its points what SERVER says of a span, and the same attributes mean the same.
func sideOf(name string) Place {
	switch {
	case strings.Contains(name, ".server."):
		return Server
	case strings.HasPrefix(name, "messaging."):
		if strings.Contains(name, "process") || strings.Contains(name, "consumed") || strings.Contains(name, "receive") {
			return Consumer
		}
		return Producer
	case strings.Contains(name, ".client."):
		return Client
	default:
		return Point
	}
}

// addMetrics compiles metric rules; what they do not mention follows the registry.
func (t *Table) addMetrics(vocabularies []*Vocabulary) {
	t.metrics = map[metricKey]metric{}
	names := metricFormers(&t.options)
	mentioned, tables := map[string]bool{}, map[string]*Table{}
	for _, v := range vocabularies {
		for i := range v.Metrics {
			t.addMetric(&v.Metrics[i], names, mentioned, tables)
		}
	}
	t.registryMetrics(mentioned, names)
}

func (t *Table) addMetric(r *MetricRule, names *formers, mentioned map[string]bool, tables map[string]*Table) {
	if !t.options.holds(r.Since, r.Until) {
		return
	}
	points, labels := t.pointsTable(r.Attributes, tables), t.pointsTable(withoutConstants(r.Attributes), tables)
	for i := range r.From {
		s := &r.From[i]
		mentioned[s.Name] = true
		m, ok := atTarget(r, s, names)
		if !ok || t.options.skipsMetric(m.to, s.Name) {
			continue
		}
		m.rule = t.named(s.Name, m.to)
		if m.points = points; m.to == "" && r.To != "" {
			m.points = labels
		}
		k := metricKey{s.Name, s.Unit}
		if _, twice := t.metrics[k]; !twice && (m.to != "" || m.points != nil) {
			t.metrics[k] = m
		}
	}
	if r.To != "" {
		t.pointsOf(r.To, labels)
	}
}

// atTarget is what becomes of a metric's older name at the target version. One that is in
// use then keeps it, and gets the unit of then.
func atTarget(r *MetricRule, s *MetricSource, names *formers) (metric, bool) {
	m := metric{to: r.To, unit: r.Unit, divide: s.Divide, since: r.Since}
	if r.To == "" {
		return m, true
	}
	to, ok := Former{Key: s.Name}, true
	if !names.old(s.Name) {
		to, ok = names.at(r.To, s.Name, r.Was)
	}
	if !ok {
		return m, false
	}
	if m.to = to.Key; m.to == r.To {
		return m, true
	}
	// The name of then may have had another unit.
	if then := names.unit(to.Key); s.Unit != "" && then != r.Unit {
		if then != s.Unit {
			return m, false
		}
		m.unit, m.divide = then, 0
	}
	if m.to == s.Name && (m.divide == 0 || m.divide == 1) {
		m = metric{}
	}
	return m, true
}

// unit is a metric's in the registry.
func (f *formers) unit(name string) string {
	if m := f.options.registry().LookupMetric(name); m != nil {
		return m.Unit
	}
	return ""
}

// pointsOf gives a metric that has its target's name already the target's rules for
// labels: it may have been renamed by someone who left those as they were.
func (t *Table) pointsOf(name string, points *Table) {
	if _, ok := t.metrics[metricKey{name, ""}]; !ok && points != nil {
		t.metrics[metricKey{name, ""}] = metric{points: points}
	}
}

// pointsTable is the table for metrics with rules of their own, one for all that have
// the same; nil where there are none.
func (t *Table) pointsTable(rules []Rule, tables map[string]*Table) *Table {
	if len(rules) == 0 {
		return nil
	}
	same := fmt.Sprintf("%+v", rules)
	if tables[same] == nil {
		tables[same] = t.scoped(rules)
	}
	return tables[same]
}

// withoutConstants leaves out what an older name of a metric says of its points: the
// metric's own name does not say it.
func withoutConstants(rules []Rule) []Rule {
	var kept []Rule
	for _, r := range rules {
		r.From = slices.DeleteFunc(slices.Clone(r.From), func(s Source) bool { return len(s.Keys) == 0 })
		if len(r.From) > 0 {
			kept = append(kept, r)
		}
	}
	return kept
}
