package zipkin

import (
	"math/bits"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/tree"
)

// placed is a span in its group, with what tells it from others of its id.
type placed struct {
	span     ptrace.Span
	from, to int // where it stands in the list
	endpoint int32
	part     uint8
	kind     tree.Kind // Unspecified if it came without one
	shared   bool

	noService, noTimestamp bool
}

// placedSpans are the spans of a list. Whether ids repeat is known from a table that is
// filled as they come, so that a list of spans with ids of their own costs no more.
type placedSpans struct {
	all       []placed
	endpoints []tree.Endpoint
	nodes     []tree.Span // scratch of treeSpans
	table     []uint32    // open addressing: index into all + 1, 0 is free
	repeats   bool        // maybe: a hash came twice
	shared    bool        // some span is
}

// keptSpans stay allocated from list to list.
const keptSpans = 1 << 14

func (p *placedSpans) begin() {
	p.repeats, p.shared = false, false
}

func (p *placedSpans) end() {
	if cap(p.all) > keptSpans {
		*p = placedSpans{}
		return
	}
	clear(p.all)
	p.all = p.all[:0]
	clear(p.endpoints)
	p.endpoints = p.endpoints[:0]
	clear(p.nodes)
	clear(p.table)
}

// note keeps a span for resolve.
func (p *placedSpans) note(d *Decoder, r *record, span ptrace.Span, service string) {
	p.all = append(p.all, placed{
		span: span, from: d.from, to: d.to, endpoint: p.endpointOf(d, r, service), part: d.part,
		kind: tree.Kind(r.kind), shared: r.shared, noService: service == unknownService, noTimestamp: r.timestamp == 0,
	})
	p.shared = p.shared || r.shared
	if 4*len(p.all) > 3*len(p.table) {
		p.grow()
		return
	}
	p.insert(uint32(len(p.all)), r.traceLow, r.id)
}

func (p *placedSpans) endpointOf(d *Decoder, r *record, service string) int32 {
	if r.lastLocal && d.local.at >= 0 {
		return d.local.at
	}
	if service == unknownService {
		service = ""
	}
	e := tree.Endpoint{Service: service, IPv4: r.local.ipv4, IPv6: r.local.ipv6, Port: r.local.port}
	if n := len(p.endpoints); n == 0 || p.endpoints[n-1] != e {
		p.endpoints = append(p.endpoints, e)
	}
	at := int32(len(p.endpoints) - 1)
	if r.lastLocal && service == d.local.name {
		d.local.at = at
	}
	return at
}

func hashID(traceLow, id uint64) uint32 {
	high, low := bits.Mul64(traceLow^mixer, id^0xbf58476d1ce4e5b9)
	return uint32((high ^ low) >> 16)
}

// insert notes an id. Long runs in the table, which come of ids made for them, count as
// repeated: then the resolver looks, whose table cannot be foreseen.
func (p *placedSpans) insert(number uint32, traceLow, id uint64) {
	const longRun = 64
	mask := uint32(len(p.table) - 1)
	at := hashID(traceLow, id) & mask
	for range longRun {
		other := p.table[at]
		if other == 0 {
			p.table[at] = number
			return
		}
		if s := p.all[other-1].span; s.SpanID() == spanID(id) && lowHalf(s.TraceID()) == traceLow {
			p.repeats = true
			return
		}
		at = (at + 1) & mask
	}
	p.repeats = true
}

func (p *placedSpans) grow() {
	p.table = make([]uint32, max(64, 2*len(p.table)))
	for i := range p.all {
		s := p.all[i].span
		p.insert(uint32(i+1), lowHalf(s.TraceID()), number(s.SpanID()))
	}
}

// has is whether an id is a span's of the list.
func (p *placedSpans) has(traceLow, id uint64) bool {
	mask := uint32(len(p.table) - 1)
	for at := hashID(traceLow, id) & mask; p.table[at] != 0; at = (at + 1) & mask {
		if s := p.all[p.table[at]-1].span; s.SpanID() == spanID(id) && lowHalf(s.TraceID()) == traceLow {
			return true
		}
	}
	return false
}

func lowHalf(id pcommon.TraceID) uint64 { return be64(id[8:]) }

func number(id pcommon.SpanID) uint64 { return be64(id[:]) }

// resolve puts pieces of one span together and tells apart spans that share an id.
func (d *Decoder) resolve() {
	p := &d.spans
	memory := d.options.Memory
	if d.options.SharedSpans != SplitShared {
		memory = nil
	}
	if memory != nil && memory.used() {
		d.recall(memory)
	}
	if !p.repeats && (!p.shared || d.options.SharedSpans != SplitShared) {
		return
	}
	side := tree.KeepIDs
	if d.options.SharedSpans == SplitShared {
		side = tree.NewServerID
	}
	changes := d.resolver.Resolve(d.treeSpans(), side)
	if slices.ContainsFunc(changes, func(c tree.Change) bool { return c.Into >= 0 }) {
		d.mergePieces(changes)
	}
	for _, c := range changes {
		if c.Into < 0 {
			d.change(c, memory)
		}
	}
}

// treeSpans is what the resolver needs of the spans.
func (d *Decoder) treeSpans() []tree.Span {
	all := d.spans.nodes[:0]
	for i := range d.spans.all {
		s := &d.spans.all[i]
		trace := s.span.TraceID()
		all = append(all, tree.Span{
			TraceHigh: be64(trace[:8]), TraceLow: be64(trace[8:]),
			ID: number(s.span.SpanID()), Parent: number(s.span.ParentSpanID()),
			Kind: s.kind, Shared: s.shared, Endpoint: d.spans.endpoints[s.endpoint],
		})
	}
	d.spans.nodes = all
	return all
}

func (d *Decoder) change(c tree.Change, memory *Memory) {
	s := &d.spans.all[c.Span]
	old := number(s.span.SpanID())
	if c.Shared && !s.shared {
		d.mark(s.span, old)
	}
	if d.options.SharedSpans != SplitShared {
		return
	}
	if c.ID != old {
		d.report.Split++
		if memory != nil {
			d.report.Astray += memory.remember(lowHalf(s.span.TraceID()), old, &d.spans.endpoints[s.endpoint], c.ID)
		}
	} else if c.Parent != number(s.span.ParentSpanID()) {
		d.report.Reparented++
	}
	s.span.SetSpanID(spanID(c.ID))
	s.span.SetParentSpanID(spanID(c.Parent))
}

// mark notes a shared span that did not say so itself.
func (d *Decoder) mark(span ptrace.Span, id uint64) {
	switch d.options.SharedSpans {
	case SplitShared:
		span.Attributes().PutStr(AttributeSpanID, d.hexID(id))
	case DeferShared:
		span.Attributes().PutBool(AttributeShared, true)
	}
}

// recall moves spans under the new id of a parent that was split in an earlier list, and
// notes those whose parent may come later.
func (d *Decoder) recall(memory *Memory) {
	for i := range d.spans.all {
		s := &d.spans.all[i]
		parent := number(s.span.ParentSpanID())
		trace := lowHalf(s.span.TraceID())
		if parent == 0 || s.shared || d.spans.has(trace, parent) {
			continue
		}
		if id := memory.recall(trace, parent, &d.spans.endpoints[s.endpoint]); id != 0 {
			s.span.SetParentSpanID(spanID(id))
			d.report.Reparented++
		}
	}
}
