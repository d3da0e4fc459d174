package criticalpath

import (
	"slices"

	"github.com/koine-otel/koine/spans/reuse"
)

// DefaultTolerance is a hundredth of the parent's time, as CRISP has it.
const DefaultTolerance = 0.01

// Analyzer finds critical paths, of one trace after the other. It is not safe for concurrent
// use. Its zero value is ready and has no tolerance; between traces it keeps some memory.
type Analyzer struct {
	// Tolerance is how far siblings may overlap and still be one after the other, as a share
	// of their parent's duration on the path. 0 or less is none, 1 or more is all of it.
	Tolerance float64
	// Strict does as Jaeger's UI, for comparison: no tolerance and no shift; a sibling that
	// ends exactly when the next begins is not before it; and only real roots have a path.
	Strict bool

	trace Trace
	scratch
}

// scratch is what is of no use after a trace but its memory.
type scratch struct {
	ids         table   // by span id: the span that has it, for its children
	servers     table   // by client and service: the server that has the client's children
	clocks      table   // by clock: the nearest span on the way up that is the first of its clock
	walks       []int32 // by span: the walk to the root that came by first
	first, next []int32 // by span: its first child's index + 1, its next sibling's; 0 is none
	before      []int32 // by span: what clocks had in place of it
	roots       []root
	stack       []frame
	candidates  []candidate // of the frames on the stack, one after the other
	dealt       []candidate // scratch of sort
	buckets     []int32
	skewed      bool // there are several clocks
}

// NewAnalyzer gives an analyzer with the default tolerance.
func NewAnalyzer() *Analyzer { return &Analyzer{Tolerance: DefaultTolerance} }

// keptSpans is the longest trace whose scratch is kept: at most 450 B a span, 3.5 MiB.
// Nearly all traces are shorter by far; for longer ones, allocating is not what costs.
const keptSpans = 1 << 13

// Analyze finds the critical path of every root among the spans of one trace. Any input has
// a result. It is valid until the next call, and takes time in proportion to the spans,
// and to sort siblings and roots. Once there has been a trace as large, it allocates nothing.
func (a *Analyzer) Analyze(spans []Span) *Trace {
	a.reset(len(spans))
	a.findParents(spans)
	a.breakCycles(spans)
	a.link()
	a.place(spans)
	a.findRoots()
	a.findPaths(spans)
	if len(spans) > keptSpans {
		return a.release()
	}
	return &a.trace
}

func (a *Analyzer) reset(n int) {
	t := &a.trace
	t.Parents = reuse.Zeroed(t.Parents, n)
	t.Children = reuse.Zeroed(t.Children, n)
	t.Marks = reuse.Zeroed(t.Marks, n)
	t.Start = reuse.Zeroed(t.Start, n)
	t.End = reuse.Zeroed(t.End, n)
	t.Shift = reuse.Zeroed(t.Shift, n)
	t.Self = reuse.Zeroed(t.Self, n)
	t.Order = slices.Grow(t.Order[:0], n)
	t.Sections = slices.Grow(t.Sections[:0], n)
	t.Waits = t.Waits[:0]
}

// release hands the result over, and keeps nothing.
func (a *Analyzer) release() *Trace {
	t := a.trace
	*a = Analyzer{Tolerance: a.Tolerance, Strict: a.Strict}
	return &t
}

// roomy doubles a full slice: append alone copies a long one five times until it has its
// length.
func roomy[T any](s []T) []T {
	if len(s) == cap(s) {
		return slices.Grow(s, max(16, len(s)))
	}
	return s
}
