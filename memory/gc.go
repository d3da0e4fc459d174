package memory

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Govern sets the runtime's memory limit and starts the heap floor, unless the user
// decided with GOGC or GOMEMLIMIT: then it changes nothing. It returns a function
// that puts the former settings back.
func (b Budget) Govern(getenv func(string) string) (restore func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	limit := debug.SetMemoryLimit(b.GoLimit())
	stop := keepFloor(b.HeapFloor())
	return func() {
		stop()
		debug.SetMemoryLimit(limit)
	}
}

// keepFloor makes the heap's goal max(2 × live, floor) instead of Go's 2 × live: it
// sets the GC percentage anew at the end of each cycle from the live heap of that
// cycle. A ballast would do the same but counts against the memory limit.
func keepFloor(floor int64) (stop func()) {
	f := &heapFloor{bytes: float64(floor), percent: 100}
	f.adjust()
	f.watch()
	return func() {
		f.stopped.Store(true)
		debug.SetGCPercent(100)
	}
}

// heapFloor is owned by the runtime's finalizer goroutine once watch was called;
// only stopped is shared.
type heapFloor struct {
	bytes   float64
	percent int
	stopped atomic.Bool
}

// watch calls adjust after each cycle: an unreachable object's finalizer runs once
// after the cycle that found it unreachable, and sets out the next object.
func (f *heapFloor) watch() {
	type sentinel struct{ _ *heapFloor } // a pointer keeps it out of the tiny allocator
	runtime.SetFinalizer(&sentinel{f}, func(*sentinel) {
		if f.stopped.Load() {
			return
		}
		f.adjust()
		f.watch()
	})
}

func (f *heapFloor) adjust() {
	samples := [...]metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}
	metrics.Read(samples[:])
	live := float64(samples[0].Value.Uint64())
	roots := float64(samples[1].Value.Uint64() + samples[2].Value.Uint64())
	percent := gcPercent(live, roots, f.bytes)
	// SetGCPercent stops the world for some ten µs: not for a small correction.
	if diff := percent - f.percent; diff > f.percent/10 || -diff > f.percent/10 || (percent == 100 && diff != 0) {
		f.percent = percent
		debug.SetGCPercent(percent)
	}
}

// minHeap is what the runtime multiplies by percent/100 to get the least goal that
// it will set, however small the live heap is.
const minHeap = 4 * mib

// gcPercent solves the runtime's goal = live + (live + roots) × percent/100 (the
// garbage collector guide, "GOGC") for the goal max(2 × live + roots, floor).
func gcPercent(live, roots, floor float64) int {
	percent := (floor - live) * 100 / max(live+roots, 1)
	return int(max(100, min(percent, floor*100/minHeap)))
}
