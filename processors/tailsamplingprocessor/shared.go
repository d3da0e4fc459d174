package tailsamplingprocessor

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/tree"
)

// sharedSpans are those of traces in which a server's span has its client's id, as Zipkin's
// do. The receiver sees a part of a trace: it leaves them (shared_spans: defer) or gives the
// server's a new id, and cannot place children that came earlier. Here the trace is whole.
// The new id is the receiver's, so that both ways, and late spans, agree.
type sharedSpans struct {
	spans    []ptrace.Span
	nodes    []tree.Span
	resolver tree.Resolver
}

func (s *sharedSpans) add(rs ptrace.ResourceSpans, span ptrace.Span) {
	trace, id, parent := span.TraceID(), span.SpanID(), span.ParentSpanID()
	node := tree.Span{
		TraceHigh: binary.BigEndian.Uint64(trace[:8]), TraceLow: binary.BigEndian.Uint64(trace[8:]),
		ID: binary.BigEndian.Uint64(id[:]), Parent: binary.BigEndian.Uint64(parent[:]),
		Kind: tree.Kind(span.Kind()), Endpoint: endpointOf(rs.Resource().Attributes(), span.Attributes()),
	}
	if v, ok := span.Attributes().Get(zipkinShared); ok && v.Bool() {
		node.Shared = true
	} else if v, ok := span.Attributes().Get(zipkinSpanID); ok {
		if old, err := strconv.ParseUint(v.Str(), 16, 64); err == nil && node.ID == tree.ServerID(node.TraceLow, old, node.Endpoint) {
			// The receiver split it: joined again, its children are found.
			node.Shared, node.ID = true, old
		}
	}
	s.spans = append(s.spans, span)
	s.nodes = append(s.nodes, node)
}

// resolve gives shared spans ids of their own and children their parents.
func (s *sharedSpans) resolve() {
	if len(s.spans) == 0 {
		return
	}
	for _, c := range s.resolver.Resolve(s.nodes, tree.NewServerID) {
		if c.Into >= 0 {
			continue // a piece of another stays: Zipkin's receiver merges what it may
		}
		span := s.spans[c.Span]
		old := s.nodes[c.Span].ID
		span.SetSpanID(spanID(c.ID))
		span.SetParentSpanID(spanID(c.Parent))
		if c.Shared && c.ID != old {
			span.Attributes().Remove(zipkinShared)
			span.Attributes().PutStr(zipkinSpanID, spanID(old).String())
		}
	}
	clear(s.spans)
	s.spans, s.nodes = s.spans[:0], s.nodes[:0]
}

// endpointOf is the local endpoint as the Zipkin receiver wrote it.
func endpointOf(resource, attrs pcommon.Map) (e tree.Endpoint) {
	const unknown = "unknown_service"
	if v, ok := resource.Get("service.name"); ok && v.Str() != unknown {
		e.Service = v.Str()
	}
	for _, key := range [...]string{"network.local.address", "koine.zipkin.local_ipv6"} {
		v, ok := attrs.Get(key)
		if !ok {
			continue
		}
		if address, err := netip.ParseAddr(v.Str()); err != nil {
			continue
		} else if address.Is4() {
			e.IPv4 = address
		} else {
			e.IPv6 = address
		}
	}
	if v, ok := attrs.Get("network.local.port"); ok {
		e.Port = uint16(v.Int())
	}
	return e
}
