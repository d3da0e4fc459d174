package tailsamplingprocessor

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// queue is what was kept and waits to be forwarded. It has no bound of its own: what it refers
// to is part of the memory that the engine bounds, and senders are held back where it grows.
type queue struct {
	spans atomic.Int64

	mu    sync.Mutex
	ready sync.Cond
	jobs  []*job
	mode  queueMode

	workers *sync.WaitGroup // of this run: one of an earlier may be stuck
	cancel  context.CancelFunc
}

type queueMode uint8

const (
	working  queueMode = iota
	draining           // until it is empty
	stopped            // what is left stays
)

func newQueue() *queue {
	q := &queue{}
	q.ready.L = &q.mu
	return q
}

// push never waits.
func (q *queue) push(j *job) {
	q.spans.Add(int64(len(j.spans)))
	q.mu.Lock()
	q.jobs = append(q.jobs, j)
	q.mu.Unlock()
	q.ready.Signal()
}

// pop waits for a job. It gives nil when there is no more to do.
func (q *queue) pop() *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.mode == stopped:
			return nil
		case len(q.jobs) > 0:
			j := q.jobs[0]
			q.jobs[0] = nil
			q.jobs = q.jobs[1:]
			return j
		case q.mode == draining:
			return nil
		}
		q.ready.Wait()
	}
}

func (q *queue) set(mode queueMode) {
	q.mu.Lock()
	q.mode = mode
	q.mu.Unlock()
	q.ready.Broadcast()
}

// start runs n forwarders.
func (q *queue) start(e *engine, r *run, n int) {
	q.set(working)
	var ctx context.Context
	ctx, q.cancel = context.WithCancel(context.Background())
	q.workers = new(sync.WaitGroup)
	for range n {
		q.workers.Go(func() {
			f := forwarder{engine: e, run: r}
			for j := q.pop(); j != nil; j = q.pop() {
				f.forward(ctx, j)
			}
		})
	}
}

// outcomes of end.
type ending uint8

const (
	delivered ending = iota // what was to be delivered was
	gaveUp                  // some was not, and is counted
	stuck                   // whoever comes next does not even give up
)

// giveUpTime is how long a delivery may take to notice that it was cancelled.
const giveUpTime = 5 * time.Second

// end waits for the forwarders in a mode, until ctx is done; then deliveries are cancelled. In
// stopped mode what was not delivered goes back to the queue.
func (q *queue) end(ctx context.Context, mode queueMode) ending {
	q.set(mode)
	defer q.cancel()
	done, workers := make(chan struct{}), q.workers
	go func() { // ends with the forwarders
		workers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return delivered
	case <-ctx.Done():
	}
	q.cancel()
	select {
	case <-done:
		return gaveUp
	case <-time.After(giveUpTime):
		return stuck
	}
}

// keeps says whether what is not delivered stays.
func (q *queue) keeps() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.mode == stopped
}

// forwarder cuts kept traces out of their blocks and delivers them.
type forwarder struct {
	engine  *engine
	run     *run
	cutter  cutter
	notes   annotator
	warnAt  time.Time
	failing bool
}

func (f *forwarder) forward(ctx context.Context, j *job) {
	e, m := f.engine, f.run.telemetry
	batches, err := f.cutter.cut(e.store, j.spans)
	if err != nil {
		f.run.logger.Error("spans that were kept cannot be read and are lost", zap.Error(err))
	}
	f.notes.job = j
	forwarded := 0
	again := map[uint32]bool{} // sets of metadata
	for _, b := range batches {
		f.notes.annotate(b.traces)
		failed, err := f.deliver(e.sets.context(ctx, b.set), b.traces)
		if err != nil && e.queue.keeps() {
			again[b.set] = true
			continue
		}
		forwarded += b.spans - failed
	}
	spans := f.release(j, again)
	add(ctx, m.ProcessorTailSamplingCountSpansWithUnparseableTracestate, f.notes.unreadable)
	f.notes.unreadable = 0
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(forwarded), forwardedOption)
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(spans-forwarded), failedOption)
}

// release gives back what a job holds, but for the spans of sets that are to be forwarded
// again: those return to the queue. It says how many it gave back.
func (f *forwarder) release(j *job, again map[uint32]bool) int {
	e, keep := f.engine, j.spans[:0]
	r := releases{store: e.store}
	spans := len(j.spans)
	for _, ref := range j.spans {
		if len(again) > 0 && again[e.store.Set(ref.Block)] {
			keep = append(keep, ref)
		} else {
			r.add(ref.Block)
		}
	}
	r.do()
	spans -= len(keep)
	e.queue.spans.Add(-int64(spans))
	e.spans.Add(-int64(spans))
	if len(keep) > 0 {
		j.spans = keep
		e.queue.spans.Add(-int64(len(keep))) // push counts them again
		e.queue.push(j)
	}
	return spans
}

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
	warnEvery  = 30 * time.Second
)

// deliver hands a batch on, and tries again for as long as it is refused for now: a sender was
// told that its spans are safe. It gives the number of spans that were not taken, and an error
// where that is because ctx is done.
func (f *forwarder) deliver(ctx context.Context, td ptrace.Traces) (failed int, err error) {
	spans := td.SpanCount() // whoever takes them may take them away
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := f.run.next.ConsumeTraces(ctx, td)
		if err == nil {
			f.failing = false
			return 0, nil
		}
		var part consumererror.Traces
		switch {
		case ctx.Err() != nil:
			return spans, ctx.Err()
		case consumererror.IsPermanent(err):
			f.warn("spans that were kept are refused for good", err)
			return spans, nil
		case errors.As(err, &part): // the rest was delivered
			td = part.Data()
			spans = td.SpanCount()
		}
		f.warn("spans that were kept are refused for now and wait", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return spans, ctx.Err()
		}
	}
}

func (f *forwarder) warn(message string, err error) {
	if now := time.Now(); !f.failing || now.After(f.warnAt) {
		f.failing, f.warnAt = true, now.Add(warnEvery)
		f.run.logger.Warn(message, zap.Error(err))
	}
}
