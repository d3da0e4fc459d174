package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

// none ends a group's list.
const none = -1

// plan is a metric of the scope at hand and what is to become of it.
type plan struct {
	metric pmetric.Metric
	rule   translate.Metric
	points pointsOf // nil: the metric has no type, and so no points
	// rewritten: its name, unit or values change. dirty: attributes of its points, or of
	// their exemplars, do.
	rewritten, dirty bool
	outcome          outcome
	// copied: its copy is counted instead of it (duplicate.go).
	copied bool
	// invalid are the attributes that a scan found unconvertible; not all of a dirty
	// metric's.
	invalid int64

	// The metrics of one group are a list: host is the first one's index, next the next
	// one's, last the host's knowledge of the end. none outside of groups.
	host, next, last int
	// moves: its points go into the host's metric, because they had another name.
	moves bool
}

// planAll looks at every metric.
func (w *work) planAll(list pmetric.MetricSlice, table *translate.Table) {
	for i := range list.Len() {
		m := list.At(i)
		w.plans = append(w.plans, plan{metric: m, points: pointsOfType(m.Type()), host: none, next: none})
		p := &w.plans[i]
		if p.points == nil {
			continue
		}
		p.rule = table.Metric(m.Name(), m.Unit())
		if w.unhandled(m, &p.rule) {
			p.stay(w, unconvertible)
			continue
		}
		if p.rule.Name == m.Name() && w.retired(m.Name()) {
			w.counts.kept++
		}
		if w.original && w.keep(p) {
			continue
		}
		if p.rule.Divide != 1 && m.Type() == pmetric.MetricTypeExponentialHistogram {
			// The buckets' bounds are powers of a base: no whole shift of them is a division.
			p.stay(w, unconvertible)
			continue
		}
		p.rewritten = p.rule.Name != m.Name() || p.rule.Unit != m.Unit() || p.rule.Divide != 1
		p.dirty = p.points.scan(w, p)
	}
}

// stay leaves a metric out of its group and its points as they are.
func (p *plan) stay(w *work, o outcome) {
	p.outcome = o
	p.host = none
	w.counts.elements[points][o] += int64(p.points.len(p.metric))
	if o == conforming {
		w.counts.invalid += p.invalid
	}
}
