package telemetry

import (
	"sync/atomic"
	"time"
)

// activity ends something when nothing came for a time.
type activity struct {
	limit time.Duration
	last  atomic.Int64 // ns since begun
	begun time.Time
	timer *time.Timer
	stop  func()
}

// newActivity counts from now. Without a limit it never ends anything.
func newActivity(limit time.Duration, stop func()) *activity {
	a := &activity{limit: limit, begun: time.Now(), stop: stop}
	if limit > 0 {
		a.timer = time.AfterFunc(limit, a.check)
	}
	return a
}

// note tells that something came: a store, as it is called for every request.
func (a *activity) note() { a.last.Store(int64(time.Since(a.begun))) }

// quiet is for how long nothing came.
func (a *activity) quiet() time.Duration { return time.Since(a.begun) - time.Duration(a.last.Load()) }

func (a *activity) check() {
	if left := a.limit - a.quiet(); left > 0 {
		a.timer.Reset(left)
		return
	}
	a.stop()
}

func (a *activity) end() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
