package bottleneck

import "github.com/koine-otel/koine/spans/baseline"

// Slow is whether the trace that was judged last counts as slow, see Finding.Slow.
func (j *Judge) Slow() bool {
	if len(j.placed.Roots) == 0 {
		return false
	}
	return j.finding.Slow(j.baseline, j.placed.End[j.root]-j.placed.Start[j.root])
}

// Slow is whether a trace whose entry took so many nanoseconds counts as slow: its entry took longer
// than 99 of 100 do, or it shows something unusual.
func (f *Finding) Slow(b *baseline.Baseline, took uint64) bool {
	if f.Unusual() {
		return true
	}
	n := b.Duration(f.Entry)
	return n.Known() && float64(took) > n.P99
}
