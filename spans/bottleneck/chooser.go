package bottleneck

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Options are what a Chooser goes by.
type Options struct {
	Budget Budget
	// KeepAllBelow is the rate of spans a second up to which everything is kept. Between it and
	// twice that the budget falls to what it is otherwise.
	KeepAllBelow float64
	// Errors, Normal and Rare are the shares of the budget, from 0 to 1, for traces in which
	// something failed, for those that nothing speaks for, and for those whose operations and path
	// were not kept for long. What is left, and what these do not need, goes to bottlenecks.
	Errors, Normal, Rare float64
}

// Chooser chooses among the traces of one round after the other. It is safe for concurrent use.
type Chooser struct {
	mu       sync.Mutex
	options  Options
	coverage *Coverage
	round    round
	credit   float64 // of the budget, that the last rounds left or owe
	debt     float64 // of the budget, for what was kept outside of rounds
	early    early   // what was decided outside of rounds since the last
	bar      float64 // of the last round; 0: nothing was below it
	usual    float64 // the bar at which the wishes of the last rounds cost what was allowed
	wishes   histogram
	errors   rates
	causes   causes
	parts    map[uint64]float64 // of causes, in this round
	spent    faded              // of the budget, as it is allowed
	came     faded
	rate     average // of spans a second
	started  bool
	order    []entry
}

// early is what did not wait for a round: of its budget, it is a part.
type early struct{ size, spans, traces float64 }

type entry struct {
	candidate        *Candidate
	size             float64
	weight, priority float64
}

// NewChooser makes one that goes by coverage, which others may share.
func NewChooser(o Options, coverage *Coverage) *Chooser {
	return &Chooser{
		options: o, coverage: coverage, errors: newRates(errorMemory), causes: newCauses(), parts: map[uint64]float64{},
		spent: faded{memory: levelMemory}, came: faded{memory: levelMemory}, rate: average{memory: rateMemory}, wishes: newHistogram(),
	}
}

// Choose sets the thresholds of a round's candidates. now is any clock's, in ns, and the round is of
// what came within so many seconds.
func (c *Chooser) Choose(now int64, seconds float64, batches ...[]Candidate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gather(batches)
	c.begin(now, seconds)
	c.settleGiants()
	c.walk()
	for i := range c.order {
		e := &c.order[i]
		e.settle(c.bar, c.round.normal)
	}
	clear(c.order)
}

// ChooseEarly decides on a trace that cannot wait for a round, by the bar of the last ones. The
// rounds to come pay for it; its probability is lower the more they have to.
func (c *Chooser) ChooseEarly(candidate *Candidate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := entry{candidate: candidate, size: c.options.Budget.size(candidate)}
	c.early.size += e.size
	c.early.spans += float64(candidate.Spans)
	c.early.traces++
	if !c.started {
		c.first(&e)
		return
	}
	rise := 1.0
	if second := c.spent.perSecond(); second > 0 {
		rise = math.Pow(10, min(c.debt/second, mostRise))
	}
	if candidate.Error != 0 {
		c.errors.add(candidate.Error, e.size)
	}
	c.want(&e)
	c.alone(&e, rise)
	c.wishes.add(math.Log10(e.weight), e.size)
}

// first decides on a trace that came before the first round, when nothing is known: what is kept if
// there is little, or within a second, and then the budget's fraction, if it is one.
func (c *Chooser) first(e *entry) {
	b, p := &c.options.Budget, 0.0
	switch {
	case c.early.spans <= c.options.KeepAllBelow || b.Fraction == 0 && c.debt < b.of(0, 1):
		p = 1
	default:
		p = max(b.Fraction, firstLeast)
	}
	e.candidate.chance(p)
	if e.candidate.Kept() {
		c.debt += e.size
	}
}

// firstLeast is for what came before the first round: a thousandth, for want of anything better.
const firstLeast = 1e-3

// mostRise is the most by which the bar rises with what is owed, as a power of ten: one for each
// second's budget, so that after some seconds of a burst not even the highest scores are certain.
const mostRise = 6

// alone decides on a trace outside of a round: by the usual bar, raised, and with less if it would
// take several rounds' budget.
func (c *Chooser) alone(e *entry, rise float64) {
	p := 1.0
	if e.weight = c.weight(e); c.usual*rise > e.weight {
		p = e.weight / (c.usual * rise)
	}
	if giant := c.round.giant(); giant > 0 {
		p *= min(1, giant/e.size)
	}
	e.candidate.chance(max(p, c.round.normal, c.round.keep))
	if e.candidate.Kept() {
		c.debt += e.size
	}
}

