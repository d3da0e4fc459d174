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
	bar      float64 // of the last round; 0: nothing was below it
	usual    float64 // the bar at which the wishes of the last rounds cost what was allowed
	scores   histogram
	wishes   histogram
	errors   rates
	causes   rates
	spent    faded // of the budget, as it is allowed
	came     faded
	order    []entry
}

type entry struct {
	candidate        *Candidate
	size             float64
	weight, priority float64
}

// NewChooser makes one that goes by coverage, which others may share.
func NewChooser(o Options, coverage *Coverage) *Chooser {
	return &Chooser{
		options: o, coverage: coverage, errors: newRates(errorMemory), causes: newRates(causeMemory),
		spent: faded{memory: levelMemory}, came: faded{memory: levelMemory}, scores: newHistogram(), wishes: newHistogram(),
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
	part := 1.0
	if usual := c.spent.perSecond() * c.round.seconds; usual > 0 {
		part /= 1 + c.debt/usual
	}
	c.alone(&entry{candidate: candidate, size: c.options.Budget.size(candidate)}, part)
}

// alone decides on a trace outside of a round: with a part of the probability that it would have
// by the usual bar, and less if it would take several rounds' budget.
func (c *Chooser) alone(e *entry, part float64) {
	p := 1.0
	if w := c.weight(e); c.usual > w {
		p = w / c.usual
	}
	part *= min(1, c.round.giant()/e.size)
	e.candidate.chance(max(p*part, c.round.normal))
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
	paid := min(c.debt, r.allowed*debtPart)
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
		c.bar = e.priority
		if !above && c.credit < 0 {
			c.bar = c.usual // if one of those above had been below, it would not have been taken
		}
		c.bar *= 1 + 0x1p-40 // nor is the first one taken by rounding
		return
	}
}

// usualBar works out Chooser.usual. What takes no part in a round goes by that.
func (c *Chooser) usualBar() float64 {
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
