package tracegen

import "time"

// callsOf sorts a plan's calls by who waits for them.
type callsOf struct {
	// awaited are all that the answer may wait for; alongside are those of them that run
	// beside others. after are consumers and what they call.
	awaited, alongside, after []*node
}

// collectStretchable finds the calls that each kind may stretch; which of them are on
// the path is seen when the request is made.
func (p *plan) collectStretchable() {
	var calls callsOf
	calls.add(p.root, false, false)
	p.stretchable = map[FaultKind][][]*node{}
	for i := range stretches {
		p.stretchable[stretches[i].kind] = stretches[i].stretchable(&calls)
	}
}

func (c *callsOf) add(n *node, alongside, after bool) {
	switch {
	case after:
		c.after = append(c.after, n)
	case alongside:
		c.alongside = append(c.alongside, n)
		fallthrough
	default:
		c.awaited = append(c.awaited, n)
	}
	for i, s := range n.steps {
		beside := s.alongside || i+1 < len(n.steps) && n.steps[i+1].alongside
		c.add(s, alongside || beside, after)
	}
	for _, consumer := range n.consumers {
		c.add(consumer, alongside, true)
	}
}

// long are the calls that are worth a fault at any factor, or else the longest.
func (c *callsOf) long() [][]*node {
	long := ofMedian(c.awaited, 20*time.Millisecond, time.Hour)
	if len(long) > 0 {
		return [][]*node{long}
	}
	longest := c.awaited[0]
	for _, n := range c.awaited {
		if n.own.median() > longest.own.median() {
			longest = n
		}
	}
	return [][]*node{{longest}}
}

func (c *callsOf) short() [][]*node {
	return [][]*node{ofMedian(c.awaited, time.Millisecond, 15*time.Millisecond)}
}

// notWaitedFor are of two sorts, each tried first as often: calls beside others are
// seldom short enough, so that drawn from all there would be next to none.
func (c *callsOf) notWaitedFor() [][]*node { return [][]*node{c.alongside, c.after} }

// ofMedian are the nodes whose own time's median is within low and high.
func ofMedian(nodes []*node, low, high time.Duration) (some []*node) {
	for _, n := range nodes {
		// A median is kept as a logarithm, so that it is off in the last digits.
		if m := n.own.median(); m >= 0.999*float64(low.Microseconds()) && m <= 1.001*float64(high.Microseconds()) {
			some = append(some, n)
		}
	}
	return some
}
