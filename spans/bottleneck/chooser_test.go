package bottleneck

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/probability"
)

const second = int64(1e9)

func options(b Budget) Options {
	return Options{Budget: b, Errors: DefaultErrors, Normal: DefaultNormal, Rare: DefaultRare}
}

// line is a chooser with what is around it.
type line struct {
	*Chooser
	coverage *Coverage
	random   *rand.Rand
	now      int64
	length   float64 // of a round, s
}

func newLine(o Options, seed uint64) *line {
	c := NewCoverage(1 << 17)
	return &line{Chooser: NewChooser(o, c), coverage: c, random: rand.New(rand.NewPCG(seed, 7)), now: 1000 * second, length: 1}
}

// step draws the randomness of candidates, chooses, and checks what must always hold.
func (l *line) step(t testing.TB, candidates []Candidate) {
	for i := range candidates {
		c := &candidates[i]
		c.Randomness = probability.Randomness(uint64(c.Incoming) + l.random.Uint64N(uint64(probability.Never-c.Incoming)))
	}
	l.now += int64(l.length * 1e9)
	l.Choose(l.now, l.length, candidates)
	for i := range candidates {
		c := &candidates[i]
		if c.Threshold < c.Incoming || c.Threshold >= probability.Never {
			t.Fatalf("threshold %x after %x", c.Threshold, c.Incoming)
		}
		if c.Kept() {
			l.coverage.Keep([]baseline.Operation{c.Rare}, c.Path, l.now)
		}
	}
}

// traffic makes n candidates, of which few have a score and few an error.
func traffic(random *rand.Rand, n int) []Candidate {
	all := make([]Candidate, n)
	for i := range all {
		c := &all[i]
		c.Spans = 5 + random.Int64N(40)
		c.Bytes = uint64(c.Spans) * (200 + random.Uint64N(300))
		c.Score = math.Inf(-1)
		c.Path, c.Rare = random.Uint64N(8), baseline.Operation(1+random.Uint64N(50))
		if random.Float64() < 0.1 {
			c.Score, c.Cause = 2+random.ExpFloat64(), random.Uint64N(6)
		}
		if random.Float64() < 0.02 {
			c.Error = 1 + random.Uint64N(4)
		}
	}
	return all
}

func TestUnbiased(t *testing.T) {
	for name, incoming := range map[string]probability.Threshold{"": 0, "sampled before": probability.FromProbability(0.3)} {
		t.Run(name, func(t *testing.T) {
			const seeds, rounds, traces = 300, 15, 80
			estimates := [4][]float64{}
			truths := [4]float64{}
			for seed := range uint64(seeds) {
				l := newLine(options(Budget{Fraction: 0.1}), seed)
				fixed := rand.New(rand.NewPCG(1, 1))
				var sums [4]float64
				for range rounds {
					candidates := traffic(fixed, traces)
					for i := range candidates {
						c := &candidates[i]
						if i%50 == 7 {
							c.Spans *= 1 + int64(fixed.ExpFloat64()*30)
						}
						if i%2 == 0 {
							c.Incoming = incoming
						}
						for k, x := range values(c) {
							if seed == 0 {
								truths[k] += x
							}
						}
					}
					l.step(t, candidates)
					for i := range candidates {
						c := &candidates[i]
						if !c.Kept() {
							continue
						}
						for k, x := range values(c) {
							sums[k] += x * c.Incoming.Probability() * c.Threshold.AdjustedCount()
						}
					}
				}
				for k := range sums {
					estimates[k] = append(estimates[k], sums[k])
				}
			}
			for k, what := range []string{"count", "size", "of one cause", "failed"} {
				mean, deviation := moments(estimates[k])
				assert.InDelta(t, truths[k], mean, 3*deviation/math.Sqrt(seeds), what)
				assert.Positive(t, deviation)
			}
		})
	}
}

