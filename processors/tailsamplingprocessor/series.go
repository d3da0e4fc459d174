package tailsamplingprocessor

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/spans/baseline"
)

// seriesTable gives operations their series. The first that come have their own; the others are
// summed up in one of their service, and where there is none left for that, in one of all. Those
// that were quiet for an hour make room for others.
type seriesTable struct {
	baseline   *baseline.Baseline
	all        []series // the first is that of all others
	unused     []uint32
	byHash     map[uint64]uint32
	own, rest  int // series of operations, and of services' others, that may yet be given
	refused    bool
	places     [][]uint32 // by operation: its series + 1, by pages
	evicted    uint64     // of the baseline, when the places were right
	shown      *atomic.Pointer[[]shownOperation]
	shownStale bool
}

// series are two of each metric: of normal traces and of slow ones.
type series struct {
	operation baseline.Operation // Other where it is of several, or the operation is gone
	identity  baseline.Identity
	hash      uint64 // 0: not in use, or the first
	others    bool
	seen      int64 // when it was last published, ns on the engine's clock
	options   [2][]metric.AddOption
	exemplars [2]exemplar
}

const (
	// mostSeries bounds those of a metric, in the whole process: the SDK has 2,000, of which one is
	// for what exceeds them.
	mostSeries = 1998
	// defaultSeries leave as many for operations that come later.
	defaultSeries = 1000
	// othersShare is the part of the series that is for services' other operations.
	othersShare = 4
	// quietSeries is for how long a series may be quiet until another operation may have it.
	quietSeries = int64(time.Hour)

	other = "other"

	placeBits = 10
	placeLen  = 1 << placeBits
)

func newSeriesTable(b *baseline.Baseline, maxSeries int, shown *atomic.Pointer[[]shownOperation]) seriesTable {
	n := max(1, maxSeries/2)
	rest := max(1, n/othersShare)
	t := seriesTable{
		baseline: b, all: make([]series, n), byHash: map[uint64]uint32{},
		own: n - rest, rest: rest - 1, evicted: b.Stats().Evicted, shown: shown,
	}
	for i := n - 1; i > 0; i-- {
		t.unused = append(t.unused, uint32(i))
	}
	t.all[0] = newSeries(baseline.Identity{Service: other}, true)
	return t
}

// place gives an operation's series.
func (t *seriesTable) place(op baseline.Operation) uint32 {
	if page := int(op >> placeBits); page < len(t.places) && t.places[page] != nil {
		if n := t.places[page][op%placeLen]; n != 0 {
			return n - 1
		}
	}
	n := t.find(op)
	t.put(op, n)
	return n
}

func (t *seriesTable) put(op baseline.Operation, n uint32) {
	page := int(op >> placeBits)
	for len(t.places) <= page {
		t.places = append(t.places, nil)
	}
	if t.places[page] == nil {
		t.places[page] = make([]uint32, placeLen)
	}
	t.places[page][op%placeLen] = n + 1
}

// find gives the series of an operation that has no place, making it if there is room.
func (t *seriesTable) find(op baseline.Operation) uint32 {
	id := t.baseline.Identity(op)
	if id == (baseline.Identity{}) {
		return 0
	}
	of := baseline.Identity{Environment: id.Environment, Namespace: id.Namespace, Service: id.Service}
	if id != of {
		if n, ok := t.get(id, false, &t.own); ok {
			t.all[n].operation, t.shownStale = op, true
			return n
		}
	}
	n, _ := t.get(of, true, &t.rest)
	return n
}

// get gives the series with an identity, or takes one of those left; or that of all others.
func (t *seriesTable) get(id baseline.Identity, others bool, left *int) (n uint32, ok bool) {
	hash := id.Hash()
	if n, ok := t.byHash[hash]; ok {
		return n, true
	}
	if *left == 0 || !given.take(hash) {
		t.refused = true
		return 0, false
	}
	*left--
	n = t.unused[len(t.unused)-1]
	t.unused = t.unused[:len(t.unused)-1]
	t.all[n] = newSeries(id, others)
	t.all[n].hash = hash
	t.byHash[hash] = n
	return n, true
}

// follow finds out which numbers of operations are others' now. It is to be called after each of
// the baseline's ticks, which alone takes numbers away.
func (t *seriesTable) follow() {
	if evicted := t.baseline.Stats().Evicted; evicted != t.evicted {
		t.evicted = evicted
		t.rebuild()
	}
	if t.shownStale {
		t.shownStale = false
		t.show()
	}
}

// rebuild leaves only those places that are certain. The others are found again when they are
// needed.
func (t *seriesTable) rebuild() {
	for _, page := range t.places {
		clear(page)
	}
	for n := range t.all {
		s := &t.all[n]
		if s.operation == baseline.Other {
			continue
		}
		if t.baseline.Identity(s.operation) == s.identity {
			t.put(s.operation, uint32(n))
		} else {
			s.operation, t.shownStale = baseline.Other, true
		}
	}
}

// expire takes back series of what was quiet for long, if others want them and the SDK has room.
// All was published just now.
func (t *seriesTable) expire(now int64) {
	if !t.refused || given.spent() {
		return
	}
	before := len(t.unused)
	for n := range t.all {
		s := &t.all[n]
		if s.hash == 0 || now-s.seen < quietSeries {
			continue
		}
		if s.others {
			t.rest++
		} else {
			t.own++
		}
		delete(t.byHash, s.hash)
		*s = series{}
		t.unused = append(t.unused, uint32(n))
	}
	if len(t.unused) > before {
		t.refused, t.shownStale = false, true // who is still refused says so again
		t.rebuild()
	}
}

// size is about the memory that the table takes, with the SDK's for its series.
func (t *seriesTable) size() int64 {
	const (
		attributes = 1024
		counters   = 4 * 2 // normal and slow
		counter    = 350
		exemplar   = 144 // of which a counter has room for as many as Go runs at a time
	)
	inUse := int64(attributes + counters*(counter+exemplar*runtime.GOMAXPROCS(0)))
	size := int64(len(t.all))*int64(unsafe.Sizeof(series{})+unsafe.Sizeof([2]total{})) + int64(1+len(t.byHash))*inUse
	for _, page := range t.places {
		size += int64(4 * len(page))
	}
	return size
}

func newSeries(id baseline.Identity, others bool) series {
	s := series{identity: id, others: others}
	attrs := s.attributes()
	for i, name := range [...]string{"normal", "slow"} {
		s.options[i] = []metric.AddOption{withAttribute(attrs, attribute.String("koine.pace", name))}
	}
	return s
}
