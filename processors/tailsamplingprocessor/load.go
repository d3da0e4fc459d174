package tailsamplingprocessor

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
)

// loadLen bounds the traces that are decoded at a time: some megabytes, unless they are giant.
const loadLen = 64

// loads says whether a trace must be decoded for its decision: for an extension's policy, or
// because it came under other policies.
func (s *shard) loads(t *trace) bool {
	return s.run.policies.NeedsTrace() || t.generation != s.run.generation
}

// load decodes those of some traces for which that must be. Each block is read once for all
// of them, because traces that came together lie together.
func (s *shard) load(due []uint32) map[uint32]*loaded {
	var refs []block.Ref
	for _, n := range due {
		if t := s.traces.at(n); s.loads(t) {
			for _, r := range s.recordsOf(t) {
				refs = append(refs, r.ref)
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	all := map[uint32]*loaded{}
	batches, _ := new(cutter).cut(s.engine.store, refs) // what cannot be read is reported when it is forwarded
	for _, b := range batches {
		for _, rs := range b.traces.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					id := span.TraceID()
					n := s.find(binary.BigEndian.Uint64(id[8:]), binary.BigEndian.Uint64(id[:8]))
					l := all[n]
					if l == nil {
						l = &loaded{traces: ptrace.NewTraces()}
						all[n] = l
					}
					l.add(rs, ss, span)
				}
			}
		}
	}
	return all
}

// loaded is a whole trace.
type loaded struct {
	traces ptrace.Traces
	rs     ptrace.ResourceSpans // where the span before came from
	ss     ptrace.ScopeSpans
	spans  ptrace.SpanSlice
}

func (l *loaded) add(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) {
	if all := l.traces.ResourceSpans(); all.Len() == 0 || rs != l.rs {
		to := all.AppendEmpty()
		rs.Resource().CopyTo(to.Resource())
		to.SetSchemaUrl(rs.SchemaUrl())
		l.rs, l.ss = rs, ptrace.ScopeSpans{}
	}
	if ss != l.ss {
		all := l.traces.ResourceSpans()
		to := all.At(all.Len() - 1).ScopeSpans().AppendEmpty()
		ss.Scope().CopyTo(to.Scope())
		to.SetSchemaUrl(ss.SchemaUrl())
		l.ss, l.spans = ss, to.Spans()
	}
	span.MoveTo(l.spans.AppendEmpty())
}