// TestUnbiasedInSmallRounds: where a round's budget is less than a trace, too.
func TestUnbiasedInSmallRounds(t *testing.T) {
	for _, c := range []struct {
		traces   int
		fraction float64
	}{{1, 0.1}, {3, 0.1}, {5, 0.02}, {25, 0.01}, {100, 0.01}, {100, 0.002}} {
		const seeds, rounds = 200, 60
		var counts, ofCause []float64
		trueCount, trueCause := 0.0, 0.0
		for seed := range uint64(seeds) {
			l := newLine(options(Budget{Fraction: c.fraction}), seed)
			fixed := rand.New(rand.NewPCG(2, 2))
			count, cause := 0.0, 0.0
			for range rounds {
				candidates := traffic(fixed, c.traces)
				l.step(t, candidates)
				for i := range candidates {
					v := values(&candidates[i])
					if seed == 0 {
						trueCount += v[0]
						trueCause += v[2]
					}
					if candidates[i].Kept() {
						count += v[0] * candidates[i].Threshold.AdjustedCount()
						cause += v[2] * candidates[i].Threshold.AdjustedCount()
					}
				}
			}
			counts, ofCause = append(counts, count), append(ofCause, cause)
		}
		mean, deviation := moments(counts)
		assert.InDelta(t, trueCount, mean, 3*deviation/math.Sqrt(seeds), "%d traces at %v", c.traces, c.fraction)
		causeMean, causeDeviation := moments(ofCause)
		assert.InDelta(t, trueCause, causeMean, 3*causeDeviation/math.Sqrt(seeds), "of a cause, %d traces at %v", c.traces, c.fraction)
		t.Logf("%d traces at %v: %.3f and %.3f of the truth, 3σ %.3f and %.3f", c.traces, c.fraction, mean/trueCount, causeMean/trueCause,
			3*deviation/math.Sqrt(seeds)/trueCount, 3*causeDeviation/math.Sqrt(seeds)/trueCause)
	}
}

// TestEarlyAlone: where nothing can wait for a round, the budget is used, errors and bottlenecks are
// preferred, and what is below keep_all_below is kept.
func TestEarlyAlone(t *testing.T) {
	for _, warm := range []int{0, 100} {
		l := newLine(options(Budget{Fraction: 0.05}), 5)
		all, spent, weighted, scored, scoredKept := 0.0, 0.0, 0.0, 0.0, 0.0
		for r := range warm + 400 {
			candidates := traffic(l.random, 200)
			if r < warm {
				l.step(t, candidates)
				continue
			}
			l.step(t, nil)
			for i := range candidates {
				c := &candidates[i]
				c.Randomness = probability.Randomness(l.random.Uint64N(uint64(probability.Never)))
				l.ChooseEarly(c)
				if r < warm+100 {
					continue
				}
				all += float64(c.Spans)
				high := c.Score > 4
				if high {
					scored++
				}
				if c.Kept() {
					spent += float64(c.Spans)
					weighted += float64(c.Spans) * c.Threshold.AdjustedCount()
					if high {
						scoredKept++
					}
				}
			}
		}
		t.Logf("%.4f kept, stands for %.3f, of high scores %.3f", spent/all, weighted/all, scoredKept/scored)
		assert.InDelta(t, 0.05, spent/all, 0.015)
		assert.InEpsilon(t, 1, weighted/all, 0.15)
		assert.Greater(t, scoredKept/scored, 0.5)
	}
	o := options(Budget{Fraction: 0.01})
	o.KeepAllBelow = 100
	l := newLine(o, 6)
	for range 50 {
		l.step(t, nil)
		c := &Candidate{Spans: 20, Score: math.Inf(-1), Randomness: probability.Randomness(l.random.Uint64N(uint64(probability.Never)))}
		l.ChooseEarly(c)
		assert.True(t, c.Kept())
	}
}

// values are what is estimated of a candidate.
func values(c *Candidate) [4]float64 {
	v := [4]float64{1, float64(c.Spans)}
	if c.Cause == 3 {
		v[2] = 1
	}
	if c.Error != 0 {
		v[3] = 1
	}
	return v
}

func moments(all []float64) (mean, deviation float64) {
	for _, x := range all {
		mean += x / float64(len(all))
	}
	for _, x := range all {
		deviation += (x - mean) * (x - mean) / float64(len(all)-1)
	}
	return mean, math.Sqrt(deviation)
}

