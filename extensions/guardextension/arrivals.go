package guardextension

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/tap"
)

// arrivals holds the calls of one gRPC server whose message is still arriving. gRPC bounds
// neither how long that may take, nor how much all of them may hold; arrivals ends those that
// take longer than receive_timeout and, as long as there is no room, the oldest.
//
// What ends a call is its context, by which gRPC waits for the message: the goroutine of the
// call wakes, gives its buffers back and answers.
type arrivals struct {
	*guard

	mu      sync.Mutex
	calls   call          // the ring's head: next is the oldest, prev the newest
	leaving *call         // the last one ended for room, until its buffers are back
	gone    chan struct{} // closed then

	collected atomic.Int64 // when makeRoom last collected, Unix nanoseconds
}

// call is what the guard knows of one call.
type call struct {
	// The goroutine of the call owns these.
	reserved int
	refused  error

	// arrivals.mu guards these.
	prev, next *call // nil once the message has arrived
	timer      *time.Timer
	forget     func() bool

	cancel  context.CancelFunc
	expired atomic.Bool // why it was cancelled
}

type callKey struct{}

// callContext is the context of a call.
type callContext struct {
	context.Context // with cancel
	call            *call
}

// Value gives the call under callKey.
func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c.call
	}
	return c.Context.Value(key)
}

// Err makes gRPC answer DEADLINE_EXCEEDED for a call that took too long to arrive, and
// CANCELLED for any other. Clients of OTLP retry both.
func (c *callContext) Err() error {
	err := c.Context.Err()
	if err != nil && c.call.expired.Load() {
		return context.DeadlineExceeded
	}
	return err
}

// tap implements tap.ServerInHandle. The transport calls it under a lock of its own. Of some
// calls no other event comes, such as those of unknown methods; they go with their stream.
func (a *arrivals) tap(ctx context.Context, _ *tap.Info) (context.Context, error) {
	c := &call{}
	inner, cancel := context.WithCancel(ctx)
	c.cancel = cancel

	a.mu.Lock()
	defer a.mu.Unlock()
	head := &a.calls
	if head.next == nil {
		head.next, head.prev = head, head
	}
	c.next, c.prev = head, head.prev
	c.prev.next, head.prev = c, c
	c.forget = context.AfterFunc(ctx, func() { a.remove(c) })
	if a.config.ReceiveTimeout > 0 {
		c.timer = time.AfterFunc(a.config.ReceiveTimeout, func() { a.expire(c) })
	}
	return &callContext{Context: inner, call: c}, nil
}

// remove is called when a message has arrived, and when a call has ended.
func (a *arrivals) remove(c *call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unlink(c)
	if a.leaving == c {
		close(a.gone)
		a.leaving, a.gone = nil, nil
	}
}

// unlink takes a call out, and reports whether it was in.
func (a *arrivals) unlink(c *call) bool {
	if c.next == nil {
		return false
	}
	c.prev.next, c.next.prev = c.next, c.prev
	c.prev, c.next = nil, nil
	if c.timer != nil {
		c.timer.Stop()
	}
	c.forget()
	return true
}

var errTooLate = errors.New("guard: a call's message did not arrive within receive_timeout")

func (a *arrivals) expire(c *call) {
	a.mu.Lock()
	was := a.unlink(c)
	a.mu.Unlock()
	if was {
		c.expired.Store(true)
		c.cancel()
		a.refused(tooLate, overGRPC, errTooLate)
	}
}

// patience is how long a connection waits for room: a call that is ended is gone in a
// millisecond, but for a busy machine.
const patience = 100 * time.Millisecond

// makeRoom ends calls that are arriving, the oldest first, and each only when the one before is
// gone, so that no more end than must. If told to, it waits for them: then what comes
// meanwhile stays in its connection.
func (a *arrivals) makeRoom(wait bool) {
	a.collect()
	for end := time.Now().Add(patience); a.inFlight.full(); {
		gone := a.endOldest()
		if gone == nil || !wait {
			return
		}
		select {
		case <-gone:
		case <-time.After(time.Until(end)):
			return
		}
	}
}

// endOldest gives what is closed when the call that is leaving is gone, nil if there is none.
func (a *arrivals) endOldest() <-chan struct{} {
	a.mu.Lock()
	c, gone := a.calls.next, a.gone
	if a.leaving != nil || c == nil || c == &a.calls {
		a.mu.Unlock()
		return gone
	}
	a.unlink(c)
	gone = make(chan struct{})
	a.leaving, a.gone = c, gone
	a.mu.Unlock()
	c.cancel()
	a.refused(overBudget, overGRPC, errOverBudget)
	return gone
}

// collect finds the buffers that gRPC dropped without giving them back: those that had
// arrived, but were not read, when a call ended. Once a second at most.
func (a *arrivals) collect() {
	now, last := time.Now().UnixNano(), a.collected.Load()
	if now-last >= int64(time.Second) && a.collected.CompareAndSwap(last, now) {
		go runtime.GC() // ends by itself
	}
}
