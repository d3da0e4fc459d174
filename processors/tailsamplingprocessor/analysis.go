package tailsamplingprocessor

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
)

// analysis is what a sampler with bottleneck policies knows: what is normal, what was kept when,
// and the rounds in which its shards choose. Its one goroutine learns what shards observe, and
// chooses. It outlives a run, as the engine does.
type analysis struct {
	engine   *engine
	baseline *baseline.Baseline
	coverage *bottleneck.Coverage
	rounds   rounds
	bytes    atomic.Int64 // of the baseline and the series
	most     int64        // that they may be, about: so much is taken off the limit

	observations chan *observed
	unlearned    atomic.Int64 // spans for which there was no time
	stop, done   chan struct{}
	halted       bool // whoever has the shards has the goroutine's part, too

	aggregates *aggregates // of this run; nil: there are none
	shown      atomic.Pointer[[]shownOperation]
	keeper     *keeper // of this run; nil: nothing is kept
}

const (
	// baselineShare is the part of the memory limit that what is normal may take.
	baselineShare = 8
	// operationSize is what an operation takes of it, with its name and a call site.
	operationSize = 640
	// seriesSize is what a series of the metrics takes, in the collector's own telemetry.
	seriesSize = 3 << 10
	// leastOperations is for small limits, maxOperations for all: 64 MB.
	leastOperations      = 1000
	defaultMaxOperations = 100_000
	// observationsWaiting is how many batches wait to be learned; then they are counted and left.
	observationsWaiting = 64
	// observationBatch is from how many spans on a batch is handed over.
	observationBatch = 2048
)

var observationPool = sync.Pool{New: func() any { return new(observed) }}

func newAnalysis(e *engine, cfg *Config, limit int64) *analysis {
	operations, series := cfg.Analysis.MaxOperations, int64(cfg.Analysis.MaxSeries)*seriesSize
	if operations == 0 {
		operations = int(min(max((limit/baselineShare-series)/operationSize, leastOperations), defaultMaxOperations))
	}
	return &analysis{
		engine: e, most: int64(operations)*operationSize + series, baseline: baseline.New(baseline.Options{MaxOperations: operations}), coverage: bottleneck.NewCoverage(operations),
		observations: make(chan *observed, observationsWaiting),
	}
}

// start runs the goroutine until halt. The shards are not running.
func (a *analysis) start(r *run) {
	a.rounds.begin(a, r, len(a.engine.shards))
	given.join()
	a.aggregates = newAggregates(a, r)
	a.stop, a.done, a.halted = make(chan struct{}), make(chan struct{}), false
	go a.loop()
}

// halt ends the goroutine. The shards are halted.
func (a *analysis) halt() {
	close(a.stop)
	<-a.done
	a.halted = true
	for {
		select {
		case o := <-a.observations:
			a.learn(o)
		default:
			given.leave()
			return
		}
	}
}

// conclude counts what was judged and not yet handed over. The engine is halted, and what is to be
// settled is.
func (e *engine) conclude() {
	if !e.run.Load().analyzes {
		return
	}
	for _, s := range e.shards {
		s.analyst.handOver()
	}
	e.analysis.Load().publish()
}

func (a *analysis) publish() {
	if a.aggregates != nil {
		a.aggregates.publish(a.engine.now())
	}
}

func (a *analysis) loop() {
	defer close(a.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case o := <-a.observations:
			a.learn(o)
		case <-a.rounds.ready:
			a.rounds.choose()
		case <-tick.C:
			a.pass(a.engine.now())
		case <-a.stop:
			return
		}
	}
}

// pass lets time pass, a second or so.
func (a *analysis) pass(now int64) {
	a.baseline.Tick(now)
	bytes := a.baseline.Bytes()
	if a.aggregates != nil {
		a.aggregates.tick(now)
		bytes += a.aggregates.size()
	}
	a.bytes.Store(bytes)
	a.keeper.tick(a.baseline)
}

func (a *analysis) learn(o *observed) {
	if a.aggregates != nil {
		a.aggregates.add(&o.Observations)
		a.aggregates.note(o.kept)
	}
	o.Learn(a.baseline, a.engine.now())
	o.reset()
	observationPool.Put(o)
}

