package quality

import (
	"math"

	"github.com/koine-otel/koine/tracegen"
)

// Figures tell how well a sampler did on the measured traces. All are shares or relative
// errors; NaN is one that cannot be told. Spans are those that a sampler is offered.
type Figures struct {
	// Used is the share of the spans that were kept.
	Used float64
	// Recall is the share of the traces with a bottleneck that were kept, by kind.
	Recall map[tracegen.FaultKind]float64
	// Decoys is the share of the kept spans that are of traces with a decoy, or of batch
	// routes' without a bottleneck.
	Decoys float64
	// Named is the share of the kept traces with a bottleneck, decoys aside, that the sampler
	// named; NaN from one that names none.
	Named float64
	// Operations is the share of all operations that are among what was kept, Routes that
	// of all routes.
	Operations, Routes float64

	// Count is the error of the weighted number of an operation's spans, the mean over
	// those with at least 1000. P50 and P99 are those of its weighted quantiles, the means
	// over those of which at least 100 were kept; P50Covered and P99Covered are the shares
	// of these whose true quantile lies within the estimate's interval of 95 %.
	Count, P50, P99, P50Covered, P99Covered float64

	// Pace is the largest error of the share of spans kept of those that were decided on in a
	// minute, over all minutes, to the second, whose budget is at least 50 traces.
	Pace float64
}

// decisions are what a sampler kept of a truth.
type decisions struct {
	*truth
	budget float64
	round  int        // seconds between decisions
	kept   []decision // by trace
}

type decision struct {
	probability float64 // 0: not kept
	bottleneck  Named
}

func (d *decisions) figures() Figures {
	f := Figures{Used: d.used(), Recall: d.recall(), Named: d.named(), Pace: d.pace()}
	f.Decoys, f.Operations, f.Routes = d.content()
	d.estimate(&f)
	return f
}

func (d *decisions) used() float64 {
	kept := 0
	for i, t := range d.traces {
		if d.kept[i].probability != 0 {
			kept += t.to - t.from
		}
	}
	return float64(kept) / float64(len(d.lengths))
}

func (d *decisions) recall() map[tracegen.FaultKind]float64 {
	recall := map[tracegen.FaultKind]float64{}
	for _, kind := range kinds {
		all, kept := 0.0, 0.0
		for i, t := range d.traces {
			if t.kind != kind {
				continue
			}
			all++
			if d.kept[i].probability != 0 {
				kept++
			}
		}
		recall[kind] = kept / all
	}
	return recall
}

func (d *decisions) named() float64 {
	all, right, names := 0.0, 0.0, false
	for i, t := range d.traces {
		if d.kept[i].probability == 0 {
			continue
		}
		names = names || d.kept[i].bottleneck != Named{}
		if t.kind != "" && t.kind != tracegen.OffPath {
			all++
			if d.kept[i].bottleneck == t.culprit {
				right++
			}
		}
	}
	if !names {
		return math.NaN()
	}
	return right / all
}

func (d *decisions) content() (decoys, operations, routes float64) {
	seen, entered := make([]bool, len(d.names)), make([]bool, len(d.routes))
	spans := 0.0
	for i := range d.traces {
		t := &d.traces[i]
		if d.kept[i].probability == 0 {
			continue
		}
		spans += float64(t.to - t.from)
		if t.decoy() {
			decoys += float64(t.to - t.from)
		}
		entered[t.route] = true
		for _, o := range d.operations[t.from:t.to] {
			seen[o] = true
		}
	}
	if spans > 0 {
		decoys /= spans
	}
	return decoys, share(seen), share(entered)
}

func share(seen []bool) float64 {
	n := 0
	for _, is := range seen {
		if is {
			n++
		}
	}
	return float64(n) / float64(len(seen))
}

// estimate compares what the kept spans say of all with the truth.
func (d *decisions) estimate(f *Figures) {
	samples := make([]weighted, len(d.names))
	for i, t := range d.traces {
		if d.kept[i].probability == 0 {
			continue
		}
		for j := t.from; j < t.to; j++ {
			samples[d.operations[j]].add(weightedSpan{d.lengths[j], i, d.kept[i].probability})
		}
	}
	var count, p50, p99, in50, in99 mean
	for o, all := range d.byOperation() {
		sample := &samples[o]
		if n := float64(len(all)); n >= 1000 {
			count.add(math.Abs(sample.total-n) / n)
		}
		// A probability that is not known makes everything NaN.
		if len(sample.spans) < 100 || math.IsNaN(sample.total) {
			continue
		}
		sample.sort()
		compare(sample, quantile(all, 0.5), 0.5, &p50, &in50)
		compare(sample, quantile(all, 0.99), 0.99, &p99, &in99)
	}
	f.Count, f.P50, f.P99 = count.value(), p50.value(), p99.value()
	f.P50Covered, f.P99Covered = in50.value(), in99.value()
}

func compare(sample *weighted, want, q float64, errors, covered *mean) {
	errors.add(math.Abs(sample.quantile(q)-want) / want)
	if low, high := sample.interval(q); low <= want && want <= high {
		covered.add(1)
	} else {
		covered.add(0)
	}
}

// mean of nothing is NaN.
type mean struct{ sum, n float64 }

func (m *mean) add(x float64)  { m.sum, m.n = m.sum+x, m.n+1 }
func (m *mean) value() float64 { return m.sum / m.n }
