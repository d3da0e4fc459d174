package semconvlint

import (
	"maps"
	"slices"
)

// group is what was found of a rule in a service.
type group struct {
	pair
	severity Severity
	all      map[cause]*Finding
	// more is of those that are not told apart, nil of none.
	more *Finding
	// last is the last cause that was kept where some were not: only what is before it can be
	// among the first.
	last *cause
}

// crowd is whether it is of services that are not told apart; nor are causes then.
func (g *group) crowd() bool { return g.service == OtherServices }

// Untold is the Detail of a finding that stands for causes that are not told apart.
const Untold = "…"

// trim leaves the first causes by order. Whoever saw them they are the same: one that is among
// the first of all is among the first that any goroutine saw. It gives how many went.
func (g *group) trim(most int) int {
	if len(g.all) <= most {
		return 0
	}
	causes := slices.SortedFunc(maps.Keys(g.all), compareCauses)
	for _, key := range causes[most:] {
		g.gather(g.all[key])
		delete(g.all, key)
	}
	if most > 0 {
		g.last = &causes[most-1]
	}
	return len(causes) - most
}

// absorb counts all that another group of the rule has with what is not told apart.
func (g *group) absorb(o *group) {
	for _, found := range o.all {
		g.gather(found)
	}
	if o.more != nil {
		g.gather(o.more)
	}
}

// gather counts a finding with those that are not told apart.
func (g *group) gather(o *Finding) {
	if g.more != nil {
		g.more.join(o)
		return
	}
	g.more = &Finding{
		Rule: g.rule, Severity: g.severity, Service: g.service, Signal: OnService, Detail: Untold,
		Message: "and more of these than are told apart", Count: o.Count, Example: o.Example, Title: o.Title,
	}
}
