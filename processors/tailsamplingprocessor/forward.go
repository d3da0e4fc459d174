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
// to and what it takes is part of the memory that the engine bounds, and senders are held back
// where it grows.
type queue struct {
	spans  atomic.Int64
	bytes  atomic.Int64
	failed atomic.Int64 // spans that were given up at the end

	lastWarning atomic.Int64 // unix ns; of all forwarders, because they have one reason

	mu    sync.Mutex
	ready sync.Cond
	jobs  []*job
	mode  queueMode
	epoch int // of the forwarders that may take jobs: one of an earlier run may be stuck

	forwarders atomic.Int64    // of all runs
	workers    *sync.WaitGroup // of this run: one of an earlier may be stuck
	cancel     context.CancelFunc
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
	q.bytes.Add(j.size())
	q.mu.Lock()
	q.jobs = append(q.jobs, j)
	q.mu.Unlock()
	q.ready.Signal()
}

// pop waits for a job. It gives nil when there is no more to do for forwarders of an epoch.
func (q *queue) pop(epoch int) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.mode == stopped || q.epoch != epoch:
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

// keeps says whether what forwarders of an epoch cannot deliver, once they are cancelled, stays
// in the queue.
func (q *queue) keeps(epoch int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.mode == stopped || q.epoch != epoch
}

func (q *queue) set(mode queueMode) {
	q.mu.Lock()
	q.mode = mode
	q.mu.Unlock()
	q.ready.Broadcast()
}

// start runs n forwarders.
func (q *queue) start(e *engine, r *run, n int) {
	q.mu.Lock()
	q.mode = working
	q.epoch++
	epoch := q.epoch
	q.mu.Unlock()
	var ctx context.Context
	ctx, q.cancel = context.WithCancel(context.Background())
	q.workers = new(sync.WaitGroup)
	for range n {
		q.forwarders.Add(1)
		q.workers.Go(func() {
			defer q.forwarders.Add(-1)
			f := forwarder{engine: e, run: r, epoch: epoch}
			for j := q.pop(epoch); j != nil; j = q.pop(epoch) {
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

// forwarder cuts kept traces out of their blocks and delivers them.
type forwarder struct {
	engine *engine
	run    *run
	epoch  int
	cutter cutter
	notes  annotator
	pause  time.Duration // after the next refusal
}

// forward delivers a job, or what can be delivered of it now: the rest goes to the end of the
// queue, so that one batch that is refused again and again holds up no other. It is cut anew
// then, because whoever refused it may have changed it.
func (f *forwarder) forward(ctx context.Context, j *job) {
	e, m := f.engine, f.run.telemetry
	e.queue.bytes.Add(-j.size())
	again := map[uint32]bool{} // sets of metadata
	forwarded, refused := 0, false
	if ctx.Err() == nil {
		batches, err := f.cutter.cut(e.store, j.spans)
		if err != nil {
			f.run.logger.Error("spans that were kept cannot be read and are lost", zap.Error(err))
		}
		f.notes.begin(j)
		for _, b := range batches {
			f.notes.unreadable = 0
			f.notes.annotate(b.traces)
			n, later := f.deliver(e.sets.context(ctx, b.set), b.traces)
			forwarded += n
			refused = refused || later
			again[b.set] = later
			if !later {
				add(ctx, m.ProcessorTailSamplingCountSpansWithUnparseableTracestate, f.notes.unreadable)
			}
		}
	} else if e.queue.keeps(f.epoch) {
		for _, ref := range j.spans {
			again[e.store.Set(ref.Block)] = true
		}
	}
	spans := f.release(j, again)
	if ctx.Err() != nil {
		e.queue.failed.Add(int64(spans - forwarded))
	}
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(forwarded), forwardedOption)
	add(ctx, m.ProcessorTailSamplingReleasedSpans, int64(spans-forwarded), failedOption)
	if refused {
		f.rest(ctx)
	} else {
		f.pause = 0
	}
}

// release gives back what a job holds, but for the spans of sets that are to be forwarded
// again: those return to the queue. It says how many it gave back.
func (f *forwarder) release(j *job, again map[uint32]bool) int {
	e, keep := f.engine, j.spans[:0]
	r := releases{store: e.store}
	spans := len(j.spans)
	for _, ref := range j.spans {
		if again[e.store.Set(ref.Block)] {
			keep = append(keep, ref)
		} else {
			r.add(ref.Block)
		}
	}
	r.do()
	e.queue.spans.Add(-int64(spans))
	spans -= len(keep)
	e.spans.Add(-int64(spans))
	if len(keep) > 0 {
		j.spans = keep
		e.queue.push(j)
	}
	return spans
}

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
	warnEvery  = 30 * time.Second
)

// rest waits after a refusal, each time longer.
func (f *forwarder) rest(ctx context.Context) {
	f.pause = min(max(firstPause, 2*f.pause), lastPause)
	select {
	case <-time.After(f.pause):
	case <-ctx.Done():
	}
}

// deliver hands a batch on. It gives the number of spans that were taken, and whether the batch
// is to be tried again: a sender was told that its spans are safe.
func (f *forwarder) deliver(ctx context.Context, td ptrace.Traces) (taken int, again bool) {
	spans := td.SpanCount() // whoever takes them may take them away
	for {
		err := f.run.next.ConsumeTraces(ctx, td)
		if err == nil {
			return spans, false
		}
		if ctx.Err() != nil {
			return taken, taken == 0 && f.engine.queue.keeps(f.epoch)
		}
		var part consumererror.Traces
		switch {
		case consumererror.IsPermanent(err):
			f.warn("spans that were kept are refused for good", err)
			return taken, false
		case errors.As(err, &part) && part.Data().SpanCount() < spans:
			// The rest was taken. Only this part is left to send, and nowhere to be read again.
			f.warn("a part of the spans that were kept is refused for now and waits", err)
			td = part.Data()
			taken = spans - td.SpanCount()
			f.rest(ctx)
		case taken > 0:
			f.warn("a part of the spans that were kept is refused for now and waits", err)
			f.rest(ctx)
		default:
			f.warn("spans that were kept are refused for now and wait", err)
			return 0, true
		}
	}
}

func (f *forwarder) warn(message string, err error) {
	last, now := f.engine.queue.lastWarning.Load(), time.Now().UnixNano()
	if now-last > int64(warnEvery) && f.engine.queue.lastWarning.CompareAndSwap(last, now) {
		f.run.logger.Warn(message, zap.Int64("waiting", f.engine.queue.spans.Load()), zap.Error(err))
	}
}
