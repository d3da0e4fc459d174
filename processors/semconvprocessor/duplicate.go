package semconvprocessor

import "go.opentelemetry.io/collector/pdata/pmetric"

// duplicateMetrics leaves every metric that has a new name as it came, and puts a
// converted copy of it behind all others. Where the scope has a metric of the new name
// already there is no copy: the service writes both, or a Koine has been here. A metric
// that keeps its name keeps its unit, too, because two metrics of one name are an error;
// its points get the new attributes beside the old.
//
// What is counted of a copy stands for what it is a copy of: points in are still the sum
// of all outcomes.
func (w *work) duplicateMetrics(list pmetric.MetricSlice) {
	for _, m := range list.All() {
		w.present[m.Name()] = struct{}{}
	}
	w.original = true
	w.planAll(list, w.table)
	clear(w.present)
	var copies pmetric.MetricSlice
	some := false
	for i := range w.plans {
		if !w.plans[i].copied {
			continue
		}
		if !some {
			copies, some = pmetric.NewMetricSlice(), true
		}
		w.plans[i].metric.CopyTo(copies.AppendEmpty())
	}
	w.convertAll() // merges none: what has one name and one unit was one before
	w.countAll()
	w.original = false
	if !some {
		return
	}
	w.planAll(copies, w.renames)
	w.convertAll()
	i := -1
	copies.RemoveIf(func(pmetric.Metric) bool { i++; return w.plans[i].outcome != converted })
	w.countAll()
	copies.MoveAndAppendTo(list)
}

// keep decides about a metric of the list that duplicateMetrics has got. It says true of
// one that has a new name, and that so stays as it is.
func (w *work) keep(p *plan) bool {
	m := p.metric
	if p.rule.Name == m.Name() {
		p.rule.Unit, p.rule.Divide, p.rule.Rule = m.Unit(), 1, -1
		return false
	}
	if _, there := w.present[p.rule.Name]; there {
		p.stay(w, conforming)
	} else {
		p.copied = true
	}
	p.points = nil
	return true
}
