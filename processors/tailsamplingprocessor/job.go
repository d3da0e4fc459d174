package tailsamplingprocessor

import (
	"unsafe"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

const (
	// jobSpans and jobBytes are where a batch is large enough for an exporter: its own costs are
	// spread over a thousand spans, and gRPC receivers take 4 MiB by default.
	jobSpans = 2048
	jobBytes = 1 << 20
	// giantSpans and giantBytes are where a trace is cut in parts. Smaller ones leave whole.
	giantSpans = 4 * jobSpans
	giantBytes = 3 << 20
)

// job is what is to be forwarded: traces that were kept, and where their spans lie.
type job struct {
	traces []keptTrace
	index  map[uint64]int32 // into traces, by the low half of the id
	spans  []block.Ref
	bytes  uint64 // in OTLP, about
}

// keptTrace is what a trace's spans get on their way out.
type keptTrace struct {
	low, high     uint64
	threshold     probability.Threshold
	randomness    probability.Randomness
	mark          uint64 // id of the span that says why; 0: none
	note          *note
	cause         cause
	hasRandomness bool
	erase         bool
	shared        bool // spans share ids, or did
	marked        bool
}

// note is what the marked span says. There are as many as policies.
type note struct{ policy, dryRun string }

// cause is what the marked span says of a trace's bottleneck.
type cause struct {
	span         uint64
	service      string
	operation    string
	self, excess float32 // seconds
	pattern      bottleneck.Pattern
	known        bool
}

// What a job takes for a span and for a trace, the latter with the index.
const (
	jobSpanSize  = int64(unsafe.Sizeof(block.Ref{}))
	jobTraceSize = int64(unsafe.Sizeof(keptTrace{})) + 40
)

func newJob() *job { return &job{index: map[uint64]int32{}} }

// addTrace makes room for the spans of a trace. It says false where the job is full, or has
// another trace with the same low half.
func (j *job) addTrace(k keptTrace) bool {
	if i, ok := j.index[k.low]; ok {
		t := &j.traces[i]
		if t.high != k.high && t.high != 0 && k.high != 0 {
			return false
		}
		t.high = max(t.high, k.high)
		t.shared = t.shared || k.shared
		return true
	}
	if j.isFull() {
		return false
	}
	j.index[k.low] = int32(len(j.traces))
	j.traces = append(j.traces, k)
	return true
}

func (j *job) add(ref block.Ref, size uint64) {
	j.spans = append(j.spans, ref)
	j.bytes += size
}

// size is the memory that it takes, about.
func (j *job) size() int64 {
	return int64(cap(j.spans))*jobSpanSize + int64(cap(j.traces))*jobTraceSize
}

func (j *job) isFull() bool  { return len(j.spans) >= jobSpans || j.bytes >= jobBytes }
func (j *job) isGiant() bool { return len(j.spans) >= giantSpans || j.bytes >= giantBytes }
