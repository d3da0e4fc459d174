package tracegen

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// A Generator makes the traces of requests to the shop, one after the other. It
// is not safe for concurrent use.
type Generator struct {
	services []Service
	plans    []*plan
	upTo     []float64 // plans' weights, summed up
	faults   float64
	errors   float64
	source   *rand.PCG
	rng      *rand.Rand
	stretch  stretcher
	drift    drift
	mishaps  mishaps

	spans   []Span
	text    textArena
	request Request

	// of the request in progress
	parts   [parts]uint64
	failing *node
	fault   fault
}

// A Request is one trace. All of it belongs to the Generator and lasts until the
// next call of Next, but for the Label.
type Request struct {
	TraceID TraceID
	// Entry indexes Generator.Services; Route is what was asked of it.
	Entry int
	Route string
	// Spans begins with the root; a parent precedes its children, unless it is missing.
	Spans []Span
	// Shared is how many of the spans are shared ones.
	Shared int
	// Batch: the route is one that takes seconds each time, such as the daily report.
	Batch bool
	// Failed tells that a call failed, though not always that the root did.
	Failed bool
	// Label is the planted bottleneck, nil without one.
	Label *Label
}

// New returns a generator; the same configuration makes the same requests.
func New(cfg Config) (*Generator, error) {
	if err := cfg.validateTraffic(); err != nil {
		return nil, fmt.Errorf("tracegen: %w", err)
	}
	source := newSource(cfg.Seed, 0x9e3779b97f4a7c15)
	g := &Generator{
		services: Services(cfg),
		faults:   cfg.Faults,
		errors:   cfg.Errors,
		source:   source,
		rng:      rand.New(source),
		stretch:  newStretcher(cfg),
		drift:    newDrift(cfg),
	}
	g.mishaps = newMishaps(cfg, len(g.services))
	g.plans = plans(cfg, g.services)
	sum := 0.0
	for _, p := range g.plans {
		sum += p.weight
		g.upTo = append(g.upTo, sum)
	}
	return g, nil
}

// Services lists who is in the traces. It is not to be changed.
func (g *Generator) Services() []Service { return g.services }

// newSource is a source of random numbers of its own: the stream only has to be another
// one each. What is added to the traffic draws from another source, so that the rest
// stays as it is without.
func newSource(seed, stream uint64) *rand.PCG { return rand.NewPCG(seed, stream) }

// Next makes one request's trace. Its last span ends at end, to the microsecond, but for
// skewed clocks: with the time of the call, everything in it has happened.
func (g *Generator) Next(end time.Time) *Request {
	plan := g.plans[sort.SearchFloat64s(g.upTo, g.rng.Float64()*g.upTo[len(g.upTo)-1])]
	g.begin(plan)
	g.drift.set(end)
	before := *g.source
	failed := g.simulate(plan)
	if g.fault.node == nil && g.failing == nil {
		g.plantStretch(plan, before)
	}
	g.place(end.UnixMicro())
	g.text.settle(g.spans)

	g.request.Failed = failed || g.failing != nil
	if g.fault.node != nil {
		g.request.Label = g.fault.label(&g.request, plan, g.services)
	}
	g.request.Spans = g.spans
	g.mishaps.befall(&g.request, g.fault.ids)
	return &g.request
}

// simulate lets the request take its course from the beginning.
func (g *Generator) simulate(plan *plan) (failed bool) {
	g.spans = g.spans[:0]
	g.text.reset()
	g.request.Shared = 0
	g.fault.ids, g.fault.added = g.fault.ids[:0], 0
	_, failed = g.call(plan.root, SpanID{}, 0)
	return failed
}

// begin draws what is decided for the request as a whole.
func (g *Generator) begin(plan *plan) {
	g.request = Request{TraceID: g.newTraceID(plan.short), Entry: plan.entry, Route: plan.path, Batch: plan.batch}
	g.parts[item] = g.rng.Uint64N(40_000)
	g.parts[user] = g.rng.Uint64N(250_000)
	g.parts[order] = g.rng.Uint64()
	g.parts[query] = g.rng.Uint64N(3_000)
	g.failing, g.fault = nil, fault{ids: g.fault.ids[:0]}
	switch draw := g.rng.Float64(); {
	case draw < g.faults:
		g.plant(plan.sites[g.rng.IntN(len(plan.sites))])
	case draw < g.faults+g.errors:
		g.failing = plan.fallible[g.rng.IntN(len(plan.fallible))]
	}
}

func (g *Generator) plant(s site) {
	g.fault.site, g.fault.calls = s, 1
	if s.kind == Repeated {
		g.fault.calls = s.node.repeat*3/4 + g.rng.IntN(s.node.repeat/2+1)
	}
}

// place moves the trace, made from time zero on, so that its last span ends at end.
func (g *Generator) place(end int64) {
	last := int64(0)
	for i := range g.spans {
		last = max(last, g.spans[i].End)
	}
	for i := range g.spans {
		s := &g.spans[i]
		s.Start = (s.Start + end - last) * 1000
		s.End = (s.End + end - last) * 1000
	}
}

func (g *Generator) newTraceID(short bool) (id TraceID) {
	if !short {
		high := g.newSpanID()
		copy(id[:8], high[:])
	}
	low := g.newSpanID()
	copy(id[8:], low[:])
	return id
}

func (g *Generator) newSpanID() (id SpanID) {
	for {
		putUint64(&id, g.rng.Uint64())
		if !id.IsZero() {
			return id
		}
	}
}
