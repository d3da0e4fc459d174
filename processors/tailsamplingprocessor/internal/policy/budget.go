package policy

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/koine-otel/koine/spans/probability"
)

// budget is a rate's tokens, which all shards share.
//
// Tokens alone are kept first come, first served: the round that finds them takes them, and
// the next one, a tick or a shard later, keeps nothing. What is kept would then say that it
// stands for its own round, and nothing would stand for the others. So a budget also sets a
// floor before each round, by what was asked for in the last seconds, that makes tokens last.
// A full bucket has no floor: what is below the rate is kept whole, as are bursts.
type budget struct {
	limiter *rate.Limiter
	burst   atomic.Int64

	mu        sync.Mutex
	perSecond float64
	asked     demand
}

func newBudget(perSecond float64, burst int64) *budget {
	b := &budget{limiter: rate.NewLimiter(rate.Limit(perSecond), int(burst)), perSecond: perSecond}
	b.burst.Store(burst)
	return b
}

// change sets another rate.
func (b *budget) change(now time.Time, perSecond, burst float64) {
	b.limiter.SetLimitAt(now, rate.Limit(perSecond))
	b.limiter.SetBurstAt(now, int(burst))
	b.burst.Store(int64(burst))
	b.mu.Lock()
	b.perSecond = perSecond
	b.mu.Unlock()
}

// ask takes tokens, if there are enough and the limit is open. What is asked for counts
// for later floors in any case.
func (b *budget) ask(now time.Time, r probability.Randomness, size int64, open bool) bool {
	b.mu.Lock()
	b.asked.add(r, float64(size))
	b.mu.Unlock()
	return open && b.limiter.AllowN(now, int(size))
}

// floor is the threshold of a round that begins. It keeps as much as the rate when half of
// the tokens are there, less with fewer and more with more.
func (b *budget) floor(now time.Time) probability.Threshold {
	b.mu.Lock()
	defer b.mu.Unlock()
	seconds := b.asked.fade(now)
	full := b.limiter.TokensAt(now) / float64(b.burst.Load())
	if b.perSecond == 0 || full >= 1 {
		return probability.Always
	}
	return b.asked.threshold(b.perSecond * seconds * max(full, 0) / (1 - full))
}

// demand is how much was asked for in the last seconds, by randomness: a histogram over the
// distance from the greatest randomness, eight steps to each power of 2, because what is asked
// may have been sampled down to a small part of the range before.
type demand struct {
	steps [57 * 8]float64
	// seconds are how many the steps hold, older ones counting less.
	seconds float64
	last    time.Time
}

// memory is in how many seconds what was asked counts for 1/e. Less would make the floor
// jump with every few traces, more would let it lag behind the traffic.
const memory = 4

func (d *demand) add(r probability.Randomness, size float64) {
	d.steps[step(uint64(probability.Never)-uint64(r))] += size
}

// step is that of a distance, from 1 to 2^56.
func step(distance uint64) int {
	power := bits.Len64(distance) - 1
	return power<<3 | int(distance<<3>>power&7)
}

// bound is the least distance of a step.
func bound(step int) float64 { return math.Ldexp(1+float64(step&7)/8, step>>3) }

// fade lets time pass, and gives how many seconds the steps hold.
func (d *demand) fade(now time.Time) float64 {
	if passed := now.Sub(d.last).Seconds(); !d.last.IsZero() && passed > 0 {
		left := fadeBy(passed)
		d.seconds = d.seconds*left + memory*(1-left)
		for i := range d.steps {
			d.steps[i] *= left
		}
	}
	d.last = now
	return d.seconds
}

// fadeBy is what is left after some seconds.
func fadeBy(seconds float64) float64 { return math.Exp(-seconds / memory) }

// threshold is the one above which some size was asked for.
func (d *demand) threshold(size float64) probability.Threshold {
	for i, s := range d.steps {
		if s < size {
			size -= s
			continue
		}
		if s == 0 {
			continue
		}
		distance := bound(i) + (bound(i+1)-bound(i))*size/s
		return probability.Never - probability.Threshold(min(distance, float64(probability.Never)))
	}
	return probability.Always
}