func TestBudgetOfEveryMinute(t *testing.T) {
	for name, b := range map[string]Budget{
		"fraction": {Fraction: 0.01}, "spans": {SpansPerSecond: 100}, "bytes": {BytesPerSecond: 45_000},
	} {
		t.Run(name, func(t *testing.T) {
			const rate, rounds = 400, 80
			l := newLine(options(b), 3)
			l.length = 5
			var kept, allowed []float64
			for range rounds {
				candidates := traffic(l.random, rate*5)
				l.step(t, candidates)
				all, of := 0.0, 0.0
				for i := range candidates {
					size := b.size(&candidates[i])
					all += size
					if candidates[i].Kept() {
						of += size
					}
				}
				kept, allowed = append(kept, of), append(allowed, b.of(all, 5))
				assert.LessOrEqual(t, l.credit, l.round.spare()+l.round.allowed)
			}
			const minute = 60 / 5
			for from := 10; from+minute <= rounds; from++ {
				assert.InEpsilon(t, sum(allowed[from:from+minute]), sum(kept[from:from+minute]), 0.02, "from round %d", from)
			}
		})
	}
}

func sum(all []float64) (s float64) {
	for _, x := range all {
		s += x
	}
	return s
}

// kept is how many of some candidates are, and their spans.
func kept(candidates []Candidate, of func(*Candidate) bool) (traces, spans float64) {
	for i := range candidates {
		if c := &candidates[i]; c.Kept() && of(c) {
			traces++
			spans += float64(c.Spans)
		}
	}
	return traces, spans
}

func anything(*Candidate) bool { return true }

func TestGiantsStarveNobody(t *testing.T) {
	b := Budget{Fraction: 0.05}
	l := newLine(options(b), 3)
	const giant = 100 * 200 * 25 * 0.05
	small := func(c *Candidate) bool { return c.Spans < giant }
	all, spent, others, silent, longest, giants := 0.0, 0.0, 0.0, 0, 0, 0.0
	for r := range 6000 {
		candidates := traffic(l.random, 200)
		if r%50 == 49 {
			candidates[3].Spans, candidates[3].Score = giant, 5
		}
		l.step(t, candidates)
		for i := range candidates {
			all += float64(candidates[i].Spans)
		}
		_, s := kept(candidates, anything)
		n, o := kept(candidates, small)
		spent, others = spent+s, others+o
		if g, _ := kept(candidates, anything); g > n {
			giants++
		}
		if silent++; n > 0 {
			silent = 0
		}
		longest = max(longest, silent)
	}
	assert.Positive(t, giants)
	assert.InEpsilon(t, 0.05*all, spent, 0.03)
	assert.Greater(t, others, 0.85*spent)
	assert.Less(t, longest, 8, "rounds without any")
}

func TestEarlyDecisionsArePaidBack(t *testing.T) {
	l := newLine(options(Budget{Fraction: 0.05}), 3)
	all, spent, early := 0.0, 0.0, 0.0
	for r := range 1200 {
		candidates := traffic(l.random, 200)
		l.step(t, candidates)
		_, s := kept(candidates, anything)
		spent += s
		for i := range candidates {
			all += float64(candidates[i].Spans)
		}
		if r != 200 {
			continue
		}
		burst := traffic(l.random, 5000)
		for i := range burst {
			c := &burst[i]
			c.Score = 6
			c.Randomness = probability.Randomness(l.random.Uint64N(uint64(probability.Never)))
			l.ChooseEarly(c)
		}
		_, early = kept(burst, anything)
		all += sumSpans(burst)
		assert.Positive(t, early)
		assert.Less(t, early, 0.5*sumSpans(burst), "the bar rises")
	}
	assert.InEpsilon(t, 0.05*all, spent+early, 0.02)
}

func sumSpans(candidates []Candidate) (s float64) {
	for i := range candidates {
		s += float64(candidates[i].Spans)
	}
	return s
}

