package tracegen

import "google.golang.org/protobuf/encoding/protowire"

// otlp writes an ExportTraceServiceRequest with one resource. Its fields' numbers are
// those of opentelemetry-proto's trace.proto; they ascend, as generated code has it.
type otlp struct {
	resource []byte             // Resource as field 1 of ResourceSpans
	scopes   [scopeCount][]byte // InstrumentationScope as field 1 of ScopeSpans
	spans    [scopeCount][]byte // spans as fields 2 of ScopeSpans
	schema   []byte             // schema_url as field 3, of ScopeSpans and ResourceSpans
	flagged  bool
}

func newOTLP(s *Service) *otlp {
	e := &otlp{flagged: s.Convention == V144}
	e.resource, _ = open(nil, 1)
	for i := range s.Resource {
		e.resource = appendKeyValue(e.resource, 1, &s.Resource[i])
	}
	if s.Resource == nil { // a Brave service told in OTLP still has a name
		e.resource = appendKeyValue(e.resource, 1, &Attribute{Key: "service.name", Str: s.Name})
	}
	e.resource = shut(e.resource, 1+reserved)
	for i, library := range s.Scopes {
		e.scopes[i], _ = open(nil, 1)
		e.scopes[i] = appendString(e.scopes[i], 1, library.Name)
		e.scopes[i] = appendString(e.scopes[i], 2, library.Version)
		e.scopes[i] = shut(e.scopes[i], 1+reserved)
	}
	e.schema = appendString(nil, 3, s.SchemaURL)
	return e
}

// The flags of a span: sampled, as only such spans are exported, and whether its
// parent is known to be remote.
const (
	flagSampled   = 0x01
	flagKnown     = 0x100
	flagRemote    = 0x200
	reserved      = 2 // bytes for a length: 128 to 16383, as most spans need
	statusMessage = 2
	statusCode    = 3
)

func (e *otlp) add(s *Span) {
	b, start := open(e.spans[s.Scope], 2)
	b = appendBytes(b, 1, s.TraceID[:])
	b = appendBytes(b, 2, s.ID[:])
	if !s.Parent.IsZero() {
		b = appendBytes(b, 4, s.Parent[:])
	}
	b = appendString(b, 5, s.Name)
	b = appendVarint(b, 6, uint64(s.Kind))
	b = appendFixed64(b, 7, uint64(s.Start))
	b = appendFixed64(b, 8, uint64(s.End))
	for i := range s.Attributes {
		b = appendKeyValue(b, 9, &s.Attributes[i])
	}
	b = appendStatus(b, s)
	if e.flagged {
		b = protowire.AppendTag(b, 16, protowire.Fixed32Type)
		b = protowire.AppendFixed32(b, s.flags())
	}
	e.spans[s.Scope] = shut(b, start)
}

func (s *Span) flags() uint32 {
	flags := uint32(flagSampled | flagKnown)
	if !s.Parent.IsZero() && (s.Kind == Server || s.Kind == Consumer) {
		flags |= flagRemote
	}
	return flags
}

// appendStatus writes an empty status where there is nothing to say, as SDKs do.
func appendStatus(b []byte, s *Span) []byte {
	b, start := open(b, 15)
	b = appendString(b, statusMessage, s.Message)
	if s.Status != Unset {
		b = appendVarint(b, statusCode, uint64(s.Status))
	}
	return shut(b, start)
}

func appendKeyValue(b []byte, field protowire.Number, a *Attribute) []byte {
	value := 0 // the AnyValue's length
	switch a.Type {
	case Int:
		value = 1 + protowire.SizeVarint(uint64(a.Num))
	case Double:
		value = 9
	case Bool:
		value = 2
	default:
		value = 1 + protowire.SizeBytes(len(a.Str))
	}
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(len(a.Key))+1+protowire.SizeBytes(value)))
	b = append(b, 1<<3|byte(protowire.BytesType))
	b = protowire.AppendString(b, a.Key)
	b = append(b, 2<<3|byte(protowire.BytesType))
	b = protowire.AppendVarint(b, uint64(value))
	return appendAnyValue(b, a)
}

func appendAnyValue(b []byte, a *Attribute) []byte {
	switch a.Type {
	case Int:
		b = append(b, 3<<3|byte(protowire.VarintType))
		return protowire.AppendVarint(b, uint64(a.Num))
	case Double:
		b = append(b, 4<<3|byte(protowire.Fixed64Type))
		return protowire.AppendFixed64(b, uint64(a.Num))
	case Bool:
		b = append(b, 2<<3|byte(protowire.VarintType))
		return protowire.AppendVarint(b, uint64(a.Num))
	default:
		b = append(b, 1<<3|byte(protowire.BytesType))
		return protowire.AppendString(b, a.Str)
	}
}

func (e *otlp) size() int {
	n := len(e.resource) + len(e.schema) + 16
	for i := range e.spans {
		if len(e.spans[i]) > 0 {
			n += len(e.scopes[i]) + len(e.spans[i]) + len(e.schema) + 8
		}
	}
	return n
}

func (e *otlp) finish(dst []byte) []byte {
	dst, request := open(dst, 1)
	dst = append(dst, e.resource...)
	for i := range e.spans {
		if len(e.spans[i]) == 0 {
			continue
		}
		length := len(e.scopes[i]) + len(e.spans[i]) + len(e.schema)
		dst = protowire.AppendTag(dst, 2, protowire.BytesType)
		dst = protowire.AppendVarint(dst, uint64(length))
		dst = append(dst, e.scopes[i]...)
		dst = append(dst, e.spans[i]...)
		dst = append(dst, e.schema...)
		e.spans[i] = e.spans[i][:0]
	}
	dst = append(dst, e.schema...)
	return shut(dst, request)
}
