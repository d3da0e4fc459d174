package zipkin

import (
	"bytes"
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/tree"
)

// mergePieces makes one span of each that came in pieces, by Zipkin's rules (Trace.java and
// Span.Builder.merge): of what there is one the first counts, the rest adds up. Pieces are
// few, so they are read from the list again: what pdata has of them no longer says what was
// there and what was made up.
func (d *Decoder) mergePieces(changes []tree.Change) {
	pieces := map[int][]int{}
	var firsts []int
	for _, c := range changes {
		if c.Into < 0 {
			continue
		}
		if pieces[c.Into] == nil {
			firsts = append(firsts, c.Into)
			pieces[c.Into] = []int{c.Into}
		}
		pieces[c.Into] = append(pieces[c.Into], c.Span)
	}
	for _, first := range firsts {
		d.mergeSpan(pieces[first])
	}
	d.removePieces()
}

// mergeSpan puts the whole span in the place of its first piece.
func (d *Decoder) mergeSpan(pieces []int) {
	var whole record
	d.scanner.clear()
	d.reread = &reread{whole: &whole}
	for _, i := range pieces {
		p := &d.spans.all[i]
		d.reread.part = p.part
		d.readAgain(p)
	}
	d.reread = nil
	slices.SortStableFunc(whole.annotations, annotation.compare)
	whole.annotations = slices.CompactFunc(whole.annotations, func(a, b annotation) bool { return a.compare(b) == 0 })
	// Each piece is valid by itself; one's time and another's duration may make no sense together.
	if whole.duration > maxMicros-whole.timestamp {
		whole.duration = 0
	}
	whole.check()
	for _, i := range pieces {
		p := &d.spans.all[i]
		p.span.SetSpanID(spanID(0))
		if p.noService {
			d.report.NoService--
		}
		if p.noTimestamp {
			d.report.NoTimestamp--
		}
	}
	d.report.Merged += len(pieces) - 1
	d.place(&whole)
	last := len(d.spans.all) - 1
	d.spans.all[pieces[0]] = d.spans.all[last]
	d.spans.all = d.spans.all[:last]
}

// removePieces takes out what has no id any more.
func (d *Decoder) removePieces() {
	d.traces.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			ss.Spans().RemoveIf(func(s ptrace.Span) bool { return s.SpanID().IsEmpty() })
			return ss.Spans().Len() == 0
		})
		return rs.ScopeSpans().Len() == 0
	})
}

// reread takes what is read again of one span.
type reread struct {
	whole *record
	part  uint8
}

func (a *reread) take(r *record, part uint8) {
	if part == a.part {
		a.whole.merge(r)
	}
}

// readAgain reads a span that was read without a mistake.
func (d *Decoder) readAgain(p *placed) {
	d.at(p.from, p.to)
	switch d.format {
	case JSONv2:
		d.scanner.pos = p.from
		d.record.reset()
		if d.jsonV2Span(&d.record) == nil {
			d.add(&d.record)
		}
	case Proto3:
		d.record.reset()
		if d.protoSpan(&d.record, d.body[p.from:p.to], p.from) == nil {
			d.add(&d.record)
		}
	case JSONv1:
		d.scanner.pos = p.from
		d.v1.reset()
		if d.jsonV1Span(&d.v1) == nil {
			d.addV1(&d.v1)
		}
	case Thrift:
		d.v1.reset()
		t := &thriftReader{body: d.body, pos: p.from}
		if d.thriftSpan(t, &d.v1); t.err == nil {
			d.addV1(&d.v1)
		}
	}
}

// merge adds a piece. Text stays where it is.
func (r *record) merge(p *record) {
	if r.id == 0 {
		r.traceLow, r.id = p.traceLow, p.id
	}
	r.traceHigh = first(r.traceHigh, p.traceHigh)
	r.parent = first(r.parent, p.parent)
	r.kind = first(r.kind, p.kind)
	r.timestamp = first(r.timestamp, p.timestamp)
	r.duration = first(r.duration, p.duration)
	if len(r.name) == 0 {
		r.name = p.name
	}
	if r.kindText == nil {
		r.kindText = p.kindText
	}
	r.local.merge(&p.local)
	r.remote.merge(&p.remote)
	r.annotations = append(r.annotations, p.annotations...)
	r.tags = append(r.tags, p.tags...)
	r.lostAnnotations = max(r.lostAnnotations, p.lostAnnotations)
	r.debug = r.debug || p.debug
	r.shared = r.shared || p.shared
}

func (e *endpoint) merge(p *endpoint) {
	if len(e.service) == 0 {
		e.service = p.service
	}
	if !e.ipv4.IsValid() {
		e.ipv4 = p.ipv4
	}
	if !e.ipv6.IsValid() {
		e.ipv6 = p.ipv6
	}
	e.port = first(e.port, p.port)
}

// first is the first of two values that says something.
func first[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

func (a annotation) compare(b annotation) int {
	return cmp.Or(cmp.Compare(a.timestamp, b.timestamp), bytes.Compare(a.value, b.value))
}
