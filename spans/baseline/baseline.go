// Package baseline knows what is normal, so that a sampler can tell a slow operation from one
// that always takes long. It is learned from whole traces, before any of them is chosen.
//
// By operation (environment, service namespace, service name, span name, kind) it knows the
// total duration, the critical self time and the number of children; by call site (entry
// operation, parent operation, operation) the number of calls in a trace and the sum of their
// time, because an N+1 is made of calls that are each normal.
//
// Each of these quantities is a log-linear histogram of 16-bit counts, four buckets an octave,
// that forgets by half within LongHalfLife. A busy one counts one observation in 2^k, with the
// k that its counts have room for, so that it remembers as long as a quiet one. A quiet one
// forgets no more than leaves it floorWeight observations, however old: a job that runs once
// a night has a norm too. Readers see three quantiles of it, packed into one word that the
// learner writes.
//
// What has just happened must not become normal while it is an incident. The short memory is
// one number, an alarm, that rises with each observation well above the histogram's P90 and
// falls with every other: where more than two in five lie there it climbs, and as soon as it
// stands for a share of the histogram that would be felt in its P99, the histogram is frozen:
// nothing is learned, nothing forgotten. (Counts of the last minute, decayed by time, would
// need 36 seconds of an incident to show it, and a rare operation would never have enough of
// them. The alarm takes 20 observations of the rare one and ShortHalfLife/6 of the busy one.)
// The histogram thaws when the alarm has gone back to nothing, or when MaxFreeze is over: then
// it keeps no more of what it knew than can be outweighed by the next observations. A slow
// drift raises no alarm, and being faster than usual is no incident: both are just learned.
//
// Memory is bounded: MaxOperations, of which one service may have an eighth, and MaxSites. An
// operation without room is known as its service's own entry, which learns from all of the
// service's operations and answers for those that are not known well enough. Numbers are given
// free by Tick alone, when nobody has interned the operation for quietTime.
//
// Intern and all reading may be done by many goroutines. Learn, Tick, WriteTo and ReadFrom
// belong to one at a time, which may run beside those.
package baseline

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Options bound a Baseline. A zero field is its default.
type Options struct {
	MaxOperations int           // services' own entries among them; 100,000, and never above 2^24 - 1
	MaxSites      int           // as many as MaxOperations, and never above 2^24 - 1
	ShortHalfLife time.Duration // how long a change may go on before it is an incident: 1m
	LongHalfLife  time.Duration // of what is learned, in time in which it learns: 1h
	MaxFreeze     time.Duration // after so long an incident is the new normal: 6h
}

const (
	// defaultOperations and as many sites take 64 MiB. A fleet of a few hundred
	// services has some ten thousand operations.
	defaultOperations = 100_000
	defaultShort      = time.Minute
	defaultLong       = time.Hour
	// defaultFreeze is longer than most incidents, and short enough that a deployment in the
	// morning is normal by the evening.
	defaultFreeze = 6 * time.Hour
)

// Baseline is what is normal.
type Baseline struct {
	learner learner // the learning goroutine's

	operations index
	infos      pages[info]
	memories   pages[memory] // the learning goroutine's, but for memory.service
	seed       [2]uint64     // keeps senders from making names or sites that fall on one slot

	full           atomic.Bool // no number is free; Tick alone frees one
	overflowed     atomic.Uint64
	mu             sync.RWMutex // guards what follows, and writing to the index operations
	names          pages[string]
	services       map[Operation]*service
	unused         []Operation // numbers that can be given again
	fresh          Operation   // the first number that was never given
	live, nameSize int
	max, perOwner  int

	sites siteTable
	sweep sweep
	stats learnerStats
}

// New gives an empty Baseline. Its indices are allocated at once (4 MiB by default), the rest
// as it is needed.
func New(o Options) *Baseline {
	operations := bounded(o.MaxOperations, defaultOperations)
	sites := bounded(o.MaxSites, operations)
	b := &Baseline{
		learner:    newLearner(positive(o.ShortHalfLife, defaultShort), positive(o.LongHalfLife, defaultLong), positive(o.MaxFreeze, defaultFreeze)),
		operations: newIndex(operations),
		infos:      newPages[info](operations),
		memories:   newPages[memory](operations),
		names:      newPages[string](operations),
		seed:       [2]uint64{rand.Uint64(), rand.Uint64() | 1},
		services:   map[Operation]*service{},
		fresh:      1,
		max:        operations,
		perOwner:   max(minPerService, operations/serviceShare),
		sites:      newSiteTable(sites),
	}
	b.learner.frozen = &b.stats.frozen
	b.infos.make(0) // so that Other can be asked for
	return b
}

func bounded(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return min(n, numberMask)
}

func positive(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Close is there for when memory outside the heap is used: today none is.
func (b *Baseline) Close() {}

// Stats are counts since New, unless they say "now".
type Stats struct {
	Operations   int    // now, services' own entries among them
	Services     int    // now
	Sites        int    // now
	Frozen       int    // quantities that are frozen now: an operation has three, a site two
	Froze        uint64 // how often one froze
	GaveIn       uint64 // how often one was frozen for MaxFreeze
	Evicted      uint64 // operations that made room
	EvictedSites uint64
	Overflowed   uint64 // calls of Intern that gave the service's own entry, or Other, for want of room
	RefusedSites uint64 // observations of a new site for which there was no room
}

// learnerStats are written by the learning goroutine and read by any.
type learnerStats struct {
	frozen                        freezes
	sites                         atomic.Int64
	evicted, evictedSites, refuse atomic.Uint64
}

// Stats may be called by any goroutine.
func (b *Baseline) Stats() Stats {
	b.mu.RLock()
	operations, services := b.live, len(b.services)
	b.mu.RUnlock()
	return Stats{
		Operations: operations, Services: services, Sites: int(b.stats.sites.Load()),
		Frozen: int(b.stats.frozen.now.Load()), Froze: b.stats.frozen.entered.Load(), GaveIn: b.stats.frozen.gaveIn.Load(),
		Evicted: b.stats.evicted.Load(), EvictedSites: b.stats.evictedSites.Load(),
		Overflowed: b.overflowed.Load(), RefusedSites: b.stats.refuse.Load(),
	}
}

// Bytes is about the memory that it takes. Any goroutine may call it.
func (b *Baseline) Bytes() int64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	// serviceBytes is a service's entry with its place in the map.
	const serviceBytes = int(unsafe.Sizeof(service{})) + 32
	return int64(b.operations.size()+b.infos.size()+b.memories.size()+b.names.size()+b.sites.size()) +
		int64(b.nameSize+len(b.services)*serviceBytes+cap(b.unused)*4)
}