func TestIncident(t *testing.T) {
	const incident, other, outage, rarely = 99, 98, 77, 76
	l := newLine(options(Budget{Fraction: 0.02}), 3)
	counts := map[string][2]float64{} // kept, all
	spans, least := 0.0, 1.0
	for r := range 400 {
		candidates := traffic(l.random, 200)
		for i := range candidates {
			c := &candidates[i]
			c.Score, c.Cause, c.Error = math.Inf(-1), 0, 0
			switch x := l.random.Float64(); {
			case x < 0.3:
				c.Score, c.Cause = 6, incident
			case x < 0.303:
				c.Score, c.Cause = 5, other
			case x < 0.4:
				c.Error = outage
			case x < 0.401:
				c.Error = rarely
			}
		}
		if r%20 == 0 {
			candidates[0] = Candidate{Spans: 20, Score: math.Inf(-1), Rare: 1000}
		}
		l.step(t, candidates)
		if r < 100 {
			continue
		}
		_, s := kept(candidates, anything)
		spans += s
		for i := range candidates {
			c := &candidates[i]
			name := "normal"
			switch {
			case c.Cause == incident:
				name = "incident"
			case c.Cause == other:
				name = "other"
			case c.Error == outage:
				name = "outage"
			case c.Error == rarely:
				name = "rarely"
			case c.Rare == 1000:
				name = "operation"
			}
			n := counts[name]
			n[1]++
			if c.Kept() {
				n[0]++
			}
			counts[name] = n
			least = min(least, c.Threshold.Probability())
		}
	}
	t.Log(counts)
	all := spans / 25
	assert.Greater(t, counts["other"][0], 0.5*counts["other"][1], "what is not the incident's is still found")
	assert.Less(t, counts["outage"][0], 0.15*all, "errors have their share")
	assert.Greater(t, counts["outage"][0], 0.01*all)
	assert.Greater(t, counts["rarely"][0]/counts["rarely"][1], 4*counts["outage"][0]/counts["outage"][1], "an error that is rare is more likely kept")
	assert.Greater(t, counts["normal"][0], 0.02*all)
	assert.Positive(t, counts["operation"][0])
	assert.Greater(t, least, DefaultNormal*0.02/4, "no trace stands for too many")
}

func TestKeepAllBelow(t *testing.T) {
	steady := func(rate int) (keptSpans, all float64) {
		o := options(Budget{Fraction: 0.01})
		o.KeepAllBelow = 1000
		l := newLine(o, 3)
		for r := range 90 {
			candidates := make([]Candidate, rate)
			for i := range candidates {
				candidates[i] = Candidate{Spans: 10, Score: math.Inf(-1), Rare: 1}
			}
			l.step(t, candidates)
			if _, s := kept(candidates, anything); r >= 30 {
				keptSpans, all = keptSpans+s/60, all+sumSpans(candidates)/60
			} else if rate <= 100 {
				require.Equal(t, sumSpans(candidates), s, "from the first on")
			}
		}
		return keptSpans, all
	}
	for rate := 20; rate <= 260; rate += 20 {
		s, all := steady(rate)
		want := max(min(all, 2000-all), 0.01*all)
		assert.InDelta(t, want, s, 0.02*want+2, "%d traces a second", rate)
	}
	o := options(Budget{Fraction: 0.01})
	o.KeepAllBelow = 1000
	l := newLine(o, 3)
	for range 20 {
		l.step(t, traffic(l.random, 1000))
	}
	few := traffic(l.random, 10)
	l.step(t, few)
	n, _ := kept(few, anything)
	assert.Equal(t, 10.0, n, "as soon as there is little, all of it")
}

func TestWhatIsRareIsKept(t *testing.T) {
	l := newLine(options(Budget{Fraction: 0.001}), 3)
	l.length = 10
	since, longest, found := 0, 0, 0
	for range 6 * 60 {
		candidates := traffic(l.random, 4000)
		for i := range candidates {
			candidates[i].Rare = 1
		}
		since++
		if l.now/second%60 == 0 {
			candidates[5].Rare = 2
		}
		l.step(t, candidates)
		if n, _ := kept(candidates, func(c *Candidate) bool { return c.Rare == 2 }); n > 0 {
			since = 0
			found++
		}
		longest = max(longest, since)
	}
	assert.GreaterOrEqual(t, found, 6)
	assert.LessOrEqual(t, longest, 6*12, "ten-second rounds without it")
}

