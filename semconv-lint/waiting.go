package semconvlint

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// waiting are the spans whose traces are not thought whole. Traces are spread over shards by
// their ids, each with a lock; no two are held at a time. It is safe for concurrent use.
type waiting struct {
	shards [64]shard
	limit  int64 // of spans
	room   int64 // of bytes
	wait   time.Duration
	spans  atomic.Int64
	bytes  atomic.Int64 // what they take, about
	swept  atomic.Int64 // when, as UnixNano

	judged, partial, late atomic.Int64
}

// traceCounts are how many traces were judged, how many of them before they were whole, and
// how many spans came too late.
type traceCounts struct{ judged, partial, late int64 }

type shard struct {
	mu     sync.Mutex
	traces map[pcommon.TraceID]*pending
	// ends is a ring: next is the trace that was not added to for longest.
	ends pending
	done judgedIDs
}

// pending is a trace that waits.
type pending struct {
	id         pcommon.TraceID
	spans      []keptSpan
	seen       int64 // when a span came last
	names      int   // bytes of the spans' names
	partial    bool
	next, prev *pending
}

// bytes is what it takes, without origins.
func (p *pending) bytes() int { return traceBytes + cap(p.spans)*spanBytes + p.names }

// keptSpan is a TraceSpan, without what its neighbours have as well.
type keptSpan struct {
	id, parent pcommon.SpanID
	start, end uint64
	origin     *spanOrigin
	name       string
	kind       ptrace.SpanKind
	failed     bool
}

// spanOrigin is what the spans of one scope in one batch have in common.
type spanOrigin struct {
	service, scope, source string
	spans                  atomic.Int64 // that wait
}

// bytesPerSpan is what a span may take on average, with its share of its trace and its origin:
// enough for traces of eight and more. What is above it where there are few spans is leastRoom.
const (
	bytesPerSpan = 128
	leastRoom    = 1 << 20
)

// What is kept takes, in bytes: a trace with its place in the map, and an origin without its texts.
const (
	traceBytes  = 136
	spanBytes   = int(unsafe.Sizeof(keptSpan{}))
	originBytes = 64
)

func (o *spanOrigin) bytes() int { return originBytes + len(o.service) + len(o.scope) + len(o.source) }

func newWaiting(limit int, wait time.Duration) *waiting {
	if limit == 0 {
		limit = DefaultMaxTraceSpans
	}
	w := &waiting{limit: int64(limit), room: int64(limit)*bytesPerSpan + leastRoom, wait: wait}
	w.swept.Store(time.Now().UnixNano())
	for i := range w.shards {
		s := &w.shards[i]
		s.traces = map[pcommon.TraceID]*pending{}
		s.ends.next, s.ends.prev = &s.ends, &s.ends
	}
	return w
}

// add keeps a span, whose name is given with bytes of its own. It gives the traces for which
// there is no room any more.
func (w *waiting) add(from ptrace.Span, name string, origin *spanOrigin) []*pending {
	id := from.TraceID()
	s := &w.shards[binary.LittleEndian.Uint64(id[8:])*0x9e3779b97f4a7c15>>58]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done.has(id) {
		w.late.Add(1)
		return nil
	}
	p, grown := s.traces[id], 0
	if p == nil {
		p = &pending{id: id}
		s.traces[id] = p
	} else {
		p.unlink()
		grown = -p.bytes()
	}
	p.link(&s.ends)
	if w.wait > 0 {
		p.seen = time.Now().UnixNano()
	}
	if n := len(p.spans); n == cap(p.spans) && n > 0 { // append would double it
		p.spans = append(make([]keptSpan, 0, n+max(4-n%4, n/4)), p.spans...)
	}
	p.spans = append(p.spans, keptSpan{
		id: from.SpanID(), parent: from.ParentSpanID(), start: uint64(from.StartTimestamp()), end: uint64(from.EndTimestamp()),
		origin: origin, name: name, kind: from.Kind(), failed: from.Status().Code() == ptrace.StatusCodeError,
	})
	p.names += len(name)
	if grown += p.bytes(); origin.spans.Add(1) == 1 {
		grown += origin.bytes()
	}
	w.spans.Add(1)
	w.bytes.Add(int64(grown))
	var out []*pending
	for w.full() && len(s.traces) > 0 {
		w.partial.Add(1)
		p := w.take(s, s.ends.next)
		p.partial = true
		out = append(out, p)
	}
	return out
}

