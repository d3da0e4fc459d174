package translate

// registryMetrics adds the registry's own renames of metrics that no rule mentions. Where
// old and new have another unit the values change too, if that is exact; then what is in
// neither unit stays. A name that is newer than the target is renamed back, if one name
// became it.
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
		divide, exact := divisor(m.Unit, names.unit(to))
		if to == "" || to == m.Name || m.Unit != "" && !exact || t.options.skipsMetric(to, m.Name) {
			continue
		}
		rename := metric{to: to, rule: t.named(m.Name, to)}
		if m.Unit == "" || divide == 1 {
			t.rename(metricKey{m.Name, ""}, rename)
			continue
		}
		rename.unit = names.unit(to)
		t.rename(metricKey{m.Name, rename.unit}, rename)
		rename.divide = divide
		t.rename(metricKey{m.Name, m.Unit}, rename)
	}
}

// rename adds a metric's rule, to that for its points where there is one.
func (t *Table) rename(k metricKey, to metric) {
	if have := t.metrics[k]; have.to == "" {
		to.points = have.points
		t.metrics[k] = to
	}
}
