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
// Its memory is bounded whatever comes: by spans that wait for their traces (Options.MaxTraceSpans,
// some 300 bytes each with their trace), and for each worker by 20,000 causes of findings of each
// severity and as many rules of services (some 500 bytes each, at most 3 KiB), 10,000 services
// (150 bytes each), 16 MiB of remembered verdicts and 4,096 names. What rules keep is theirs. With
// fewer causes than that the result is the same whoever worked.
type Engine struct {
	conventions *Conventions
	rules       []activeRule
	idle        chan *worker // those that nobody works with; closed when the end has come
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
	e := &Engine{conventions: conventions, rules: active, idle: make(chan *worker, o.workers())}
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
	return &Context{Options: r.options, Conventions: conventions, rule: r.Rule, severity: r.severity, findings: f}
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

// workers waits until all workers are idle, and takes them.
func (e *Engine) workers() []*worker {
	workers := make([]*worker, 0, cap(e.idle))
	for range cap(e.idle) {
		workers = append(workers, <-e.idle)
	}
	return workers
}

// Interim gives what was found since the last call, and begins to count anew. What rules keep to
// tell from the whole stays until Forget: they tell it with each call, of the services that were
// seen since the last one. After Finish it gives what that gave.
func (e *Engine) Interim() *Result {
	e.all.Lock()
	defer e.all.Unlock()
	if e.final != nil {
		return e.final
	}
	workers := e.workers()
	if e.waiting != nil {
		workers[0].judge(e.waiting.due(time.Now()))
	}
	r := e.gather(workers)
	for _, w := range workers {
		e.idle <- w
	}
	return r
}

// Forget makes rules that tell from the whole begin anew: in a process that does not end, what
// was put right would be told forever.
func (e *Engine) Forget() {
	e.all.Lock()
	defer e.all.Unlock()
	if e.final != nil {
		return
	}
	for _, w := range e.workers() {
		w.renew()
		e.idle <- w
	}
}

// Finish ends it: traces that wait are judged, and rules tell from the whole once more. It gives
// what was found since the last Interim. To call it again gives the same.
func (e *Engine) Finish() *Result {
	e.all.Lock()
	defer e.all.Unlock()
	if e.final != nil {
		return e.final
	}
	workers := e.workers()
	if e.waiting != nil {
		judgeRest(workers, e.waiting.rest())
	}
	e.final = e.gather(workers)
	close(e.idle)
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
	found := make([]*findings, 0, len(workers))
	for _, w := range workers {
		found = append(found, w.findings.take())
		seen.merge(w.services)
		w.services = newServices()
	}
	f := whole(workers, seen) // first: there is room for what it tells
	for _, other := range found {
		f.merge(other)
	}
	var t traceCounts
	if e.waiting != nil {
		t = e.waiting.takeCounts()
	}
	return e.result(f, seen, t)
}

// whole is what rules tell from what all workers saw, of services that were seen. What they saw
// is the first worker's from then on, and the others begin anew.
func whole(workers []*worker, seen *services) *findings {
	first := workers[0]
	for i, checker := range first.checkers {
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
	told := first.findings.take()
	told.keep(seen)
	return told
}
