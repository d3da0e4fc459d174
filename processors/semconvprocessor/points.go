package semconvprocessor

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

// scan says whether an attribute of the metric's points or of their exemplars has to
// change. It stops at the first.
func (s *shape[P, S]) scan(w *work, p *plan) bool {
	list := s.points(p.metric)
	for i := range list.Len() {
		at := list.At(i)
		if w.inspect(p.rule.Points, at.Attributes(), p.rule.Place, 0) {
			return true
		}
		p.invalid += int64(len(w.result.Invalid))
		if exemplars, ok := s.exemplars(at); ok && w.scanExemplars(p, exemplars) {
			return true
		}
	}
	return false
}

func (w *work) scanExemplars(p *plan, list pmetric.ExemplarSlice) bool {
	for i := range list.Len() {
		if w.inspectExemplar(&p.rule, list.At(i).FilteredAttributes()) {
			return true
		}
	}
	return false
}

// write does to a group what has been decided. Without fates every point is the only
// one of its class.
func (s *shape[P, S]) write(w *work, host int) {
	// Sums come first: they need every point in its place and in its old unit, in which
	// integers are still integers.
	s.addUp(w, host)
	fates := w.identities.fates
	for i := host; i != none; i = w.plans[i].next {
		p := &w.plans[i]
		list := s.points(p.metric)
		n := list.Len()
		s.settle(w, p, list, fates[:min(n, len(fates))])
		fates = fates[min(n, len(fates)):]
		if p.moves {
			list.MoveAndAppendTo(s.points(w.plans[host].metric))
			p.outcome = merged
			continue
		}
		if p.rewritten {
			rename(p.metric, &p.rule)
			p.outcome = converted
		}
	}
}

func (s *shape[P, S]) addUp(w *work, host int) {
	k := 0
	for i := host; i != none && len(w.identities.fates) > 0; i = w.plans[i].next {
		list := s.points(w.plans[i].metric)
		for n := range list.Len() {
			f := w.identities.fates[k]
			k++
			if c := &w.identities.classes[f.class]; f.kind == summand && !c.conflict {
				s.merge(s.points(w.plans[c.member].metric).At(c.point), list.At(n))
			}
		}
	}
}

// settle translates the points that remain, and removes the others.
func (s *shape[P, S]) settle(w *work, p *plan, list S, fates []fate) {
	k := -1
	list.RemoveIf(func(at P) bool {
		k++
		c := class{size: 1}
		if len(fates) > 0 {
			switch f := fates[k]; {
			case f.kind == again:
				w.counts.elements[points][duplicate]++
				return true
			case f.kind == summand && !w.identities.classes[f.class].conflict:
				w.counts.elements[points][merged]++
				return true
			default:
				c = w.identities.classes[f.class]
				if f.kind == twin {
					c.size = 1
				}
			}
		}
		w.counts.elements[points][s.one(w, p, at, &c)]++
		return false
	})
}

// one translates a point that remains.
func (s *shape[P, S]) one(w *work, p *plan, at P, c *class) outcome {
	o := conforming
	if c.size > 1 && !c.conflict || p.rule.Divide != 1 {
		o = converted
	}
	switch changed := w.inspect(p.rule.Points, at.Attributes(), p.rule.Place, 0); {
	case changed && c.conflict:
		o = conflict
	default:
		w.counts.result(&w.result)
		if changed {
			rewrite(at.Attributes(), &w.attrs, &w.result)
			o = converted
		}
	}
	if p.rule.Divide != 1 {
		s.divide(at, p.rule.Divide)
	}
	if exemplars, ok := s.exemplars(at); ok {
		w.exemplars(p, exemplars, o != conflict)
	}
	return o
}

// exemplars follow their point.
func (w *work) exemplars(p *plan, list pmetric.ExemplarSlice, attributes bool) {
	for i := range list.Len() {
		e := list.At(i)
		if p.rule.Divide != 1 {
			divideExemplar(e, p.rule.Divide)
		}
		if attributes && w.inspectExemplar(&p.rule, e.FilteredAttributes()) {
			rewrite(e.FilteredAttributes(), &w.attrs, &w.result)
		}
	}
}

// inspectExemplar looks at the attributes that an exemplar has beyond its point's. What
// rules set by themselves stands on the point, not here. And where the translation would
// drop an attribute all stay as they are: an exemplar is kept for what it says of one
// measurement. For the same reason duplicate mode adds nothing to them.
func (w *work) inspectExemplar(rule *translate.Metric, m pcommon.Map) bool {
	if w.original || m.Len() == 0 || !w.inspect(rule.Points, m, rule.Place, 0) || len(w.result.Remove) > 0 {
		return false
	}
	w.result.Edits = slices.DeleteFunc(w.result.Edits, func(e translate.Edit) bool { return e.Index < 0 && e.Copy < 0 })
	return w.result.Changes()
}
