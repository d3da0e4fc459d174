package tracegen

import (
	"fmt"
	"math"
)

// scale makes requests of about so many spans by leaving calls out or adding look-ups,
// in each route by the same factor. Sites of faults stay.
func (p *planner) scale(all []*plan, spans float64) {
	weight, mean := 0.0, 0.0
	for _, plan := range all {
		weight += plan.weight
		mean += plan.weight * plan.root.expected()
	}
	factor := spans * weight / mean
	if math.Abs(factor-1) < 0.03 {
		return // nobody counts so closely, and the shop stays as it is drawn
	}
	for _, plan := range all {
		natural := plan.root.expected()
		goal := natural * factor
		for plan.root.expected() > goal && plan.root.prune() {
		}
		p.grow(plan, int(math.Round(goal-plan.root.expected())))
	}
}

// expected is how many spans a node makes on average.
func (n *node) expected() float64 {
	spans := 0.0
	if n.caller != nil {
		spans++
	}
	if n.callee != nil {
		spans++
	}
	for _, s := range n.steps {
		spans += s.expected()
	}
	for _, c := range n.consumers {
		spans += c.expected()
	}
	return spans * n.chance
}

// prune drops the last call below n that calls nothing itself and is no site.
func (n *node) prune() bool {
	for i := len(n.steps) - 1; i >= 0; i-- {
		s := n.steps[i]
		if len(s.consumers) > 0 && s.consumers[len(s.consumers)-1].prune() {
			return true
		}
		if len(s.consumers) > 0 {
			s.consumers = s.consumers[:len(s.consumers)-1]
			return true
		}
		if s.prune() {
			return true
		}
		if len(s.steps) == 0 && !s.canSlow && s.repeat == 0 {
			n.steps = append(n.steps[:i], n.steps[i+1:]...)
			return true
		}
	}
	return false
}

// grow adds look-ups to the route's operations in turn. Each asks another table: many
// calls of one operation would look like a planted fault.
func (p *planner) grow(plan *plan, spans int) {
	var servers []*node
	plan.root.servers(&servers)
	for i := range spans {
		n := servers[i%len(servers)]
		table := fmt.Sprintf("option_%02d", i/len(servers))
		lookup := sql(shopDB, "SELECT", table, "select name, value from "+table+" where owner = ?", ms(1.5))
		n.steps = append(n.steps, p.step(lookup, n.callee.service))
	}
}

func (n *node) servers(all *[]*node) {
	// A repeated call's callee is left alone: a fault would repeat the look-ups too.
	if n.callee != nil && n.repeat == 0 && n.chance == 1 {
		*all = append(*all, n)
	}
	for _, s := range n.steps {
		s.servers(all)
	}
}