// observe hands over what a shard observed. It never waits.
func (a *analysis) observe(o *observed) {
	if a.halted {
		a.learn(o)
		return
	}
	select {
	case a.observations <- o:
	default:
		a.unlearned.Add(int64(len(o.Spans)))
		o.reset()
		observationPool.Put(o)
	}
}

// rounds have the shards choose together: each submits its candidates, and when all have, the
// thresholds of all of them are set. A shard goes on meanwhile, with the candidates of the next
// round.
type rounds struct {
	analysis *analysis
	length   atomic.Int64 // ns
	most     int64        // that it may be
	choosers []*bottleneck.Chooser
	options  []bottleneck.Options
	ready    chan struct{}

	mu        sync.Mutex
	submitted []*gathered // by shard; nil: not yet
	missing   int
	last      int64
}

// gathered are the traces that a shard has for a round.
type gathered struct {
	traces []parkedTrace
	// candidates are by bottleneck policy, of the traces that are eligible for it.
	candidates [][]bottleneck.Candidate
	chosen     atomic.Bool
}

// parkedTrace is one that waits for its round.
type parkedTrace struct {
	number   uint32
	eligible uint64
	finding  bottleneck.Finding
}

const (
	// A round is as long as choosers like it, and at most half the wait, within bounds: the longer,
	// the better the choice, and the longer it takes.
	leastRound   = 50 * time.Millisecond
	longestRound = 10 * time.Second
	// limitedRound is the longest with policies that limit rates: these hold two seconds' tokens.
	limitedRound = time.Second
	// longestPause is what counts of a pause of the machine, in seconds.
	longestPause = 15.0
)

// begin makes the rounds those of a run. Choosers go on if their options are the same.
func (r *rounds) begin(a *analysis, run *run, shards int) {
	r.analysis = a
	r.most = int64(min(max(run.cfg.DecisionWait/2, leastRound), longestRound))
	if run.policies.Rounds() {
		r.most = min(r.most, int64(limitedRound))
	}
	r.length.Store(int64(leastRound))
	r.ready = make(chan struct{}, 1)
	r.submitted, r.missing, r.last = make([]*gathered, shards), shards, a.engine.now()
	options := run.policies.Bottlenecks()
	choosers := make([]*bottleneck.Chooser, len(options))
	for i, o := range options {
		if i < len(r.options) && r.options[i] == o {
			choosers[i] = r.choosers[i]
		} else {
			choosers[i] = bottleneck.NewChooser(o, a.coverage)
		}
	}
	r.choosers, r.options = choosers, options
}

// submit hands a shard's candidates in.
func (r *rounds) submit(shard int, g *gathered) {
	r.mu.Lock()
	r.submitted[shard] = g
	r.missing--
	all := r.missing == 0
	r.mu.Unlock()
	if all {
		r.ready <- struct{}{} // there is room: the next round begins when this one is chosen
	}
}

// choose ends a round of which all candidates are there.
func (r *rounds) choose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.analysis.engine.now()
	r.set(now, min(float64(now-r.last)/float64(time.Second), longestPause))
	r.last = now
	for i, g := range r.submitted {
		r.submitted[i] = nil
		g.chosen.Store(true)
	}
	r.missing = len(r.submitted)
	wanted := leastRound
	for _, c := range r.choosers {
		wanted = max(wanted, time.Duration(c.Round()*float64(time.Second)))
	}
	r.length.Store(min(int64(wanted), r.most))
}

func (r *rounds) set(now int64, seconds float64) {
	for i, c := range r.choosers {
		var batches [][]bottleneck.Candidate
		for _, g := range r.submitted {
			batches = append(batches, g.candidates[i])
		}
		c.Choose(now, seconds, batches...)
	}
}

// chooseAll chooses among all traces that are left, when the shards are halted: what came within
// some seconds.
func (r *rounds) chooseAll(left []*gathered, seconds float64) {
	r.submitted = left
	r.set(r.analysis.engine.now(), seconds)
}