func (w *waiting) full() bool { return w.spans.Load() > w.limit || w.bytes.Load() > w.room }

// due gives the traces to which no span came for the wait.
func (w *waiting) due(now time.Time) []*pending {
	last := w.swept.Load()
	if w.wait == 0 || now.UnixNano()-last < int64(w.wait)/4 || !w.swept.CompareAndSwap(last, now.UnixNano()) {
		return nil
	}
	var out []*pending
	for i := range w.shards {
		s := &w.shards[i]
		s.mu.Lock()
		for p := s.ends.next; p != &s.ends && now.UnixNano()-p.seen >= int64(w.wait); p = s.ends.next {
			out = append(out, w.take(s, p))
		}
		s.mu.Unlock()
	}
	return out
}

// rest gives all that are left. With a wait they are not thought whole: at the end of a process
// spans of theirs are still under way.
func (w *waiting) rest() []*pending {
	var out []*pending
	for i := range w.shards {
		s := &w.shards[i]
		s.mu.Lock()
		for p := s.ends.next; p != &s.ends; p = s.ends.next {
			p.partial = p.partial || w.wait > 0
			out = append(out, w.take(s, p))
		}
		s.mu.Unlock()
	}
	return out
}

// take takes a trace out, to be judged.
func (w *waiting) take(s *shard, p *pending) *pending {
	p.unlink()
	delete(s.traces, p.id)
	s.done.add(p.id)
	freed := p.bytes()
	for i := range p.spans {
		if o := p.spans[i].origin; o.spans.Add(-1) == 0 {
			freed += o.bytes()
		}
	}
	w.spans.Add(-int64(len(p.spans)))
	w.bytes.Add(-int64(freed))
	w.judged.Add(1)
	return p
}

// trace is the trace. Its spans are by time, so that what rules report first does not depend on
// which goroutine was first.
func (p *pending) trace() *Trace {
	t := &Trace{ID: p.id, Partial: p.partial, Spans: make([]TraceSpan, len(p.spans))}
	for i := range p.spans {
		k := &p.spans[i]
		t.Spans[i] = TraceSpan{
			ID: k.id, Parent: k.parent, Start: k.start, End: k.end, Service: k.origin.service, Scope: k.origin.scope, Name: k.name,
			Kind: k.kind, Failed: k.failed, Source: k.origin.source,
		}
	}
	slices.SortFunc(t.Spans, func(a, b TraceSpan) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), slices.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Source, b.Source))
	})
	return t
}

func (w *waiting) takeCounts() traceCounts {
	return traceCounts{w.judged.Swap(0), w.partial.Swap(0), w.late.Swap(0)}
}

func (p *pending) unlink() { p.prev.next, p.next.prev = p.next, p.prev }

// link puts it last, which is before the ring's ends.
func (p *pending) link(ends *pending) {
	p.prev, p.next = ends.prev, ends
	ends.prev.next, ends.prev = p, p
}

// maxDone is how many traces a shard remembers to have judged: in all 65,536, in 4 MB. A span
// that comes after that many others begins its trace anew.
const maxDone = 1 << 10

// judgedIDs remembers the last traces that were judged.
type judgedIDs struct {
	all  map[pcommon.TraceID]struct{}
	ring []pcommon.TraceID
	at   int
}

func (j *judgedIDs) has(id pcommon.TraceID) bool { _, ok := j.all[id]; return ok }

func (j *judgedIDs) add(id pcommon.TraceID) {
	if j.all == nil {
		j.all = map[pcommon.TraceID]struct{}{}
	}
	if len(j.ring) < maxDone {
		j.ring = append(j.ring, id)
	} else {
		delete(j.all, j.ring[j.at])
		j.ring[j.at] = id
		j.at = (j.at + 1) % maxDone
	}
	j.all[id] = struct{}{}
}
