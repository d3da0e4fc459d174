// Package tree puts right which span is whose, on plain ids and endpoints: it tells apart
// spans that share an id, finds the pieces of one span, and works out new ids and parents.
//
// By Zipkin's custom the client's and the server's span of one call have one id, and the
// children of both name it as their parent; a span may also be reported in several pieces, and
// a list of spans twice. Everywhere else an id is one span's. The rules are those of Zipkin's
// own server, which applies them when a trace is shown: zipkin2.internal.Trace for pieces,
// zipkin2.internal.SpanNode for parents. Where its result depends on the order of spans
// or leaves two spans with one id that need not have it, ours goes further; each place says so.
package tree

import "net/netip"

// Kind has the numbers of OTLP's SpanKind. Unspecified fits every other.
type Kind uint8

const (
	Unspecified Kind = iota
	Internal
	Server
	Client
	Producer
	Consumer
)

// Endpoint is a process on the network. A zero field is not known.
type Endpoint struct {
	Service    string
	IPv4, IPv6 netip.Addr
	Port       uint16
}

// Span is what the tree needs of a span.
type Span struct {
	TraceHigh, TraceLow uint64   // big-endian halves; an id of 64 bits has TraceHigh 0
	ID, Parent          uint64   // big-endian; Parent is 0 if there is none
	Endpoint            Endpoint // the local one
	Kind                Kind
	Shared              bool // says itself that its id is its client's
}

// Side says which side of a shared id gets an id of its own.
type Side uint8

const (
	// NewServerID fits a part of a trace: what says that it is shared gets a new id, and its
	// client, which cannot know whether it shares, keeps the one that it came with.
	NewServerID Side = iota
	// NewClientID fits whole traces: the server's id, which its logs and exemplars
	// carry, stays, and the client that is seen beside it gets a new one.
	NewClientID
	// KeepIDs finds pieces, and spans that share without saying so, and changes no id.
	KeepIDs
)

// Change is what becomes of one span.
type Change struct {
	Span int // index into the spans
	// Into is the index of the span that this one is a piece of, always a smaller one, which
	// stays; -1 if this one stays. Of what both have, the first's counts.
	Into int
	// ID and Parent are what they are now; a piece's are those of its whole. No span that
	// stays is its own parent.
	ID, Parent uint64
	Shared     bool // it is the server's side of a shared id, as it says or as is inferred
}

// isShared is what the flag is worth: a client's is none (zipkin2.Span.Builder).
func (s *Span) isShared() bool { return s.Shared && s.Kind != Client }

// parent is the parent, if it is another span.
func (s *Span) parent() uint64 {
	if s.Parent == s.ID {
		return 0
	}
	return s.Parent
}
