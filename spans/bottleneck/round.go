package bottleneck

import "math"

// round is what weights depend on beside the trace. None of it depends on the randomness of the
// traces to which it is applied, or the probabilities that are stated would be wrong.
type round struct {
	now        int64
	seconds    float64 // that it is of
	waited     float64 // size of its traces
	total      float64 // and of those that could not wait for it
	keep       float64 // share that is kept because there is little
	allowed    float64 // of the budget
	mean       float64 // size of a trace
	level      float64 // the score from which a trace is wanted for certain
	errorLevel float64 // what an error's class may have a second
	plenty     float64 // what a cause may have a second until it counts less
	normal     float64 // probability of a trace that nothing speaks for
	operations coverages
	paths      coverages
}

// coverages are how much came of what is to be covered, by operation or by path.
type coverages struct {
	came    map[uint64]float64
	reduced float64 // by what the wishes for them are, so that they stay within their share
}

func (c *coverages) reset() {
	if c.came == nil {
		c.came = map[uint64]float64{}
	}
	clear(c.came)
	c.reduced = 1
}

const (
	// levelMemory is how long scores and sums count, in seconds: long enough that the level at
	// which the budget is used up does not jump with every few traces, short enough to follow an
	// incident.
	levelMemory = 60
	errorMemory = 30
	// rateMemory is that of the rate of spans below which all are kept: rounds may be shorter than it
	// takes for some to come.
	rateMemory = 5
	// shortRound is how long a round must be, in seconds, to know its rate by itself.
	shortRound = 0.5
	// causeShare is the share of the budget from which a cause counts less.
	causeShare = 0.2
	// causeTraces is how many traces of a cause are never too many, within what is remembered.
	causeTraces = 10
	// coverEvery is how often an operation and a path are to be kept at the least, in seconds.
	coverEvery = 60
	// pathShare is the part of the share for what is rare that paths have.
	pathShare = 0.3
	// steepness is how fast the wish for a trace falls below the level: by so many powers of ten
	// for each of the score.
	steepness = 6
	// mostWanted is the most that a score counts, as a power of ten: an incident with a thousand
	// times the budget's traces is the end of telling them apart.
	mostWanted = 3
	// leastWeight keeps thresholds within their 56 bits.
	leastWeight = 1e-9
)

// begin works out a round's part in the weights.
func (c *Chooser) begin(now int64, seconds float64) {
	r := &c.round
	r.now, r.seconds = now, 1e-3
	if seconds > r.seconds {
		r.seconds = seconds
	}
	c.wishes.fade(r.seconds)
	c.errors.fade(r.seconds)
	c.causes.fade(r.seconds)
	c.spent.fade(r.seconds)
	c.came.fade(r.seconds)

	r.waited = 0
	spans, traces := c.early.spans, c.early.traces+float64(len(c.order))
	for i := range c.order {
		r.waited += c.order[i].size
		spans += float64(c.order[i].candidate.Spans)
	}
	r.total = r.waited + c.early.size
	c.early = early{}
	if traces > 0 {
		r.mean = r.total / traces
	}
	// In a short round nothing may have come by chance.
	if rate := c.rate.add(spans/r.seconds, r.seconds); r.seconds < shortRound {
		r.keep = c.keepAll(rate)
	} else {
		r.keep = c.keepAll(spans / r.seconds)
	}
	r.allowed = max(c.options.Budget.of(r.total, r.seconds), r.total*r.keep)
	c.came.add(r.total)
	c.spent.add(r.allowed)
	allowed := c.spent.perSecond()
	o := &c.options
	bottlenecks := max(0, 1-o.Errors-o.Normal-o.Rare)
	for i := range c.order {
		if e := &c.order[i]; e.candidate.Error != 0 {
			c.errors.add(e.candidate.Error, e.size)
		}
	}
	r.errorLevel = c.errors.level(o.Errors * allowed)
	r.normal = min(1, o.Normal*c.spent.sum/max(c.came.sum, 1))
	for i := range c.order {
		c.want(&c.order[i])
	}
	r.level, r.plenty = c.causes.solve(bottlenecks*allowed, max(causeShare*allowed, causeTraces*r.mean/levelMemory))
	clear(c.parts)
	c.started = true
	c.cover()
}

