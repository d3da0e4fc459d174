package tracegen

import "go.opentelemetry.io/collector/pdata/ptrace"

// An Encoder gathers spans of one service and makes request bodies of its protocol of
// them. Spans are encoded as they are added, so they need not be kept. It is not safe
// for concurrent use.
type Encoder struct {
	format format
	spans  int
}

// A format is how one protocol encodes spans of one service.
type format interface {
	// add encodes a span.
	add(*Span)
	// size is about how many bytes the body has so far.
	size() int
	// finish appends the body of all spans added and begins anew.
	finish(dst []byte) []byte
}

// NewEncoder returns an encoder for the service's protocol.
func NewEncoder(s *Service) *Encoder {
	switch s.Protocol {
	case ZipkinJSON:
		return &Encoder{format: newZipkinJSON(s)}
	case ZipkinProto:
		return &Encoder{format: newZipkinProto(s)}
	default:
		return &Encoder{format: newOTLP(s)}
	}
}

// Add takes one span of the service.
func (e *Encoder) Add(s *Span) {
	e.format.add(s)
	e.spans++
}

// Spans is how many spans the next body has.
func (e *Encoder) Spans() int { return e.spans }

// Size is about how many bytes the next body has.
func (e *Encoder) Size() int { return e.format.size() }

// Finish appends the request's body to dst and begins the next one.
func (e *Encoder) Finish(dst []byte) []byte {
	e.spans = 0
	return e.format.finish(dst)
}

// Encode returns the body of one request with all of these spans, which must be of
// the service, in its protocol.
func Encode(s *Service, spans []Span) []byte {
	e := NewEncoder(s)
	for i := range spans {
		e.Add(&spans[i])
	}
	return e.Finish(make([]byte, 0, e.Size()))
}

// Traces returns the spans, which must be of the service, as pdata: what a receiver
// of OTLP makes of them, whatever the service's protocol is.
func Traces(s *Service, spans []Span) (ptrace.Traces, error) {
	e := Encoder{format: newOTLP(s)}
	for i := range spans {
		e.Add(&spans[i])
	}
	unmarshaler := ptrace.ProtoUnmarshaler{}
	return unmarshaler.UnmarshalTraces(e.Finish(nil))
}