func (c *Chooser) gather(batches [][]Candidate) {
	c.order = c.order[:0]
	for _, batch := range batches {
		for i := range batch {
			c.order = append(c.order, entry{candidate: &batch[i], size: c.options.Budget.size(&batch[i])})
		}
	}
}

// settleGiants takes out of the round those that it cannot pay.
func (c *Chooser) settleGiants() {
	if c.usual == 0 { // this is the first round
		return
	}
	giant := c.round.giant()
	c.order = slices.DeleteFunc(c.order, func(e entry) bool {
		if e.size <= giant {
			return false
		}
		c.alone(&e, 1)
		return true
	})
}

// walk spends the budget on the traces of the highest priorities, and sets the bar.
//
// It goes down to the usual bar, at which the last rounds' wishes cost what is allowed, as long as
// that owes no more than the slack, and below it while something is left. All that comes after the
// first trace that is not taken is not either, however small, and only the sum of the sizes counts:
// so the bar is the same for whatever randomness above it those had that were taken, without which
// the probabilities would not be true. Above any bar are those whose randomness is enough for the
// share of what is normal: where the bar is high, the others would stand for millions of traces.
func (c *Chooser) walk() {
	r := &c.round
	// What a quiet time leaves is not paid out in a burst, but for a trace.
	slack := max(slackSeconds*c.spent.perSecond(), r.mean/2)
	paid := min(c.debt, max(r.allowed*debtPart, r.allowed-r.waited))
	c.debt -= paid
	c.credit = min(c.credit, r.spare()) + r.allowed - paid
	for i := range c.order {
		e := &c.order[i]
		e.weight = c.weight(e)
		room := e.candidate.room()
		if e.priority = e.weight / room; room <= r.normal {
			e.priority = math.Inf(1)
		}
		c.wishes.add(math.Log10(e.weight), e.size)
	}
	c.usual = c.usualBar()
	c.bar = 0
	if r.allowed >= r.total {
		return // all of them, whatever is owed
	}
	slices.SortFunc(c.order, func(a, b entry) int { return cmp.Compare(b.priority, a.priority) })
	for i := range c.order {
		e := &c.order[i]
		above := e.priority >= c.usual
		if math.IsInf(e.priority, 1) || above && e.size <= c.credit+slack || !above && e.size <= c.credit {
			c.credit -= e.size
			continue
		}
		c.bar = e.priority * (1 + 0x1p-40) // nor is the first one taken by rounding
		break
	}
	// Where they would be had they been lower, those that were taken would not all have been.
	switch {
	case c.credit < -slack: // what is above any bar left nothing for the others
		c.bar = math.Inf(1)
	case c.credit < 0:
		c.bar = max(c.bar, c.usual)
	}
}

// usualBar works out Chooser.usual. What takes no part in a round goes by that.
func (c *Chooser) usualBar() float64 {
	if c.wishes.sum == 0 {
		return 1 // weights are probabilities, as far as one can know beforehand
	}
	return math.Pow(10, c.wishes.solve(c.spent.sum, func(wish, bar float64) float64 { return math.Pow(10, min(0, wish-bar)) }))
}

// Round is for how long a round is to gather traces, in seconds: until it can pay for some, because
// among few there is little choice. The caller bounds it.
func (c *Chooser) Round() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	allowed := c.spent.perSecond()
	if allowed == 0 {
		return 1
	}
	return roundTraces * c.round.mean / allowed
}

const (
	// roundTraces is how many traces a round should keep: the ones worth it come unevenly.
	roundTraces = 40
	// slackSeconds is how many seconds' budget may be owed: less than 1 % of a minute's.
	slackSeconds = 0.5
	// debtPart of a round is what a debt takes at the most: one large trace must not silence all
	// others for as long as it takes to pay for it.
	debtPart = 0.5
)

// settle states the probability that a bar leaves, which is not less than the least.
func (e *entry) settle(bar, least float64) {
	if bar > e.weight {
		e.candidate.chance(max(e.weight/bar, least))
	} else {
		e.candidate.chance(1)
	}
}

// The shares as they are unless someone says otherwise.
const (
	DefaultErrors = 0.05
	DefaultNormal = 0.07
	DefaultRare   = 0.03
)
