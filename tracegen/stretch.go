package tracegen

import (
	"math"
	"math/rand/v2"
)

// A stretcher decides which requests get a call whose own time is stretched. What it
// plants is true by trial: the request is made without and with it, from the same draws,
// and the ends of the root are compared.
type stretcher struct {
	rng   *rand.Rand
	upTo  [len(stretches)]float64 // shares of the requests without a fault or an error, summed up
	owed  [len(stretches)]int     // not planted yet, for want of a request that can have one
	ready bool
}

// A stretch is a kind of stretched call. Times are microseconds.
type stretch struct {
	kind        FaultKind
	low, high   float64 // of the factor
	acceptable  func(added, later int64) bool
	stretchable func(*callsOf) [][]*node
}

var stretches = [...]stretch{
	{OnPath, 5, 20, onPath, (*callsOf).long},
	{Short, 5, 10, func(added, later int64) bool {
		return onPath(added, later) && later >= 10_000 && later <= 150_000
	}, (*callsOf).short},
	{OffPath, 5, 20, func(added, later int64) bool { return later == 0 && added >= noticeable }, (*callsOf).notWaitedFor},
}

// noticeable is what a decoy must take longer, to be one at all. It is not more because
// calls that run beside others have no more time to spare.
const noticeable = 5_000

// onPath: at least four fifths of what was added are waited for. The rest may have been
// slack beside a call that was longer.
func onPath(added, later int64) bool { return added > 0 && later*5 >= added*4 }

func newStretcher(cfg Config) stretcher {
	s := stretcher{rng: rand.New(newSource(cfg.Seed, 0x6a09e667f3bcc909))}
	sum := 0.0
	for i, share := range [...]float64{cfg.OnPath, cfg.Short, cfg.OffPath} {
		if share > 0 {
			s.ready = true
			sum += share / (1 - cfg.Faults - cfg.Errors)
		}
		s.upTo[i] = sum
	}
	return s
}

// plantStretch plants what is due, if the request can have it. The source of random
// numbers was in the state before when the request was made as it would be.
func (g *Generator) plantStretch(plan *plan, before rand.PCG) {
	s := &g.stretch
	if !s.ready {
		return
	}
	draw := s.rng.Float64()
	for i, upTo := range s.upTo {
		if draw < upTo {
			s.owed[i]++
			break
		}
	}
	for i := range s.owed {
		if s.owed[i] > 0 && g.plantOne(&stretches[i], plan, before) {
			s.owed[i]--
			return
		}
	}
}

// tries is how many calls and factors of a sort are tried before it is given up. A try
// is about 10 µs; where one in eight will do, forty fail once in two hundred times.
const tries = 40

func (g *Generator) plantOne(s *stretch, plan *plan, before rand.PCG) bool {
	sorts, root := plan.stretchable[s.kind], g.spans[0].End
	first := g.stretch.rng.IntN(len(sorts))
	for i := range sorts {
		nodes := sorts[(first+i)%len(sorts)]
		for try := 0; try < tries && len(nodes) > 0; try++ {
			g.draw(s, nodes)
			*g.source = before
			g.simulate(plan)
			if later := g.spans[0].End - root; s.acceptable(g.fault.added, later) {
				g.fault.added = later
				return true
			}
		}
	}
	g.fault = fault{ids: g.fault.ids[:0]}
	*g.source = before
	g.simulate(plan)
	return false
}

func (g *Generator) draw(s *stretch, nodes []*node) {
	rng := g.stretch.rng
	g.fault.site = site{nodes[rng.IntN(len(nodes))], s.kind}
	g.fault.calls = 1
	g.fault.factor = s.low * math.Exp(rng.Float64()*math.Log(s.high/s.low))
}
