package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

// scopeMetrics translates a scope's metrics. Everything is decided before anything is
// written, so that no metric is half converted:
//
//  1. look at each metric and its points (plan.go); mostly that is all;
//  2. find metrics that will have one name, and so share their points' identities;
//  3. find points that will have one identity (identity.go);
//  4. write (points.go).
func (w *work) scopeMetrics(list pmetric.MetricSlice) {
	if w.renames != nil {
		w.duplicateMetrics(list)
		return
	}
	w.planAll(list, w.table)
	i := -1
	if w.convertAll() {
		list.RemoveIf(func(pmetric.Metric) bool { i++; return w.plans[i].outcome == merged })
	}
	w.countAll()
}

// convertAll does what was planned. It says false where that is nothing.
func (w *work) convertAll() bool {
	touched := false
	for i := range w.plans {
		touched = touched || w.plans[i].rewritten || w.plans[i].dirty
	}
	if !touched {
		for i := range w.plans {
			if p := &w.plans[i]; p.points != nil && p.outcome == conforming {
				p.stay(w, conforming)
			}
		}
		return false
	}
	w.group()
	for i := range w.plans {
		if w.plans[i].host == i {
			w.convert(i)
		}
	}
	return true
}

// countAll counts what became of the metrics, and ends their plans.
func (w *work) countAll() {
	for i := range w.plans {
		p := &w.plans[i]
		if p.copied {
			continue
		}
		w.counts.elements[metrics][p.outcome]++
		if p.rule.Rule >= 0 && (p.outcome == converted || p.outcome == merged) {
			w.counts.rule(p.rule.Rule)
		}
	}
	clear(w.plans)
	w.plans = w.plans[:0]
}

// group puts together the metrics that will be one stream. A metric that has its new
// name from the start hosts those that get it. One whose new name belongs to metrics of
// another shape stays as it is.
func (w *work) group() {
	defer clear(w.names)
	defer clear(w.streams)
	for i := range w.plans {
		p := &w.plans[i]
		if p.rewritten {
			continue
		}
		w.names[p.metric.Name()] = struct{}{}
		if p.outcome != unconvertible && p.points != nil {
			w.join(i)
		}
	}
	// So does one that only gets another unit.
	for i := range w.plans {
		if p := &w.plans[i]; p.rewritten && p.rule.Name == p.metric.Name() {
			w.names[p.rule.Name] = struct{}{}
			w.join(i)
		}
	}
	for i := range w.plans {
		p := &w.plans[i]
		if !p.rewritten || p.rule.Name == p.metric.Name() {
			continue
		}
		_, taken := w.names[p.rule.Name]
		_, hosted := w.streams[p.stream()]
		if taken && !hosted {
			p.stay(w, conflict)
			continue
		}
		w.names[p.rule.Name] = struct{}{}
		w.join(i)
	}
}

// join adds a metric to the group of its stream, behind those that are in it.
func (w *work) join(i int) {
	p := &w.plans[i]
	key := p.stream()
	host, ok := w.streams[key]
	if !ok {
		host = i
		w.streams[key] = i
	} else {
		w.plans[w.plans[host].last].next = i
	}
	p.host, p.next = host, none
	p.moves = !p.sameOrigin(&w.plans[host])
	w.plans[host].last = i
}

// convert writes one group.
func (w *work) convert(host int) {
	touched, several := false, false
	for i := host; i != none; i = w.plans[i].next {
		touched = touched || w.plans[i].rewritten || w.plans[i].dirty
		several = several || i != host
	}
	p := &w.plans[host]
	switch {
	case !touched:
		for i := host; i != none; i = w.plans[i].next {
			w.plans[i].stay(w, conforming)
		}
		return
	case several || p.dirty:
		if !p.points.identify(w, host) {
			w.part(host)
			p.points.identify(w, host)
		}
	default:
		w.identities.reset()
	}
	if p.rule.Name != p.metric.Name() && w.identities.conflicts() {
		// Under the new name the old one's rules would not hold for the points that had to
		// keep their attributes.
		for i := host; i != none; i = w.plans[i].next {
			w.plans[i].stay(w, conflict)
		}
		return
	}
	p.points.write(w, host)
}

// part leaves the metrics that would have moved into the host's as they are: one of
// them has points that could neither be told apart nor be added up.
func (w *work) part(host int) {
	last := host
	for i := w.plans[host].next; i != none; i = w.plans[i].next {
		if w.plans[i].moves {
			w.plans[i].stay(w, conflict)
			continue
		}
		w.plans[last].next = i
		last = i
	}
	w.plans[last].next = none
	w.plans[host].last = last
}

// stream is what makes points of two metrics comparable.
type stream struct {
	name, unit  string
	typ         pmetric.MetricType
	temporality pmetric.AggregationTemporality
	monotonic   bool
}

// stream is what the metric will be.
func (p *plan) stream() stream {
	return stream{p.rule.Name, p.rule.Unit, p.metric.Type(), temporalityOf(p.metric), p.metric.Type() == pmetric.MetricTypeSum && p.metric.Sum().IsMonotonic()}
}

func temporalityOf(m pmetric.Metric) pmetric.AggregationTemporality {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().AggregationTemporality()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().AggregationTemporality()
	default:
		return pmetric.AggregationTemporalityUnspecified
	}
}

// sameOrigin says whether two metrics were one stream before the translation already.
func (p *plan) sameOrigin(q *plan) bool {
	return p.metric.Name() == q.metric.Name() && p.metric.Unit() == q.metric.Unit()
}

// rename gives the metric its new name and unit.
func rename(m pmetric.Metric, rule *translate.Metric) {
	if m.Name() != rule.Name {
		m.SetName(rule.Name)
	}
	if m.Unit() != rule.Unit {
		m.SetUnit(rule.Unit)
	}
}
