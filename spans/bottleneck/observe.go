package bottleneck

import (
	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
)

// Observations are what traces say of what is normal, and of where time goes.
type Observations struct {
	Spans []baseline.SpanObservation
	Sites []baseline.SiteObservation
	// Marks are by span.
	Marks []Mark
}

// Mark says more of a span than is learned. It may have several.
type Mark uint8

const (
	Failed   Mark = 1 << iota // the span failed
	InSlow                    // its trace is slow, see Judge.Slow
	NotWhole                  // its trace is not to be learned from
)

// Reset empties them.
func (o *Observations) Reset() { o.Spans, o.Sites, o.Marks = o.Spans[:0], o.Sites[:0], o.Marks[:0] }

// Learn teaches a baseline what is to be learned. It belongs to the goroutine that learns.
func (o *Observations) Learn(b *baseline.Baseline, now int64) {
	for from := 0; from < len(o.Spans); {
		to := from
		for to < len(o.Marks) && o.Marks[to]&NotWhole == 0 {
			to++
		}
		b.Learn(o.Spans[from:to], nil, now)
		for to < len(o.Marks) && o.Marks[to]&NotWhole != 0 {
			to++
		}
		from = to
	}
	b.Learn(nil, o.Sites, now)
}

// Count adds the spans of the trace that was judged last, which are not to be learned from.
func (j *Judge) Count(o *Observations) { j.observeSpans(o, NotWhole) }

// leastWait is how long, in ns, any message waits that is taken up at once.
const leastWait = 1e6

// Observe adds what the trace that was judged last says. Only whole traces are to be learned
// from, see Finding.Whole.
func (j *Judge) Observe(o *Observations) {
	j.observeSpans(o, 0)
	t, p := j.trace, j.placed
	least := negligible * j.usual
	for k := range j.sites.all {
		c := &j.sites.all[k]
		if !j.known(c) {
			continue
		}
		if !c.main {
			c.normalSum = j.norm(j.entry, c.parent, c.op)
		}
		o.site(j.entry, c.parent, c.op, c.count, c.sum, least, c.normalSum)
		if c.leaf && c.count > 1 {
			first := p.End[c.first] - p.Start[c.first]
			o.site(baseline.Other, c.parent, c.op, 1, first, least, j.first(c))
			o.site(c.parent, baseline.Other, c.op, c.count-1, c.sum-first, least, j.others(c))
		}
	}
	for _, w := range p.Waits {
		if producer, consumer := t.Operations[w.Producer], t.Operations[w.Consumer]; producer != baseline.Other {
			o.site(producer, baseline.Other, consumer, 1, w.Duration, max(least, leastWait), j.waiting(producer, consumer))
		}
	}
}

// site adds what is said of a call site. The window of its sums is six octaves wide, and where
// many are next to nothing, as waits are whose clocks disagree, long ones would be cut off above
// it: so those are as much as is negligible, or a small part of the usual.
func (o *Observations) site(entry, parent, op baseline.Operation, count uint32, sum uint64, least float64, usual baseline.Norm) {
	const small = 1. / 8
	if usual.Known() {
		least = max(least, usual.P50*small)
	}
	o.Sites = append(o.Sites, baseline.SiteObservation{Entry: entry, Parent: parent, Operation: op, Count: count, Sum: max(sum, uint64(least))})
}

func (j *Judge) observeSpans(o *Observations, mark Mark) {
	t, p := j.trace, j.placed
	if j.finding.Slow() {
		mark |= InSlow
	}
	for i := range t.Spans {
		if p.Marks[i]&criticalpath.Duplicate != 0 {
			continue
		}
		m := mark
		if t.Errors[i] != 0 {
			m |= Failed
		}
		o.Spans = append(o.Spans, baseline.SpanObservation{
			Operation: t.Operations[i], Children: uint32(p.Children[i]),
			Duration: p.End[i] - p.Start[i], Self: p.Self[i],
		})
		o.Marks = append(o.Marks, m)
	}
}
