package resourcedetectionprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// outcome is what one run of a detector gave.
type outcome struct {
	attributes pcommon.Map
	schemaURL  string
	err        error
	took       time.Duration
}

// detectorRuns is a detector with at most one run of it under way, and what is known from
// the runs that ended.
type detectorRuns struct {
	namedDetector
	pending chan outcome // of the run under way; nil if there is none
	began   time.Time
	known   outcome
	whole   bool // known comes from a run without an error
}

// begin starts a run, unless one of an earlier detection, which did not heed its
// deadline, still is under way: then its result will do, and there never is more than one
// goroutine a detector.
func (r *detectorRuns) begin(ctx context.Context, running *sync.WaitGroup) {
	if r.pending != nil {
		return
	}
	pending := make(chan outcome, 1)
	r.pending, r.began = pending, time.Now()
	detector, began := r.detector, r.began
	// The goroutine `detect` ends with its detector, which ctx tells to.
	running.Go(func() {
		res, schemaURL, err := detector.Detect(ctx)
		pending <- outcome{res.Attributes(), schemaURL, err, time.Since(began)}
	})
}

// end waits for the run to end, or for ctx.
func (r *detectorRuns) end(ctx context.Context) outcome {
	select {
	case o := <-r.pending:
		r.pending = nil
		return o
	case <-ctx.Done():
	}
	// Both may have been ready.
	select {
	case o := <-r.pending:
		r.pending = nil
		return o
	default:
		return outcome{
			attributes: pcommon.NewMap(),
			err:        fmt.Errorf("no answer in time: %w", ctx.Err()),
			took:       time.Since(r.began),
		}
	}
}

// learn takes an outcome in and returns what is known now: what the last run without an
// error found; before there was one, what the others could.
func (r *detectorRuns) learn(o outcome) outcome {
	switch {
	case o.err == nil:
		r.known, r.whole = o, true
	case !r.whole && o.attributes.Len() > 0:
		r.known = o
	}
	return r.known
}