// keepAll is the share of a rate of spans a second that is kept because it is low.
func (c *Chooser) keepAll(rate float64) float64 {
	all := c.options.KeepAllBelow
	if all == 0 {
		return 0
	}
	if rate <= all {
		return 1
	}
	return max(0, (2*all-rate)/rate)
}

// cover works out how much is wanted of what was not kept for long, and by how much that is more
// than its share. The share is a trace at least: a low budget would never see what is rare.
func (c *Chooser) cover() {
	r := &c.round
	r.operations.reset()
	r.paths.reset()
	for i := range c.order {
		e := &c.order[i]
		r.operations.came[uint64(e.candidate.Rare)] += e.size
		r.paths.came[pathSlot(e.candidate.Path)] += e.size
	}
	operations, paths := 0.0, 0.0
	for i := range c.order {
		e := &c.order[i]
		o, p := c.rarity(e.candidate)
		operations += o * e.size
		paths += p * e.size
	}
	share := c.options.Rare * r.allowed
	if share == 0 {
		r.operations.reduced, r.paths.reduced = 0, 0
		return
	}
	r.operations.reduced = min(1, max(share*(1-pathShare), min(r.mean, r.allowed/4))/max(operations, leastWeight))
	r.paths.reduced = min(1, share*pathShare/max(paths, leastWeight))
}

// rarity is the probability with which a trace is wanted for its rarest operation, and for its
// path.
func (c *Chooser) rarity(candidate *Candidate) (operation, path float64) {
	forOperation, forPath := c.coverage.ages(candidate, c.round.now)
	return c.round.wanted(&c.round.operations, uint64(candidate.Rare), forOperation), c.round.wanted(&c.round.paths, pathSlot(candidate.Path), forPath)
}

// wanted divides the wish for one trace among those that have what is to be covered. The wish is
// one each coverEvery, and grows with the square of the time.
func (r *round) wanted(c *coverages, key uint64, age float64) float64 {
	age /= coverEvery
	traces := max(1, c.came[key]/max(r.mean, 1))
	return c.reduced * min(1, age*age*r.seconds/coverEvery) / traces
}

// score is a candidate's. NaN is none.
func score(candidate *Candidate) float64 {
	if !(candidate.Score > lowest) {
		return lowest
	}
	return candidate.Score
}

// want adds a trace to its cause.
func (c *Chooser) want(e *entry) {
	size := e.size
	if giant := c.round.giant(); giant > 0 {
		size = min(size, giant)
	}
	c.causes.add(e.candidate.Cause, score(e.candidate), size)
}

// causePart is the part of a cause's traces that is wanted, so that an incident does not have all of
// the budget.
func (c *Chooser) causePart(candidate *Candidate) float64 {
	part, known := c.parts[candidate.Cause]
	if !known {
		part = min(1, c.round.plenty/max(c.causes.of(candidate.Cause, c.round.level), leastWeight))
		c.parts[candidate.Cause] = part
	}
	return part
}

// wish is the weight by the score. The more there is too much of a cause, the less it may be above 1.
func (c *Chooser) wish(candidate *Candidate) float64 {
	w, part := wanted(score(candidate), c.round.level), c.causePart(candidate)
	if part < 1 {
		w = min(w, math.Pow(10, mostWanted*max(0, 2*part-1)))
	}
	return w * part
}

// weight is the probability with which a trace is wanted.
func (c *Chooser) weight(e *entry) float64 {
	w := max(c.round.normal, c.wish(e.candidate))
	if e.candidate.Error != 0 {
		w = max(w, min(1, c.round.errorLevel/max(c.errors.of(e.candidate.Error), leastWeight)))
	}
	operation, path := c.rarity(e.candidate)
	w = max(w, operation, path)
	return max(leastWeight, w)
}

// wanted is the weight by the score alone: 1 at the level. Beyond, it goes on rising, so that where a
// round has too many the least of them go, and ends where weights would be too different.
func wanted(score, level float64) float64 {
	return math.Exp(math.Ln10 * min(mostWanted, steepness*(score-level)))
}

// giant is the size from which a trace takes no part in a round, which could never pay it: it is
// judged by the bar of the last ones, and the next pay.
func (r *round) giant() float64 { return r.allowed + r.spare() }

// spare is what is carried over at the most.
func (r *round) spare() float64 { return 4 * r.mean }
