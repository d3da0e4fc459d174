// Package quality tells how well samplers of whole traces find bottlenecks, at the same
// budget of spans and on the same traffic, whose truth is known.
package quality

import (
	"time"

	"github.com/koine-otel/koine/tracegen"
)

// A Sampler decides on whole traces.
type Sampler interface {
	// Offer is called for every trace, in the order in which they are decided on. The
	// trace may be kept in memory and is not to be changed.
	Offer(*Trace)
	// Close decides on all that is left.
	Close()
}

// Keep is how a Sampler tells what it keeps: a trace by its Index, once, in any order, at
// any time until Close returns. The probability is the trace's of being kept, more than 0
// and at most 1, or NaN from a sampler that cannot tell. The bottleneck is what the
// sampler takes for one, if it says.
type Keep func(index int, probability float64, bottleneck Named)

// Named is an operation: a service's name and a span's. The zero Named is none.
type Named struct{ Service, Operation string }

// An Entry is a sampler in the comparison. New returns one that keeps about the share
// budget of the spans that it is offered.
type Entry struct {
	Name string
	New  func(budget float64, keep Keep) Sampler
}

// Rounds is what a Sampler has that decides at certain times on all traces since the last.
type Rounds interface {
	// Round is from one to the next, a whole number of seconds.
	Round() time.Duration
}

// A Trace is what a sampler knows of a request when it decides. Label, Batch and WarmUp
// are the truth: only a sampler that is an oracle looks at them.
type Trace struct {
	Index int
	ID    tracegen.TraceID
	At    time.Time
	// Spans begins with the root; it has neither lost nor late ones, nor attributes.
	Spans []tracegen.Span
	// Services is what Span.Service indexes.
	Services []tracegen.Service
	// Entry indexes Services; Route is what was asked of it.
	Entry int
	Route string

	Label *tracegen.Label
	Batch bool
	// WarmUp: it is there to learn from, and not in any figure.
	WarmUp bool
}

// uniform is a number in (0, 1] that the trace's id gives, the same for every sampler:
// a trace is kept with probability p where it is at most p. It is of the id's last seven
// bytes, which are random in ids of 64 bits too.
func (t *Trace) uniform() float64 {
	n := uint64(0)
	for _, b := range t.ID[9:] {
		n = n<<8 | uint64(b)
	}
	return 1 - float64(n)/(1<<56)
}
