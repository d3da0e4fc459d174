// Package tree works on the spans of one trace as a set: it tells apart who shares an id, finds
// pieces of one span, and gives ids and parents with which the set is a tree.
//
// By Zipkin's custom the two sides of a call report it under one id, the server's marked as
// shared, and one span may be reported in pieces. OpenTelemetry has neither.
package tree

import "net/netip"

// Kind is a span's kind, with the numbers of OTLP's SpanKind.
type Kind uint8

// The kinds. Unspecified says nothing, so that it is in conflict with none.
const (
	Unspecified Kind = iota
	Internal
	Server
	Client
	Producer
	Consumer
)

// Endpoint is where a span was made. What is zero is not known.
type Endpoint struct {
	Service    string
	IPv4, IPv6 netip.Addr
	Port       uint16
}

// Span is what tells a span from others.
type Span struct {
	// TraceHigh and TraceLow are the halves of the trace id, big-endian; an id of 64 bits has
	// no high half. Spans whose low halves are equal are of one trace.
	TraceHigh, TraceLow uint64
	// Parent is 0 of a root.
	ID, Parent uint64
	Endpoint   Endpoint
	Kind       Kind
	// Shared is what the server's side of a shared id says of itself.
	Shared bool
}

// Side says which side of a shared id gets an id of its own.
type Side uint8

const (
	// NewServerID is for whoever sees some spans of a trace: a server's span says itself that
	// its id is shared, a client's does not.
	NewServerID Side = iota
	// NewClientID is for whoever sees whole traces: the id stays with the server, whose logs
	// and exemplars carry it.
	NewClientID
	// KeepIDs only finds pieces, and who shares an id.
	KeepIDs
)

// Change is what becomes of one span.
type Change struct {
	// Span is its index.
	Span int
	// Into is the index of the span that it is a piece of, −1 of one that stays. That one has
	// a change, too.
	Into int
	// ID and Parent are the span's from now on.
	ID, Parent uint64
	// Shared is whether the span is the server's side of a shared id, by its own word or
	// because the client's side is there.
	Shared bool
}

// sameProcess is whether two endpoints are one: the same service, or address, and nothing in
// conflict. Unknown ones are nobody's.
func (e *Endpoint) sameProcess(other *Endpoint) bool {
	if e.Service != other.Service || e.conflicts(other) {
		return false
	}
	return e.Service != "" || e.IPv4.IsValid() && e.IPv4 == other.IPv4 || e.IPv6.IsValid() && e.IPv6 == other.IPv6
}

// conflicts is whether both have something and it differs.
func (e *Endpoint) conflicts(other *Endpoint) bool {
	return differ(e.Service, other.Service) || differ(e.IPv4, other.IPv4) || differ(e.IPv6, other.IPv6) || differ(e.Port, other.Port)
}

func differ[T comparable](a, b T) bool {
	var zero T
	return a != b && a != zero && b != zero
}

// fill takes over what is not known.
func (e *Endpoint) fill(other *Endpoint) {
	if e.Service == "" {
		e.Service = other.Service
	}
	if !e.IPv4.IsValid() {
		e.IPv4 = other.IPv4
	}
	if !e.IPv6.IsValid() {
		e.IPv6 = other.IPv6
	}
	if e.Port == 0 {
		e.Port = other.Port
	}
}
