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

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
)

// queue is what was kept and waits to be forwarded. It has no bound of its own: what it refers
// to is part of the memory that the engine bounds, and senders are held back where it grows.
type queue struct {
	spans atomic.Int64

	mu    sync.Mutex
	ready sync.Cond
	jobs  []*job
	mode  queueMode

	workers sync.WaitGroup
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
	for range n {
		q.workers.Go(func() {
			f := forwarder{engine: e, run: r}
			for j := q.pop(); j != nil; j = q.pop() {
				f.forward(ctx, j)
			}
		})
	}
}

// end waits for the forwarders in a mode, until ctx is done; then they give up what they try
// to deliver. It says whether it came to that.
func (q *queue) end(ctx context.Context, mode queueMode) (gaveUp bool) {
	q.set(mode)
	done := make(chan struct{})
	go func() { // ends with the forwarders
		q.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		gaveUp = true
		q.cancel()
		q.set(draining) // every delivery now fails, and is counted
		<-done
	}
	q.cancel()
	return gaveUp
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
	spans := len(j.spans)
	batches, err := f.cutter.cut(e.store, j.spans)
	if err != nil {
		f.run.logger.Error("spans that were kept cannot be read and are lost", zap.Error(err))
	}
	releaseAll(e.store, j.spans)
	forwarded := 0
	f.notes.job = j
	for _, b := range batches {
		f.notes.annotate(b.traces)
		forwarded += b.spans - f.deliver(e.sets.context(ctx, b.set), b.traces)
	}
	e.queue.spans.Add(-int64(spans))
	e.spans.Add(-int64(spans))
	add(ctx, m.ProcessorTailSamplingCountSpansWithUnparseableTracestate, f.notes.unreadable)
	f.notes.unreadable = 0
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(forwarded), forwardedOption)
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(spans-forwarded), failedOption)
}

// releaseAll gives spans back that are sorted by block.
func releaseAll(store *block.Store, refs []block.Ref) {
	r := releases{store: store}
	for _, ref := range refs {
		r.add(ref.Block)
	}
	r.do()
}

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
	warnEvery  = 30 * time.Second
)

// deliver hands a batch on, and tries again for as long as it is refused for now: a sender was
// told that its spans are safe. It gives the number of spans that were refused for good.
func (f *forwarder) deliver(ctx context.Context, td ptrace.Traces) (failed int) {
	spans := td.SpanCount() // whoever takes them may take them away
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := f.run.next.ConsumeTraces(ctx, td)
		if err == nil {
			f.failing = false
			return 0
		}
		var part consumererror.Traces
		switch {
		case consumererror.IsPermanent(err) || ctx.Err() != nil:
			f.warn("spans that were kept are refused for good", err)
			return spans
		case errors.As(err, &part): // the rest was delivered
			td = part.Data()
			spans = td.SpanCount()
		}
		f.warn("spans that were kept are refused for now and wait", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return spans
		}
	}
}

func (f *forwarder) warn(message string, err error) {
	if now := time.Now(); !f.failing || now.After(f.warnAt) {
		f.failing, f.warnAt = true, now.Add(warnEvery)
		f.run.logger.Warn(message, zap.Error(err))
	}
}
