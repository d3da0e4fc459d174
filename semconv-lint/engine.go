package semconvlint

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Engine shows rules telemetry and gathers what they find. It has no goroutines of its own:
// whoever brings telemetry does the work, in at most Options.Workers goroutines at a time, and
// to use several processors is to call from several goroutines.
//
// Its memory is bounded whatever comes: by spans that wait for their traces (see
// Options.MaxTraceSpans), by 10,000 findings of each severity (some 600 bytes each, at most 3 KiB),
// and for each worker by 1,000 more, 10,000 services (150 bytes each), 16 MiB of remembered verdicts
// and 4,096 names. What rules keep is theirs. What is told apart is the same
// whoever worked and in whatever order telemetry came, beyond those bounds as well; which traces are
// judged before they are whole is not.
type Engine struct {
	conventions *Conventions
	rules       []activeRule
	idle        chan *worker // those that nobody works with; closed when the end has come
	found       gathered     // what workers have no room for
	waiting     *waiting     // nil if no rule asks for traces
	all         sync.Mutex   // of whoever takes all workers
	final       *Result
}

// New makes an engine. It joins all that is wrong with the options.
func New(conventions *Conventions, rules []Rule, o Options) (*Engine, error) {
	active, err := o.active(rules)
	if err != nil {
		return nil, err
	}
	if o.WithoutTraces {
		active = slices.DeleteFunc(active, func(r activeRule) bool {
			_, traces := r.New(r.context(conventions, newFindings())).(TraceChecker)
			return traces
		})
	}
	if err := number(active); err != nil {
		return nil, err
	}
	e := &Engine{conventions: conventions, rules: active, found: gathered{findings: *newFindings()}, idle: make(chan *worker, o.workers())}
	for range cap(e.idle) {
		w := newWorker(e)
		if err := w.mergeable(); err != nil {
			return nil, err
		}
		if len(w.traces) > 0 && e.waiting == nil {
			e.waiting = newWaiting(o.MaxTraceSpans, o.TraceWait)
		}
		e.idle <- w
	}
	return e, nil
}

// mergeable refuses rules that would lose what other goroutines saw.
func (w *worker) mergeable() error {
	var errs []error
	for i, c := range w.checkers {
		_, finishes := c.(Finisher)
		if _, merges := c.(Merger); finishes && !merges {
			errs = append(errs, fmt.Errorf("rule %s: its checker has Finish and no Merge", w.engine.rules[i].Doc.ID))
		}
	}
	return errors.Join(errs...)
}

func (r *activeRule) context(conventions *Conventions, f *findings) *Context {
	return &Context{Options: r.options, Conventions: conventions, rule: r.Rule, severity: r.severity, bit: r.bit, findings: f}
}

// Traces shows rules spans. Source says where they come from, and the engine does not keep td.
// After Finish nothing is shown any more.
func (e *Engine) Traces(td ptrace.Traces, source string) {
	e.work(source, func(w *worker) {
		w.walkTraces(td)
		if e.waiting != nil {
			w.judge(e.waiting.due(time.Now()))
		}
	})
}

// Metrics is Traces of metrics.
func (e *Engine) Metrics(md pmetric.Metrics, source string) {
	e.work(source, func(w *worker) { w.walkMetrics(md) })
}

// Logs is Traces of log records.
func (e *Engine) Logs(ld plog.Logs, source string) {
	e.work(source, func(w *worker) { w.walkLogs(ld) })
}

// work waits for a worker that is idle.
func (e *Engine) work(source string, do func(*worker)) {
	w, ok := <-e.idle
	if !ok {
		return
	}
	defer func() { w.forget(); e.idle <- w }()
	w.source = source
	do(w)
}

// alone does something when all workers are idle, with all of them; nothing when the end has come.
func (e *Engine) alone(do func(workers []*worker)) {
	e.all.Lock()
	defer e.all.Unlock()
	if e.final != nil {
		return
	}
	workers := make([]*worker, 0, cap(e.idle))
	for range cap(e.idle) {
		workers = append(workers, <-e.idle)
	}
	do(workers)
	if e.final != nil {
		close(e.idle)
		return
	}
	for _, w := range workers {
		e.idle <- w
	}
}

// Interim gives what was found since the last call, and begins to count anew. What rules keep to
// tell from the whole stays until Forget: they tell it with each call, of the services that were
// seen since the last one. After Finish it gives what that gave.
func (e *Engine) Interim() *Result {
	var r *Result
	e.alone(func(workers []*worker) {
		if e.waiting != nil {
			workers[0].judge(e.waiting.due(time.Now()))
		}
		r = e.gather(workers)
	})
	if r == nil {
		return e.final
	}
	return r
}

// Forget makes rules that tell from the whole begin anew: in a process that does not end, what
// was put right would be told forever.
func (e *Engine) Forget() {
	e.alone(func(workers []*worker) {
		for _, w := range workers {
			w.renew()
		}
	})
}

// Finish ends it: traces that wait are judged, and rules tell from the whole once more. It gives
// what was found since the last Interim. To call it again gives the same.
func (e *Engine) Finish() *Result {
	e.alone(func(workers []*worker) {
		if e.waiting != nil {
			judgeRest(workers, e.waiting.rest())
		}
		e.final = e.gather(workers)
	})
	return e.final
}

// judgeRest shares the traces out among the workers, in a goroutine each, and waits for these.
func judgeRest(workers []*worker, traces []*pending) {
	var all sync.WaitGroup
	for i, w := range workers {
		share := traces[i*len(traces)/len(workers) : (i+1)*len(traces)/len(workers)]
		all.Go(func() { w.judge(share) })
	}
	all.Wait()
}

// gather takes what all workers found.
func (e *Engine) gather(workers []*worker) *Result {
	seen := newServices()
	for _, w := range workers {
		seen.merge(w.services)
		w.services = newServices()
	}
	f := e.take(workers)
	whole(workers)
	told := e.take(workers)
	told.keep(seen)
	f.merge(told)
	var t traceCounts
	if e.waiting != nil {
		t = e.waiting.takeCounts()
	}
	return e.result(f, seen, t)
}

// take gives all that was found, and begins anew.
func (e *Engine) take(workers []*worker) *findings {
	f := e.found.take()
	for _, w := range workers {
		f.merge(w.findings.take())
	}
	return f
}

// whole lets rules tell from what all workers saw. What they saw is the first worker's from then
// on, and the others begin anew.
func whole(workers []*worker) {
	for i, checker := range workers[0].checkers {
		if f, ok := checker.(Finisher); ok {
			for _, w := range workers[1:] {
				checker.(Merger).Merge(w.checkers[i])
			}
			f.Finish()
		}
	}
	for _, w := range workers[1:] {
		w.renew()
	}
}
