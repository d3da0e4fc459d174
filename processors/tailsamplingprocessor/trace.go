package tailsamplingprocessor

import (
	"encoding/binary"
	"unsafe"

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
)

const traceSize = int(unsafe.Sizeof(trace{}))

// traceOverhead is what the shard's map takes for a trace beside it, about.
const traceOverhead = 32

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

const (
	tracePageBits = 8
	tracePageLen  = 1 << tracePageBits
)

// traces are one shard's, with the facts of its policies beside them. 0 is no trace.
type traces struct {
	pages  []*[tracePageLen]trace
	facts  [][]uint64
	words  int
	unused []uint32
	len    uint32 // places given out so far
}

func newTraces(words int) *traces {
	ts := &traces{words: words}
	ts.grow()
	ts.len = 1
	return ts
}

func (ts *traces) grow() {
	ts.pages = append(ts.pages, new([tracePageLen]trace))
	ts.facts = append(ts.facts, make([]uint64, ts.words*tracePageLen))
}

func (ts *traces) at(i uint32) *trace { return &ts.pages[i>>tracePageBits][i&(tracePageLen-1)] }

func (ts *traces) factsOf(i uint32) []uint64 {
	from := int(i&(tracePageLen-1)) * ts.words
	return ts.facts[i>>tracePageBits][from : from+ts.words : from+ts.words]
}

// add gives a place for a trace, zeroed.
func (ts *traces) add() uint32 {
	var i uint32
	if last := len(ts.unused) - 1; last >= 0 {
		i, ts.unused = ts.unused[last], ts.unused[:last]
	} else {
		if i = ts.len; int(i>>tracePageBits) == len(ts.pages) {
			ts.grow()
		}
		ts.len++
	}
	*ts.at(i) = trace{}
	clear(ts.factsOf(i))
	return i
}

func (ts *traces) remove(i uint32) { ts.unused = append(ts.unused, i) }

// setWords makes room for another number of facts; all are lost.
func (ts *traces) setWords(words int) {
	ts.words = words
	for i := range ts.facts {
		ts.facts[i] = make([]uint64, words*tracePageLen)
	}
}