func TestFloodOfOperations(t *testing.T) {
	recall := func(flood bool) float64 {
		l := newLine(options(Budget{Fraction: 0.02}), 3)
		next := baseline.Operation(100)
		found, all := 0.0, 0.0
		for range 300 {
			candidates := traffic(l.random, 200)
			for i := range candidates {
				c := &candidates[i]
				c.Score = math.Inf(-1)
				if l.random.Float64() < 0.008 {
					c.Score = 5
				} else if flood {
					c.Rare, c.Path = next, uint64(next)
					next++
				}
			}
			l.step(t, candidates)
			n, _ := kept(candidates, func(c *Candidate) bool { return c.Score == 5 })
			found += n
			for i := range candidates {
				if candidates[i].Score == 5 {
					all++
				}
			}
		}
		return found / all
	}
	assert.Greater(t, recall(true), 0.9*recall(false))
}

func TestOddRounds(t *testing.T) {
	l := newLine(options(Budget{Fraction: 0.1}), 3)
	for _, length := range []float64{0, -1, math.NaN(), 1e9, 1} {
		for _, score := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e300} {
			for _, n := range []int{0, 1, 50} {
				candidates := make([]Candidate, n)
				for i := range candidates {
					candidates[i] = Candidate{Score: score, Randomness: probability.Randomness(l.random.Uint64N(1 << 56)), Spans: int64(i % 2)}
				}
				l.Choose(l.now, length, candidates)
				for i := range candidates {
					assert.Less(t, candidates[i].Threshold, probability.Never)
				}
				require.False(t, math.IsNaN(l.credit) || math.IsNaN(l.bar) || math.IsNaN(l.debt))
				require.False(t, math.IsNaN(l.Round()))
			}
		}
	}
	never := Candidate{Incoming: probability.Never, Randomness: math.MaxUint64, Spans: 10}
	l.Choose(l.now, 1, []Candidate{never})
	l.ChooseEarly(&never)
	assert.GreaterOrEqual(t, never.Threshold, probability.Never)
}

func TestSameRandomnessSameChoice(t *testing.T) {
	run := func() (thresholds []probability.Threshold) {
		l := newLine(options(Budget{SpansPerSecond: 100}), 9)
		for range 50 {
			candidates := traffic(l.random, 100)
			l.step(t, candidates)
			for i := range candidates {
				thresholds = append(thresholds, candidates[i].Threshold)
			}
		}
		return thresholds
	}
	assert.Equal(t, run(), run())
}

func TestChooserAtTheSameTime(t *testing.T) {
	l := newLine(options(Budget{Fraction: 0.1}), 3)
	var all sync.WaitGroup
	for g := range uint64(4) {
		all.Go(func() {
			random := rand.New(rand.NewPCG(g, 1))
			for r := range 20 {
				candidates := traffic(random, 50)
				l.Choose(int64(r)*second, 1, candidates[:25], candidates[25:])
				l.ChooseEarly(&candidates[0])
				l.coverage.Keep([]baseline.Operation{candidates[1].Rare}, candidates[1].Path, int64(r)*second)
				l.coverage.Rarest([]baseline.Operation{1, 2, 3})
				l.Round()
			}
		})
	}
	all.Wait()
}

func TestChooserAllocatesLittle(t *testing.T) {
	l := newLine(options(Budget{Fraction: 0.01}), 3)
	candidates := traffic(l.random, 2000)
	for range 20 {
		l.step(t, candidates)
	}
	assert.Less(t, testing.AllocsPerRun(20, func() { l.step(t, candidates) }), 5.0+0.01*2000, "20 are kept")
}

func BenchmarkChoose(b *testing.B) {
	l := newLine(options(Budget{Fraction: 0.01}), 3)
	l.length = 5
	const n = 2000
	candidates := traffic(l.random, n)
	for i := range candidates {
		candidates[i].Randomness = probability.Randomness(l.random.Uint64N(1 << 56))
	}
	b.ReportAllocs()
	rounds := 0
	for b.Loop() {
		l.now += 5 * second
		l.Choose(l.now, 5, candidates)
		rounds++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rounds*n), "ns/trace")
}
