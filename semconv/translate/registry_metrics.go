package translate

// registryMetrics adds the registry's own renames of metrics that no rule mentions, where
// old and new have one unit: with another the values would have to change too. A name that
// is newer than the target is renamed back, if one name became it.
func (t *Table) registryMetrics(mentioned map[string]bool, names *formers) {
	all := t.options.registry().Metrics()
	for i := range all {
		m := &all[i]
		to := ""
		switch {
		case names.inUse(m.Name):
			continue
		case !t.options.newer(m.Introduced):
			if to = names.successor(m.Name); mentioned[m.Name] {
				continue
			}
		default:
			old, _ := names.plain(m.Name)
			to = old.Key
		}
		if to == "" || to == m.Name || m.Unit != "" && names.unit(to) != m.Unit {
			continue
		}
		if t.options.skipsMetric(to, m.Name) {
			continue
		}
		k := metricKey{m.Name, ""}
		if have := t.metrics[k]; have.to == "" {
			have.to, have.rule = to, t.named(m.Name, to)
			t.metrics[k] = have
		}
	}
}
