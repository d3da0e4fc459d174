package quality

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// reservoir is weighted random sampling with a reservoir, as Elastic's APM Server does
// it: each minute and for each service that requests enter at, the traces with the
// highest u^(1/w), u random and w the root's duration in seconds, as many as a share of
// those that came (Efraimidis and Spirakis, 2006, algorithm A-Res). What the probability
// of a trace was is not known from that.
type reservoir struct {
	budget float64
	keep   Keep
	rng    *rand.Rand
	began  time.Time
	groups map[reservoirGroup][]weighedTrace
	spans  int // measured
}

type reservoirGroup struct{ minute, entry int }

type weighedTrace struct {
	index, spans int // spans is 0 in the warm-up
	key          float64
}

func newReservoir(budget float64, keep Keep) Sampler {
	return &reservoir{budget: budget, keep: keep, rng: rand.New(rand.NewPCG(1, 2)), groups: map[reservoirGroup][]weighedTrace{}}
}

func (r *reservoir) Offer(t *Trace) {
	if r.began.IsZero() {
		r.began = t.At
	}
	weight := float64(t.Spans[0].End-t.Spans[0].Start) / 1e9
	// The key's logarithm is in the same order, and does not become 0.
	w := weighedTrace{index: t.Index, spans: len(t.Spans), key: math.Log(1-r.rng.Float64()) / weight}
	if t.WarmUp {
		w.spans = 0
	}
	r.spans += w.spans
	group := reservoirGroup{int(t.At.Sub(r.began) / time.Minute), t.Entry}
	r.groups[group] = append(r.groups[group], w)
}

// Close finds the share of the traces that uses the budget of spans: long traces have
// more or fewer spans than others.
func (r *reservoir) Close() {
	for _, traces := range r.groups {
		slices.SortFunc(traces, func(a, b weighedTrace) int {
			return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.index, b.index))
		})
	}
	inverse := least(1, 1e9, r.budget*float64(r.spans), func(inverse float64) float64 {
		spent := 0
		r.highest(1/inverse, func(t weighedTrace) { spent += t.spans })
		return float64(spent)
	})
	r.highest(1/inverse, func(t weighedTrace) { r.keep(t.index, math.NaN(), Named{}) })
}

func (r *reservoir) highest(share float64, take func(weighedTrace)) {
	for _, traces := range r.groups {
		for _, t := range traces[:int(math.Ceil(share*float64(len(traces))))] {
			take(t)
		}
	}
}
