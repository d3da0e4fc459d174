package tailsamplingprocessor

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/spans/probability"
)

// trace is one that waits for its decision, without a pointer.
type trace struct {
	low, high   uint64 // halves of its id; high is 0 as long as only the short form came
	arrived     int64  // when its first span came, ns on the clock of the engine
	until       int64  // how long it waits for open spans at the most; 0: it does not
	awaited     uint64 // the operation whose parent it waits for then
	due         int64  // when it is to be decided, in ticks
	bytes       uint64 // in OTLP
	start, end  uint64 // least start (none is 0) and greatest end, unix ns
	threshold   probability.Threshold
	randomness  probability.Randomness
	service     uint64 // hash: the root's, or the first span's as long as there is no root
	spans       uint32
	first, last uint32 // records
	sibling     uint32 // another trace with the same low half
	slot        links  // in the wheel
	age         links  // from the oldest to the newest
	flags       traceFlags
	generation  uint32 // of the policies that its facts are of
	_           uint32
}

// links are places in a doubly linked list of traces, 0 being none.
type links struct{ prev, next uint32 }

type traceFlags uint32

const (
	hasRoot traceFlags = 1 << iota
	debugTrace
	sharedTrace
	hasThreshold
	hasRandomness
	// hastened: its decision was brought forward because its root is there.
	hastened
	// parked: it waits for its round, and is not in the wheel.
	parked
	// unnumbered: it began before anything was analysed, and its operations are hashes.
	unnumbered
	// counted: what it says of what is normal was handed over.
	counted
	// idSeen: its id was taken into the test of its service's ids.
	idSeen
)

func (t *trace) id() pcommon.TraceID { return traceID(t.high, t.low) }

func traceID(high, low uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[:8], high)
	binary.BigEndian.PutUint64(id[8:], low)
	return id
}

func (t *trace) state() probability.State {
	return probability.State{
		Threshold: t.threshold, HasThreshold: t.flags&hasThreshold != 0,
		Randomness: t.randomness, HasRandomness: t.flags&hasRandomness != 0,
	}
}

// fragment is what one request has of a trace.
type fragment struct {
	low, high  uint64
	bytes      uint64
	start, end uint64
	threshold  probability.Threshold
	randomness probability.Randomness
	service    uint64
	spans      uint32
	flags      traceFlags
	// Of the walk through the request: the resource whose facts are in, and the scope whose
	// bytes are.
	resource, scope int32
	_               uint32
}

// add takes what a fragment says of the whole trace.
func (t *trace) add(f *fragment) {
	if t.high == 0 {
		t.high = f.high
	}
	t.bytes += f.bytes
	t.spans += f.spans
	if f.start != 0 && (t.start == 0 || f.start < t.start) {
		t.start = f.start
	}
	t.end = max(t.end, f.end)
	if f.flags&hasThreshold != 0 && (t.flags&hasThreshold == 0 || f.threshold < t.threshold) {
		t.threshold = f.threshold
	}
	if t.flags&hasRandomness == 0 {
		t.randomness = f.randomness
	}
	if t.service == 0 || t.flags&hasRoot == 0 && f.flags&hasRoot != 0 {
		t.service = f.service
	}
	t.flags |= f.flags
}

// traces are one shard's, with the facts of its policies beside them.
type traces struct {
	slab[trace]
	words int
	facts [][]uint64 // by the slab's pages
}

func newTraces() *traces { return &traces{slab: *newSlab[trace]()} }

func (ts *traces) factsOf(i uint32) []uint64 {
	from := int(i&(pageLen-1)) * ts.words
	return ts.facts[i>>slotBits][from : from+ts.words : from+ts.words]
}

// add gives a place for a trace, zeroed.
func (ts *traces) add() (uint32, error) {
	i, err := ts.slab.add()
	if err != nil {
		return 0, err
	}
	page := int(i >> slotBits)
	for len(ts.facts) <= page {
		ts.facts = append(ts.facts, nil)
	}
	if ts.facts[page] == nil {
		ts.facts[page] = make([]uint64, ts.words*pageLen)
		ts.held += ts.factsSize()
	}
	*ts.at(i) = trace{}
	clear(ts.factsOf(i))
	return i, nil
}

func (ts *traces) remove(i uint32) {
	ts.slab.remove(i)
	if page := i >> slotBits; ts.pages[page].elements == nil {
		ts.facts[page] = nil
		ts.held -= ts.factsSize()
	}
}

func (ts *traces) factsSize() int64 { return int64(8 * ts.words * pageLen) }

// setWords makes room for another number of facts; all are lost.
func (ts *traces) setWords(words int) {
	before := ts.factsSize()
	ts.words = words
	for i := range ts.facts {
		if ts.facts[i] != nil {
			ts.facts[i] = make([]uint64, words*pageLen)
			ts.held += ts.factsSize() - before
		}
	}
}
