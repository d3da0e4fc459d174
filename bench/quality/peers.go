package quality

// Peers are what a sampler for bottlenecks is compared to. Where a peer has a setting for
// how much it keeps, the setting is found afterwards, on the traffic itself, so that its
// budget is met as well as it can be.
func Peers() []Entry {
	return []Entry{
		{"uniform", newUniform},
		{"threshold", newThreshold},
		{"a-res", newReservoir},
		{"ema", newThrottle},
	}
}

// uniform keeps by the trace's id alone.
type uniform struct {
	budget float64
	keep   Keep
}

func newUniform(budget float64, keep Keep) Sampler { return &uniform{budget, keep} }

func (u *uniform) Offer(t *Trace) {
	if t.uniform() <= u.budget {
		u.keep(t.Index, u.budget, Named{})
	}
}

func (u *uniform) Close() {}

// least is the least x within low and high, to one part in a
// million, at which spent, that falls as x grows, is at most the allowance.
func least(low, high, allowance float64, spent func(x float64) float64) float64 {
	for high/low > 1+1e-6 {
		middle := low + (high-low)/2
		if high/low > 4 {
			middle = low * 2
		}
		if spent(middle) <= allowance {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
