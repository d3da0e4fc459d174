// Package criticalpath says which span a trace's time was spent in: of everything that ran
// side by side, what the rest was waiting for. Had it taken less time, the trace would have.
//
// The path of a root is found from its end backwards. A span's time, as far as it is on the
// path, is that of the child that finished last; from where that child began, it is that of
// the child that finished last before then; and so on. What no child has is the span's own.
// The same is done within each child. So the sections of a root follow one another without
// a gap or an overlap from its start to its end, and their sum is its duration, exactly.
//
// A child counts within its parent only, or rather within the part of it that is on the path:
// what it did before or after is cut off. Of two children that end together, the one
// that began later is taken. A child may end a little after the next one began, by a share
// of the parent's time (Analyzer.Tolerance): clocks are read with delay and rounded. What they
// share is then the next one's. A span of no duration has no part in anything.
//
// Not everything that has a parent is waited for. A consumer of a producer's message, and a
// child that began when its parent had ended, are roots of their own, and so is a span whose
// parent is not there. Spans that are each other's parents are parted at the earliest
// (by start, id, place in the list). Links are not looked at.
//
// Clocks of different hosts disagree. A span whose clock is not its parent's takes the shift
// of the nearest ancestor that has its clock; if there is none, it is compared with its
// parent, which is placed already:
//
//   - It lies within the parent: it stays.
//   - It is a call's other side (a server's, or of a kind not known, below a client's) or begins
//     before its parent, which only clocks can do: it is moved to the parent's middle if it is
//     no longer than the parent; else, if it begins before, its start is moved to the parent's.
//   - Anything else may be work that nobody waits for, and stays.
//
// Spans below it that have its clock move with it. Times stay between 0 and 2^64-1, and a
// distance of 2^63 ns or more is no skew.
//
// By Zipkin's custom a server's span may have its client's id (Span.Shared). It is the child of
// the span of that id, whatever parent it names; if there is none, of its parent, as others.
// The client's children that are of the server's service are the server's; of several
// servers of one client and service, the earliest's. A parent of another id is taken for a
// client if it says so, or is of another service. What shares without saying so is a duplicate.
package criticalpath

import "github.com/koine-otel/koine/spans/tree"

// Span is what the path needs of a span. Times are in ns since 1970.
type Span struct {
	ID, Parent uint64 // Parent is 0 for a root; a span whose ID is 0 is no one's parent
	Start, End uint64
	Service    uint32 // who recorded it
	Clock      uint32 // whose clock: spans of different clocks may be skewed against each other
	Kind       tree.Kind
	Shared     bool // a server's that has, or had, its client's id; a client's says nothing
}

// Section is a part of a root's time that was spent in one span. It is never empty.
type Section struct {
	Span       int32
	Start, End uint64 // within the span as placed
}

// Wait is the time between a producer's end and its consumer's start, as placed: 0 if
// the consumer began before.
type Wait struct {
	Producer, Consumer int32
	Duration           uint64 // ns
}

// Mark is what is odd about a span. It may have several.
type Mark uint8

const (
	Orphan    Mark = 1 << iota // names a parent that is not there, or itself in the end: root of a fragment of its own
	Duplicate                  // has the id of an earlier span: on no path, and no one's parent
	Outlives                   // ended after its parent; only the part before counts
	Shifted                    // its times were moved because its clock is off
	Async                      // consumer of a producer's message, or began after its parent had ended: root of its own
	Negative                   // ended before it started: taken for one of no duration
)

// Trace is what was found. What is "by span" has the length and order of the spans.
type Trace struct {
	Parents    []int32  // by span: its parent as used, -1 for roots of any kind and duplicates
	Children   []int32  // by span: the number of its children, without duplicates and async ones
	Marks      []Mark   // by span
	Start, End []uint64 // by span: as placed, which is shifted, but not cut
	Shift      []int64  // by span: ns that were added to its times
	Self       []uint64 // by span: ns of the sections that are in it
	Sections   []Section
	Roots      []int32 // of all fragments: real ones first, then orphans, then async ones; each by start, then index
	Ends       []int32 // by root, in the order of Roots: where its sections end, and the next one's begin
	Order      []int32 // all but duplicates: parents before children, producers before consumers
	Waits      []Wait
}

// Path is the sections of the root Roots[k], in the order of time. They part its time, from
// start to end, among spans of its fragment; a root of no duration has none.
func (t *Trace) Path(k int) []Section {
	from := int32(0)
	if k > 0 {
		from = t.Ends[k-1]
	}
	return t.Sections[from:t.Ends[k]]
}
