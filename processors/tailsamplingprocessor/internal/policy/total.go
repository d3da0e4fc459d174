package policy

import (
	"fmt"
	"sync"
	"time"

	"github.com/koine-otel/koine/spans/bottleneck"
)

// total is a limit on what all policies keep together. Of traces that several kept, and of those
// that were kept for certain, it keeps those of the greatest randomness, as every limit does;
// what was kept with a low probability has one that is great already, and passes.
type total struct {
	*limit   // nil: there is none
	fraction float64
	came     *came
}

// came is how many spans a second are decided on of late.
type came struct {
	mu      sync.Mutex
	last    time.Time
	pending float64 // since then
	rate    float64
	weight  float64 // of what the rate knows: less than 1 in the first seconds
}

const (
	// leastBurst and leastBytes are what may be kept at once: a trace, however low the rate.
	leastBurst = 1000
	leastBytes = 1 << 20
	// mostPerSecond is as good as no bound.
	mostPerSecond = 1e12
	// burstSeconds is how many seconds' worth that is otherwise, as with the other limits.
	burstSeconds = 2
)

func (c *compiler) total(b bottleneck.Budget) {
	if b.IsZero() {
		return
	}
	if err := b.Check(); err != nil {
		c.errs = append(c.errs, fmt.Errorf("total_budget: %w", err))
		return
	}
	perSecond, size, burst := b.SpansPerSecond, spansOf, float64(leastBurst)
	if b.BytesPerSecond > 0 {
		perSecond, size, burst = b.BytesPerSecond, bytesOf, leastBytes
	}
	perSecond = min(perSecond, mostPerSecond)
	burst = max(burst, burstSeconds*perSecond)
	c.set.total = total{limit: c.limit(newBudget(perSecond, int64(burst)), size), fraction: b.Fraction, came: new(came)}
}

// adapt makes a fraction a rate, by what came of late.
func (t *total) adapt(now time.Time, traces []*Trace) {
	if t.fraction == 0 {
		return
	}
	spans := int64(0)
	for _, trace := range traces {
		spans += trace.Spans
	}
	rate := t.fraction * t.came.add(now, float64(spans))
	t.change(now, rate, max(leastBurst, burstSeconds*rate))
}

// add gives how many came a second.
func (c *came) add(now time.Time, spans float64) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending += spans
	if c.last.IsZero() {
		c.last = now
	}
	// Shards come one after the other with parts of what came.
	if passed := now.Sub(c.last); passed >= 100*time.Millisecond {
		left := fadeBy(passed.Seconds())
		c.rate = c.rate*left + c.pending/passed.Seconds()*(1-left)
		c.weight = c.weight*left + 1 - left
		c.last, c.pending = now, 0
	}
	if c.weight == 0 {
		return c.pending
	}
	return c.rate / c.weight
}

func (t *total) keeps(e *evaluation) bool { return t.limit == nil || t.take(e) }

func (t *total) chance(e *evaluation) chance {
	if t.limit == nil {
		return certain
	}
	return t.limit.chance(e)
}
