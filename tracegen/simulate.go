package tracegen

// This file lets a request take its course through a plan. Times are microseconds
// since the request began, so that everything stays exact.

// call makes a node's call, as often as the planted fault wants, and returns when the
// caller goes on.
func (g *Generator) call(n *node, parent SpanID, at int64) (end int64, failed bool) {
	if g.fault.node != n || g.fault.kind != Repeated {
		return g.once(n, parent, at)
	}
	first := int64(0)
	for i := range g.fault.calls {
		g.fault.ids = append(g.fault.ids, SpanID{})
		span := len(g.spans)
		at, failed = g.once(n, parent, at)
		g.fault.ids[i] = g.spans[span].ID
		if i == 0 {
			first = at
		}
		at += between.draw(g.rng)
	}
	g.fault.added = at - first
	return at, failed
}

// between is what a caller does between two of a repeated call; waiting is how long a
// message lies before its consumer takes it up.
var (
	between = ms(0.08)
	waiting = ms(35)
)

func (g *Generator) once(n *node, parent SpanID, at int64) (end int64, failed bool) {
	if n.caller == nil {
		return g.run(n, n.callee, g.newSpanID(), parent, false, at)
	}
	id := g.newSpanID()
	if n.callee == nil {
		end, failed = g.run(n, n.caller, id, parent, false, at)
		for _, c := range n.consumers {
			g.run(c, c.callee, g.newSpanID(), id, false, end+waiting.draw(g.rng))
		}
		return end, failed
	}
	client := g.open(n.caller, id, parent, false, at)
	at += n.way.draw(g.rng)
	if n.shared {
		end, failed = g.run(n, n.callee, id, parent, true, at)
	} else {
		end, failed = g.run(n, n.callee, g.newSpanID(), id, false, at)
	}
	end += n.way.draw(g.rng)
	g.close(client, n.caller, end, failed)
	return end, failed
}

// run is the span in which a node's own time is spent: spread evenly before, between
// and after its steps. A failure that is not tolerated ends it early.
func (g *Generator) run(n *node, s *shape, id, parent SpanID, shared bool, at int64) (int64, bool) {
	span := g.open(s, id, parent, shared, at)
	own := g.ownTime(n, s.service, id)
	if g.fault.node == n && g.fault.kind == Slow {
		g.fault.added = n.slow.draw(g.rng)
		g.fault.ids = append(g.fault.ids, id)
		own += g.fault.added
	}
	slice := own / int64(n.groups+1)
	at += own - slice*int64(n.groups)
	failed := n == g.failing
	for i := 0; i < len(n.steps) && !failed; {
		i, at, failed = g.group(n.steps, i, id, at)
		at += slice
	}
	g.close(span, s, at, failed)
	return at, failed
}

// ownTime is what the node itself takes, in today's state of its service and with what
// is planted.
func (g *Generator) ownTime(n *node, service int, id SpanID) int64 {
	own := g.drift.of(n.own.draw(g.rng), service)
	if g.fault.node != n || g.fault.factor == 0 {
		return own
	}
	stretched := int64(float64(own) * g.fault.factor)
	g.fault.added = stretched - own
	g.fault.ids = append(g.fault.ids, id)
	return stretched
}

// group makes the step at i and those that start alongside it, and waits for all.
func (g *Generator) group(steps []*node, i int, parent SpanID, at int64) (next int, end int64, failed bool) {
	end = at
	for next = i; next < len(steps) && (next == i || steps[next].alongside); next++ {
		s := steps[next]
		if s.chance < 1 && g.rng.Float64() >= s.chance {
			continue
		}
		done, broke := g.call(s, parent, at)
		end = max(end, done)
		failed = failed || broke && !s.tolerated
	}
	return next, end, failed
}

func (g *Generator) open(s *shape, id, parent SpanID, shared bool, at int64) int {
	g.spans = append(g.spans, Span{
		TraceID: g.request.TraceID,
		ID:      id,
		Parent:  parent,
		Shared:  shared,
		Kind:    s.kind,
		Scope:   s.scope,
		Service: s.service,
		Name:    s.name,
		Start:   at,
		Remote:  s.remote,
	})
	if shared {
		g.request.Shared++
	}
	return len(g.spans) - 1
}

func (g *Generator) close(i int, s *shape, at int64, failed bool) {
	span := &g.spans[i]
	span.End = at
	fields := s.ok
	if failed {
		fields = s.failed
		span.Status, span.Message = Error, s.message
	}
	// One draw serves all that differs: sizes, ports and offsets need not be
	// independent of each other.
	draw := g.rng.Uint64()
	g.parts[port] = 32768 + draw%28232
	g.parts[size] = 200 + (draw>>16)%(1<<(6+(draw>>60)%9)) // many small, few large
	g.parts[offset] = 48_000_000 + (draw>>24)%900_000
	g.parts[ratio] = (draw >> 32) % 10_000
	if s.calledFrom {
		span.Remote.Port = uint16(g.parts[port])
	}
	g.text.fill(i, fields, &g.parts)
}
