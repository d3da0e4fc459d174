package quality

import "math"

// pace is the largest relative error of the budget over any 60 s, in steps of a second.
// NaN where no minute's budget is large enough to be kept evenly.
func (d *decisions) pace() float64 {
	const minute, enough = 60, 50
	decided := func(t *tracedTrace) int { return t.second - t.second%d.round + d.round - 1 }
	last := decided(&d.traces[len(d.traces)-1])
	// Sums up to and without each second.
	traces, spans, kept := make([]float64, last+2), make([]float64, last+2), make([]float64, last+2)
	for i := range d.traces {
		t := &d.traces[i]
		at := decided(t) + 1
		traces[at]++
		spans[at] += float64(t.to - t.from)
		if d.kept[i].probability != 0 {
			kept[at] += float64(t.to - t.from)
		}
	}
	for i := range last + 1 {
		traces[i+1] += traces[i]
		spans[i+1] += spans[i]
		kept[i+1] += kept[i]
	}
	worst := math.NaN()
	for from := 0; from+minute <= last+1; from++ {
		to := from + minute
		if (traces[to]-traces[from])*d.budget < enough {
			continue
		}
		off := math.Abs((kept[to]-kept[from])/(spans[to]-spans[from])/d.budget - 1)
		if !(worst >= off) { // the first is compared with NaN
			worst = off
		}
	}
	return worst
}
