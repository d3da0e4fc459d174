package source

import (
	"strings"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// metric judges an instrument's name, unit and kind.
func (j *Judge) metric(u *Use) []problem {
	if u.Tier > A && !strings.Contains(u.Key, ".") {
		return nil
	}
	m := semconv.Metric{Name: u.Key, Instrument: u.Instrument}
	if u.Unit != nil {
		m.Unit = &u.Unit.Text
	}
	var found []problem
	for _, p := range j.conventions.Metric(m) {
		to := strings.Join(p.Instead, ", ")
		switch p.Code {
		case semconv.Retired:
			said := j.retiredMetric(u, &p, to)
			said.since = p.Since
			found = append(found, said)
		case semconv.TooNew:
			found = append(found, u.said(TooNew, to, u.Key+" was introduced in "+p.Since+"; the target is "+p.Want, true))
		case semconv.Unknown:
			if to != "" && u.Tier == A {
				found = append(found, u.said(UnknownMetric, p.Instead[0], u.Key+" is no metric of the conventions: did you mean "+p.Instead[0]+"?", true))
			}
		case semconv.Unit:
			said := u.said(WrongUnit, p.Want, u.Key+" is in "+p.Want+" by the conventions, not in "+p.Have+": its values change with the unit", verdicts.StableMetric(j.context(), u.Key))
			said.at = u.Unit.At
			if sameSize(p.Have, p.Want) {
				said.message = u.Key + " has the unit " + p.Want + " by the conventions, not " + p.Have
				said = said.fixed(u.Unit.Rewrite)
			}
			found = append(found, said)
		case semconv.Instrument:
			found = append(found, u.said(WrongInstrument, p.Want, u.Key+" is a "+p.Want+" by the conventions, not a "+p.Have, verdicts.StableMetric(j.context(), u.Key)))
		}
	}
	return found
}

// retiredMetric says what to write for a metric. One whose unit changed is not rewritten: what it
// is given has to be divided, too.
func (j *Judge) retiredMetric(u *Use, p *semconv.Problem, to string) problem {
	message := u.Key + " is retired"
	if p.Since != "" {
		message += " since " + p.Since
	}
	if to == "" {
		return u.said(RetiredMetric, "", message+" and has no successor: leave it out", false)
	}
	message += ": write " + to
	settled := verdicts.StableMetric(j.context(), p.Instead[0])
	from, unit := j.units(u, p.Instead[0])
	if from != unit {
		said := u.said(RetiredMetric, to, message+", in "+unit+" instead of "+from, settled)
		said.unit = true
		return said
	}
	return u.said(RetiredMetric, to, message, settled).fixed(u.Rewrite)
}

// units are those of a metric before and after. Where nobody says the one before, it is the first
// that the metric may have had.
func (j *Judge) units(u *Use, to string) (from, unit string) {
	after := j.conventions.Registry.LookupMetric(to)
	if after == nil {
		return "", ""
	}
	if u.Unit != nil {
		from = u.Unit.Text
	} else {
		before := j.conventions.Registry.LookupMetric(u.Key)
		if before == nil {
			before = &registry.Metric{Name: u.Key}
		}
		had := unitsOf(j.conventions, before)
		if len(had) == 0 {
			return after.Unit, after.Unit
		}
		from = had[0]
	}
	if sameSize(from, after.Unit) {
		return after.Unit, after.Unit
	}
	return from, after.Unit
}

// sameSize is whether values stay as they are between units: counts of whatever are.
func sameSize(a, b string) bool {
	return a == b || semconv.Dimensionless(a) && semconv.Dimensionless(b)
}

// prometheusMetric judges a metric as Prometheus spells it.
func (j *Judge) prometheusMetric(u *Use) []problem {
	m, ok := j.mangled.Metric(u.Key)
	if !ok || !m.Sure && u.Tier > A {
		return nil
	}
	to := strings.Join(m.New, ", ")
	message := u.Key + " is " + m.Dotted + ", retired"
	if m.Since != "" {
		message += " since " + m.Since
	}
	switch {
	case to == "":
		message += ", without a successor"
	case m.UnitChanged:
		message += ": now " + to + ", in " + m.To + " instead of " + m.From + ": thresholds and factors change with it"
	default:
		message += ": now " + to
	}
	said := u.said(RetiredMetric, to, message, true)
	said.since = m.Since
	if said.unit = m.UnitChanged; said.unit {
		return []problem{said}
	}
	return []problem{said.fixed(u.Rewrite)}
}

// prometheusLabel judges a label as Prometheus spells it.
func (j *Judge) prometheusLabel(u *Use) []problem {
	l, ok := j.mangled.Label(u.Key, u.Of)
	if !ok {
		return nil
	}
	to := strings.Join(l.New, ", ")
	message := u.Key + " is " + l.Dotted + ", retired"
	if l.Since != "" {
		message += " since " + l.Since
	}
	if to != "" {
		message += ": now " + to
	}
	said := u.said(RetiredAttribute, to, message, true)
	said.since = l.Since
	if l.ValueChanged {
		said.message += ", and some values have other names"
		return []problem{said}
	}
	return []problem{said.fixed(u.Rewrite)}
}

// event judges an event's name.
func (j *Judge) event(u *Use) []problem {
	var found []problem
	for _, p := range j.conventions.Event(u.Key) {
		if p.Code != semconv.Retired || u.Tier > A && !strings.Contains(u.Key, ".") {
			continue
		}
		to := strings.Join(p.Instead, ", ")
		message := "the event " + u.Key + " is retired"
		if p.Since != "" {
			message += " since " + p.Since
		}
		if to != "" {
			message += ": write " + to
		}
		e := j.conventions.Registry.LookupEvent(to)
		found = append(found, u.said(RetiredEvent, to, message, e != nil && e.Stability == registry.Stable).fixed(u.Rewrite))
	}
	return found
}
