package tracegen

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A batch is one request's body on its way.
type batch struct {
	body  []byte
	spans int
	tally *tally
}

// A sender delivers batches to one protocol's target. Its goroutines, "delivery",
// are as many as requests may be in flight; they end once the queue is closed and
// empty. Every batch is settled in its tally, delivered or not.
type sender struct {
	transport transport
	queue     chan batch
	free      chan []byte // bodies to use again
	attempts  int
	timeout   time.Duration
	done      sync.WaitGroup
}

// startSender begins delivery. Once ctx ends, what is queued is settled as refused
// without being sent.
func startSender(ctx context.Context, cfg *Config, p Protocol, address string) (*sender, error) {
	s := &sender{
		queue:    make(chan batch, cfg.Queue),
		free:     make(chan []byte, cfg.Queue+cfg.InFlight),
		attempts: cfg.Attempts,
		timeout:  cfg.Timeout,
	}
	if p == OTLPGRPC {
		t, err := newGRPCTransport(address)
		if err != nil {
			return nil, err
		}
		s.transport = t
	} else {
		s.transport = newHTTPTransport(p, address, cfg.InFlight)
	}
	for range cfg.InFlight {
		s.done.Go(func() { s.deliverAll(ctx) })
	}
	return s, nil
}

// finish delivers what is queued and stops.
func (s *sender) finish() error {
	close(s.queue)
	s.done.Wait()
	return s.transport.close()
}

func (s *sender) deliverAll(ctx context.Context) {
	for b := range s.queue {
		refused, attempts, err := s.deliver(ctx, b)
		b.tally.settled(b.spans, refused, attempts, len(b.body), err)
		s.recycle(b.body)
	}
}

// deliver sends a batch until the target takes it or does not want it again.
func (s *sender) deliver(ctx context.Context, b batch) (refused, attempts int, err error) {
	pause := firstPause
	for attempts < s.attempts {
		if err := ctx.Err(); err != nil {
			return b.spans, attempts, context.Cause(ctx)
		}
		attempts++
		refused, err = s.attempt(ctx, b.body)
		var r *refusal
		switch {
		case err == nil:
			return refused, attempts, nil
		case !errors.As(err, &r):
			return 0, attempts, err // it was taken, though the answer was strange
		case !r.again || attempts == s.attempts:
			return b.spans, attempts, err
		}
		sleep(ctx, min(max(pause, r.after), longestPause))
		pause *= 2
	}
	return b.spans, attempts, err
}

// Pauses between attempts: a target that answers 429 wants quiet, but one that asks
// for minutes must not hold the queue for so long.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

func (s *sender) attempt(ctx context.Context, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.transport.send(ctx, body)
}

// buffer returns an empty body, a used one if there is one.
func (s *sender) buffer() []byte {
	select {
	case b := <-s.free:
		return b[:0]
	default:
		return nil
	}
}

func (s *sender) recycle(body []byte) {
	select {
	case s.free <- body:
	default:
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
