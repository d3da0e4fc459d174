// Package bottleneck says where a trace spent more time than usual, and chooses the traces that
// show it within a budget.
//
// A Judge looks at one whole trace: its critical path (spans/criticalpath) against what is normal
// for its operations (spans/baseline). What it finds is the span, or the calls of one kind from
// one place, whose time on the path exceeds the normal by the most, in two respects:
//
//   - surprise: -log10 of the share of earlier observations that were as long, or as many;
//   - stake: how much longer the request became by it, in relation to what is normal for it.
//
// The score is the sum of the surprise and log10 of the stake: an operation that always takes
// long is no surprise, and a surprise of a microsecond has no stake.
//
// A Chooser takes the candidates of a round, a second or so, and gives each its probability: by
// the score, by how rare its error, its operations and its path are, and a floor for what is
// normal. It is consistent priority sampling (Duffield, Lund and Thorup, Priority sampling for
// estimation of arbitrary subset sums, 2007) over OpenTelemetry's randomness: the priority of a
// trace is its weight divided by how far its randomness is from the greatest. The traces of the
// highest priorities are kept until the budget is spent; the first for which it does not last is
// the bar. A trace of weight w was kept with probability w/bar, whatever the weights are, but not
// less than the share of what is normal, which is above any bar; and that is stated as its
// threshold.
package bottleneck

import (
	"math"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
)

// Trace is what is judged. Its slices are by span.
type Trace struct {
	Spans      []criticalpath.Span
	Operations []baseline.Operation
	// Errors are 0, or 1 and more for spans that failed: the numbers of the caller's error types.
	Errors []uint16
}

// Reset makes room for the spans of another trace.
func (t *Trace) Reset() {
	t.Spans, t.Operations, t.Errors = t.Spans[:0], t.Operations[:0], t.Errors[:0]
}

// Add adds a span.
func (t *Trace) Add(span criticalpath.Span, operation baseline.Operation, err uint16) {
	t.Spans, t.Operations, t.Errors = append(t.Spans, span), append(t.Operations, operation), append(t.Errors, err)
}

// Finding is where a trace's time went.
type Finding struct {
	// Span is the bottleneck: the span, or the longest of the calls, whose time on the path is
	// most above the normal. -1 if nothing has a duration.
	Span int32
	// Operation is the span's.
	Operation baseline.Operation
	// Pattern explains it, if it is unusual.
	Pattern Pattern
	// Self is its time on the critical path, of several calls their sum, in seconds.
	Self float64
	// Excess is how much of that is above normal, in seconds. 0 if nothing is known of it.
	Excess float64
	// Surprise is -log10 of about how often as much is seen.
	Surprise float64
	// Score is the surprise and log10 of the stake. 0 or less is nothing unusual.
	Score float64
	// Cause stands for the operation and the pattern.
	Cause uint64
	// Entry is the operation of the root, or of what comes first where there is none.
	Entry baseline.Operation
	// Error stands for what failed first: the operation and the type of its error. 0: nothing.
	Error uint64
	// Path stands for which operations call which, however often.
	Path uint64
	// Whole is whether the trace has its root and no span that lacks its parent: whether it is
	// worth learning from.
	Whole bool
	// Long is whether the entry took longer than 99 of 100 do.
	Long bool
}

// Nothing is the finding of a trace of which nothing is known.
func Nothing() Finding { return Finding{Span: -1, Score: math.Inf(-1)} }

// Unusual is whether the trace shows what one of a hundred traces does, at the most.
func (f *Finding) Unusual() bool { return f.Pattern != None }

// Slow is whether the trace counts as slow: it took long, or shows something unusual.
func (f *Finding) Slow() bool { return f.Long || f.Unusual() }

// Pattern is a way in which time gets lost.
type Pattern uint8

// The patterns, with their names as on telemetry.
const (
	None     Pattern = iota
	Slow             // one call took longer than usual
	Repeated         // one operation called another more often than usual, one call after the other
	Retry            // the same, because calls failed
	FanOut           // the same, at the same time
	Queue            // between a producer and its consumer, or a client and its server
	Gap              // in a span that calls others, outside of these calls
)

var patternNames = [...]string{"", "slow", "repeated", "retry", "fan_out", "queue", "gap"}

func (p Pattern) String() string { return patternNames[p] }
