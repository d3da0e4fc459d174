package tracegen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Run sends traffic to the targets until the configuration's duration or number of
// traces is reached, or ctx ends, then delivers what is queued. Progress, unless
// nil, gets a line every second. The Summary accounts for every span that was made, also
// where there is an error: of the configuration, of a target that cannot be reached
// at the beginning, or of writing labels. A target's refusals are no error.
//
// A request whose answer was lost is sent again, so a target may see spans twice.
func Run(ctx context.Context, cfg Config, targets Targets, progress io.Writer) (Summary, error) {
	if err := cfg.Validate(); err != nil {
		return Summary{}, fmt.Errorf("tracegen: %w", err)
	}
	r, err := newRun(ctx, &cfg, targets)
	if err != nil {
		return Summary{}, fmt.Errorf("tracegen: %w", err)
	}
	stopProgress := r.report(progress)
	err = r.produce(ctx)
	err = errors.Join(err, r.finish())
	stopProgress()
	if err != nil {
		err = fmt.Errorf("tracegen: %w", err)
	}
	return r.summary(), err
}

// A run is one call of Run. Only the goroutine of Run touches it, but for tallies and
// counts.
type run struct {
	cfg      *Config
	gen      *Generator
	lines    []line
	senders  map[Protocol]*sender
	labels   *json.Encoder
	late     late
	counts   counts
	began    time.Time
	delivery context.Context
	abort    context.CancelCauseFunc
}

// A line is one service's way out.
type line struct {
	encoder *Encoder
	late    *Encoder // of spans that are told late
	sender  *sender
	tally   *tally
	since   time.Time // when the batch got its first span
}

// counts is of the requests as a whole.
type counts struct {
	mu             sync.Mutex
	traces, failed int64
	planted        map[FaultKind]int64
}

func newRun(ctx context.Context, cfg *Config, targets Targets) (*run, error) {
	gen, err := New(*cfg)
	if err != nil {
		return nil, err
	}
	services := gen.Services()
	addresses, err := targets.resolve(ctx, services)
	if err != nil {
		return nil, err
	}
	r := &run{cfg: cfg, gen: gen, senders: map[Protocol]*sender{}, began: time.Now()}
	r.counts.planted = map[FaultKind]int64{}
	if cfg.Labels != nil {
		r.labels = json.NewEncoder(cfg.Labels)
	}
	// Delivery outlives ctx: its end is when to stop making spans, not when to lose
	// those that were made.
	r.delivery, r.abort = context.WithCancelCause(context.WithoutCancel(ctx))
	for p, address := range addresses {
		s, err := startSender(r.delivery, cfg, p, address)
		if err != nil {
			return nil, errors.Join(err, r.finish())
		}
		r.senders[p] = s
	}
	for i := range services {
		s := &services[i]
		row := Row{Service: s.Name, Language: s.Language, Protocol: s.Protocol, Convention: s.Convention}
		r.lines = append(r.lines, line{
			encoder: NewEncoder(s),
			late:    NewEncoder(s),
			sender:  r.senders[s.Protocol],
			tally:   &tally{row: row},
		})
	}
	return r, nil
}

// produce makes requests at the rate, and sends a service's batch when it is full or
// old enough.
func (r *run) produce(ctx context.Context) error {
	pace := newPace(r.cfg.Rate, r.began)
	for made := 0; r.goesOn(ctx, made); {
		now := time.Now()
		if wait := pace.wait(now); wait > 0 {
			r.flush(now.Add(-r.cfg.BatchInterval))
			sleep(ctx, min(wait, r.cfg.BatchInterval/4, r.left(now)))
			continue
		}
		if err := r.request(now); err != nil {
			return err
		}
		made++
		pace.made()
		if made%flushEvery == 0 {
			r.flush(now.Add(-r.cfg.BatchInterval))
		}
	}
	return nil
}

// flushEvery is how many requests are made at full speed, which takes about a
// millisecond, before the batches' ages are looked at.
const flushEvery = 64

func (r *run) goesOn(ctx context.Context, made int) bool {
	return ctx.Err() == nil &&
		(r.cfg.Traces == 0 || made < r.cfg.Traces) &&
		(r.cfg.Duration == 0 || time.Since(r.began) < r.cfg.Duration)
}

// left is how long the run lasts yet.
func (r *run) left(now time.Time) time.Duration {
	if r.cfg.Duration == 0 {
		return time.Second
	}
	return r.cfg.Duration - now.Sub(r.began)
}

func (r *run) request(now time.Time) error {
	request := r.gen.Next(now)
	r.counts.add(request)
	for i := range request.Spans {
		s := &request.Spans[i]
		l := &r.lines[s.Service]
		shared := 0
		if s.Shared {
			shared = 1
		}
		l.tally.generated(1, shared)
		if s.Late {
			l.late.Add(s)
			continue
		}
		if l.encoder.Spans() == 0 {
			l.since = now
		}
		l.encoder.Add(s)
		if l.encoder.Spans() >= r.cfg.BatchSpans {
			l.flush()
		}
	}
	if r.labels != nil && request.Label != nil {
		if err := r.labels.Encode(request.Label); err != nil {
			return fmt.Errorf("labels: %w", err)
		}
	}
	return nil
}

// flush sends every batch that was begun no later than then.
func (r *run) flush(then time.Time) {
	for i := range r.lines {
		if l := &r.lines[i]; l.encoder.Spans() > 0 && !l.since.After(then) {
			l.flush()
		}
	}
	r.late.flush(r.lines, time.Now())
}

// flush queues the batch, and waits while the queue is full: a target that is slower
// than the rate slows the traffic, and nothing is dropped here.
func (l *line) flush() {
	spans := l.encoder.Spans()
	l.sender.queue <- batch{body: l.encoder.Finish(l.sender.buffer()), spans: spans, tally: l.tally}
}

// finish delivers what is left, for no longer than the drain lasts.
func (r *run) finish() error {
	timer := time.AfterFunc(r.cfg.Drain, func() {
		r.abort(fmt.Errorf("not delivered within %v of the end", r.cfg.Drain))
	})
	defer r.abort(nil)
	defer timer.Stop()
	r.flush(time.Now())
	r.late.end(r.lines)
	var errs []error
	for _, s := range r.senders {
		errs = append(errs, s.finish())
	}
	return errors.Join(errs...)
}

func (c *counts) add(request *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traces++
	if request.Failed {
		c.failed++
	}
	if request.Label != nil {
		c.planted[request.Label.Kind]++
	}
}
