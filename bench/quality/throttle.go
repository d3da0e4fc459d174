package quality

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/koine-otel/koine/tracegen"
)

// throttle is dynamic sampling by key, as Honeycomb describes it for its EMA samplers:
// each key's traffic is averaged with exponential decay, and keys share what is kept by
// the logarithm of their traffic, so that rare ones are kept more often. Its key is the
// entry service, the route, whether a call failed and how the root ended.
type throttle struct {
	budget float64
	keep   Keep
	began  time.Time
	keys   map[throttleKey]int
	traces []keyedTrace
	spans  int // measured
}

type throttleKey struct {
	entry  int
	route  string
	failed bool
	root   tracegen.Status
}

type keyedTrace struct {
	index, spans  int // spans is 0 in the warm-up
	key, interval int
	uniform       float64
}

const (
	throttleInterval = 15 * time.Second
	throttleWeight   = 0.5
)

func newThrottle(budget float64, keep Keep) Sampler {
	return &throttle{budget: budget, keep: keep, keys: map[throttleKey]int{}}
}

func (s *throttle) Offer(t *Trace) {
	if s.began.IsZero() {
		s.began = t.At
	}
	key := throttleKey{t.Entry, t.Route, slices.ContainsFunc(t.Spans, func(s tracegen.Span) bool { return s.Status == tracegen.Error }), t.Spans[0].Status}
	id, known := s.keys[key]
	if !known {
		id = len(s.keys)
		s.keys[key] = id
	}
	k := keyedTrace{t.Index, len(t.Spans), id, int(t.At.Sub(s.began) / throttleInterval), t.uniform()}
	if t.WarmUp {
		k.spans = 0
	}
	s.spans += k.spans
	s.traces = append(s.traces, k)
}

// Close finds the goal that uses the budget. A goal keeps at least one trace of a key and
// interval; where that alone is too much, all are thinned out evenly behind it.
func (s *throttle) Close() {
	rates := s.schedule()
	allowance := s.budget * float64(s.spans)
	expected := func(goal float64) float64 {
		spent := 0.0
		s.decide(rates(goal), func(t *keyedTrace, p float64) { spent += float64(t.spans) * p })
		return spent
	}
	goal := least(1, 1e7, allowance, expected)
	thin := min(1, allowance/expected(goal))
	s.decide(rates(goal), func(t *keyedTrace, p float64) {
		if p *= thin; t.uniform <= p {
			s.keep(t.index, p, Named{})
		}
	})
}

// decide calls take for each trace with the probability that its interval's rates give
// its key.
func (s *throttle) decide(rates [][]float64, take func(*keyedTrace, float64)) {
	for i := range s.traces {
		t := &s.traces[i]
		take(t, 1/rates[t.interval][t.key])
	}
}

// schedule returns the rates of each key in each interval at a goal. An interval's rates
// come from the traffic before it.
func (s *throttle) schedule() func(goal float64) [][]float64 {
	counts := [][]float64{}
	for _, t := range s.traces {
		for len(counts) <= t.interval {
			counts = append(counts, make([]float64, len(s.keys)))
		}
		counts[t.interval][t.key]++
	}
	averages := make([]map[int]float64, len(counts))
	average := map[int]float64{}
	for i := range counts {
		averages[i] = average
		average = decayed(average, counts[i])
	}
	order := s.order()
	return func(goal float64) [][]float64 {
		rates := make([][]float64, len(counts))
		for i := range rates {
			rates[i] = throttleRates(averages[i], order, goal)
		}
		return rates
	}
}

// decayed is the average after an interval. A key that has been away for long is
// forgotten.
func decayed(average map[int]float64, counts []float64) map[int]float64 {
	next := map[int]float64{}
	for key, count := range counts {
		if mean := throttleWeight*count + (1-throttleWeight)*average[key]; mean >= throttleWeight {
			next[key] = mean
		}
	}
	return next
}

// order is of the keys' texts: what one key leaves is handed to those after it.
func (s *throttle) order() []int {
	texts := make([]string, len(s.keys))
	for key, id := range s.keys {
		texts[id] = strings.Join([]string{string(rune('a' + key.entry)), key.route, string(rune('0' + key.root))}, " ")
		if key.failed {
			texts[id] += " failed"
		}
	}
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(texts[a], texts[b]) })
	return order
}

// throttleRates gives each key a goal by the logarithm of its traffic, so that all of it
// is kept at one in goal, and a rate, one in how many, to get there. A key that has less
// than its goal is kept whole and leaves the difference to the others. A key that is new
// is kept whole; before there is any, the goal is everyone's rate.
func throttleRates(average map[int]float64, order []int, goal float64) []float64 {
	rates := make([]float64, len(order))
	sum, logarithms := 0.0, 0.0
	for _, key := range order {
		rates[key] = 1
		if count, known := average[key]; known {
			sum += max(1, count)
			logarithms += math.Log10(max(1, count))
		} else if len(average) == 0 {
			rates[key] = goal
		}
	}
	if logarithms == 0 {
		return rates
	}
	share, extra, left := sum/goal/logarithms, 0.0, float64(len(average))
	for _, key := range order {
		count, known := average[key]
		if !known {
			continue
		}
		count = max(1, count)
		wanted := max(1, math.Log10(count)*share) + extra/left
		extra -= extra / left
		left--
		if count > wanted {
			rates[key] = math.Ceil(count / wanted)
		}
		extra += wanted - count/rates[key]
	}
	return rates
}
