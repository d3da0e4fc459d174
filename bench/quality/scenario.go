package quality

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/koine-otel/koine/tracegen"
)

// A Scenario is the traffic that samplers are compared on. The same scenario is the same
// traffic.
type Scenario struct {
	Seed uint64
	// Traces is how many are measured, WarmUp how many come before.
	Traces, WarmUp int
	// Rate is how many traces end in a second of the scenario's own time, evenly.
	Rate float64
	// Config says what the traffic is, but for its seed and what concerns sending.
	Config tracegen.Config
}

// Default is ten minutes' traffic short of a half, whose bottlenecks are one in 170
// traces, with everything that makes them hard to find: decoys, operations that become
// slower, clocks that are off, lost and late spans.
func Default() Scenario {
	cfg := tracegen.DefaultConfig()
	cfg.Faults, cfg.Errors = 0, 0.005
	cfg.OnPath, cfg.Short, cfg.OffPath = 0.003, 0.003, 0.003
	cfg.Drift, cfg.Skew = 1.3, 20*time.Millisecond
	cfg.Missing, cfg.Late = 0.002, 0.002
	return Scenario{Seed: 1, Traces: 120_000, WarmUp: 60_000, Rate: 400, Config: cfg}
}

// traces makes the traffic anew.
func (s *Scenario) traces() (iter.Seq[*Trace], error) {
	if !(s.Traces > 0 && s.WarmUp >= 0 && s.Rate > 0) {
		return nil, fmt.Errorf("quality: scenario of %d traces after %d at %v a second", s.Traces, s.WarmUp, s.Rate)
	}
	cfg := s.Config
	cfg.Seed = s.Seed
	g, err := tracegen.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	return func(yield func(*Trace) bool) {
		for i := range s.WarmUp + s.Traces {
			at := cfg.Start.Add(time.Duration(float64(i) / s.Rate * 1e9))
			t := newTrace(g.Next(at), g.Services())
			t.Index, t.At, t.WarmUp = i, at, i < s.WarmUp
			if !yield(t) {
				return
			}
		}
	}, nil
}

func newTrace(r *tracegen.Request, services []tracegen.Service) *Trace {
	spans := slices.DeleteFunc(slices.Clone(r.Spans), func(s tracegen.Span) bool { return s.Late })
	for i := range spans {
		spans[i].Attributes = nil // they are the generator's
	}
	return &Trace{ID: r.TraceID, Spans: spans, Services: services, Entry: r.Entry, Route: r.Route, Label: r.Label, Batch: r.Batch}
}
