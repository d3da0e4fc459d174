package koine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// patience is how long a shutdown waits for a collector that takes nothing: with the rest
	// of the process's end it stays below 2 s, which is what a supervisor notices.
	patience = 1500 * time.Millisecond
	// longest is how long it goes on for one that does take things, well below the 30 s after
	// which Kubernetes kills.
	longest = 10 * time.Second
	// grace is for exports that were ended to return.
	grace = 100 * time.Millisecond
)

// stopper is what the SDK's providers can do and no-op ones cannot.
type stopper interface{ Shutdown(context.Context) error }

// shutdown makes the Shutdown of what was built.
func (s *sdk) shutdown(o *options) Shutdown {
	timeout := o.timeout
	var result error
	var once sync.Once
	return func(ctx context.Context) error {
		once.Do(func() {
			result = s.stop(ctx, timeout)
			starting.Lock()
			defer starting.Unlock()
			running = nil
			if s.ignoreSignals != nil {
				s.ignoreSignals()
			}
		})
		return result
	}
}

// stop shuts all providers down at once: one after the other, the first one that waits for a
// dead collector would use up what the next one needs.
func (s *sdk) stop(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer giveUp(cancel, timeout)()
	done := make(chan error, 3) // buffered: a provider that ignores the context leaves no goroutine waiting
	n := 0
	for signal, provider := range map[string]any{"traces": s.traces, "metrics": s.metrics, "logs": s.logs} {
		if p, ok := provider.(stopper); ok {
			n++
			go func() { // ends with the provider's shutdown, which ends with ctx
				err := p.Shutdown(ctx)
				if err != nil {
					err = fmt.Errorf("koine: %s: %w", signal, err)
				}
				done <- err
			}()
		}
	}
	errs := collect(ctx, s.abort, done, n)
	for _, a := range s.accounts {
		if lost := a.lost(); lost > 0 {
			errs = append(errs, fmt.Errorf("koine: %d of %d %s were lost (%d as the queue was full)", lost, lost+a.accepted.Load(), a.what, a.full.Load()))
		}
	}
	return errors.Join(errs...)
}

// collect waits for n results; when the context ends it ends the exports, waits a little for them
// and says why once, not for each export that it ended.
func collect(ctx context.Context, abort context.CancelFunc, done <-chan error, n int) (errs []error) {
	defer abort()
	end := ctx.Done()
	var last <-chan time.Time
	for n > 0 {
		select {
		case err := <-done:
			n--
			if why := context.Cause(ctx); why == nil || !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
				errs = append(errs, err)
			}
		case <-end:
			abort()
			end, last = nil, time.After(grace)
		case <-last:
			n = 0
		}
	}
	return append(errs, context.Cause(ctx))
}

var (
	errSilent = errors.New("koine: the collector took nothing for " + patience.String())
	errSlow   = errors.New("koine: the collector did not take everything in " + longest.String())
)

// giveUp ends a shutdown at its timeout, or without one when the collector is silent. What it
// returns stops it.
func giveUp(cancel context.CancelCauseFunc, timeout time.Duration) (stop func()) {
	if timeout > 0 {
		t := time.AfterFunc(timeout, func() { cancel(fmt.Errorf("koine: shutdown took longer than %v", timeout)) })
		return func() { t.Stop() }
	}
	begin := time.Now()
	stopped := make(chan struct{})
	go func() { // ends with stop
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case now := <-tick.C:
				if why := overdue(begin, time.Unix(0, lastAccepted.Load()), now); why != nil {
					cancel(why)
					return
				}
			}
		}
	}()
	return func() { close(stopped) }
}

// overdue says why a shutdown that began then is not to go on, nil if it is.
func overdue(begin, accepted, now time.Time) error {
	switch {
	case accepted.Before(begin) && now.Sub(begin) > patience, !accepted.Before(begin) && now.Sub(accepted) > patience:
		return errSilent
	case now.Sub(begin) > longest:
		return errSlow
	default:
		return nil
	}
}

// sayLost reports a shutdown's error where nobody else can.
func sayLost(local slog.Handler, err error) {
	if err != nil {
		slog.New(local).Error("koine: telemetry was lost", "error", err.Error())
	}
}
