package quality

import (
	"fmt"
	"time"
)

// Run lets every entry decide on the scenario's traffic with every budget, all in one
// pass, and returns the figures by budget and entry.
func Run(s Scenario, budgets []float64, entries []Entry) ([][]Figures, error) {
	traffic, err := s.traces()
	if err != nil {
		return nil, err
	}
	truth := newTruth(s.WarmUp)
	var all []*contestant
	for _, budget := range budgets {
		for _, e := range entries {
			all = append(all, newContestant(&s, e, budget, truth))
		}
	}
	var began time.Time
	for t := range traffic {
		if t.Index == s.WarmUp {
			began = t.At
		}
		if !t.WarmUp {
			truth.add(t, int(t.At.Sub(began)/time.Second))
		}
		for _, c := range all {
			c.sampler.Offer(t)
		}
	}
	figures := make([][]Figures, len(budgets))
	for i, c := range all {
		c.sampler.Close()
		if c.fault != nil {
			return nil, fmt.Errorf("quality: %s at %v: %w", c.name, c.budget, c.fault)
		}
		figures[i/len(entries)] = append(figures[i/len(entries)], c.figures())
	}
	return figures, nil
}

// A contestant is one entry with one budget.
type contestant struct {
	decisions
	name    string
	sampler Sampler
	fault   error
}

func newContestant(s *Scenario, e Entry, budget float64, truth *truth) *contestant {
	c := &contestant{name: e.Name, decisions: decisions{truth: truth, budget: budget, round: 1, kept: make([]decision, s.Traces)}}
	warmUp := s.WarmUp
	c.sampler = e.New(budget, func(index int, probability float64, bottleneck Named) {
		i := index - warmUp
		switch {
		case index >= 0 && i < 0:
		case i < 0 || i >= len(c.kept):
			c.fault = fmt.Errorf("kept trace %d: no such trace", index)
		case probability <= 0 || probability > 1:
			c.fault = fmt.Errorf("kept trace %d with probability %v", index, probability)
		case c.kept[i].probability != 0:
			c.fault = fmt.Errorf("kept trace %d twice", index)
		default:
			c.kept[i] = decision{probability, bottleneck}
		}
	})
	if r, ok := c.sampler.(Rounds); ok {
		c.round = int(r.Round() / time.Second)
	}
	return c
}
