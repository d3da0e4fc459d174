package translate

import "github.com/koine-otel/koine/semconv/registry"

// registryMetrics adds the registry's own renames of metrics that no rule mentions,
// where old and new have one unit: with another the values would have to change too.
func (t *Table) registryMetrics(mentioned map[string]bool) {
	all := t.options.registry().Metrics()
	for i := range all {
		m := &all[i]
		if !renamed(&m.Retirement) || mentioned[m.Name] {
			continue
		}
		target := m
		for target != nil && renamed(&target.Retirement) && t.options.retired(&target.Retirement) {
			target = t.options.registry().LookupMetric(target.RenamedTo)
		}
		if target == nil || target == m || t.options.retired(&target.Retirement) || m.Unit != "" && target.Unit != m.Unit {
			continue
		}
		if !t.options.skipsMetric(target.Name, m.Name) {
			t.metrics[metricKey{m.Name, ""}] = metric{to: target.Name, rule: t.named(m.Name, target.Name)}
		}
	}
}

// renamed says whether one name took over, also where the registry has forgotten the old
// one.
func renamed(r *registry.Retirement) bool {
	return r.Deprecation == registry.Renamed || r.Deprecation == registry.Absent && r.RenamedTo != ""
}
