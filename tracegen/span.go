package tracegen

import (
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
)

// A Span is one timed call in the dialect of the service that recorded it: its
// attributes carry that service's names and types.
type Span struct {
	TraceID TraceID
	ID      SpanID
	// Parent is zero for a root.
	Parent SpanID
	// Shared marks a Zipkin server span that bears its client's id.
	Shared bool
	// Late: it is told long after its trace, when a sampler has decided.
	Late   bool
	Kind   Kind
	Status Status
	// Scope indexes Service.Scopes.
	Scope Scope
	// Service indexes Generator.Services.
	Service int
	Name    string
	// Start and End are nanoseconds since 1970, always whole microseconds: a trace
	// that is told partly in Zipkin, partly in OTLP then has one time.
	Start, End int64
	Attributes []Attribute
	// Message describes an error; it may be empty.
	Message string
	// Remote is the other side, as far as the instrumentation knows it.
	Remote Endpoint
}

// TraceID names a trace. The high eight bytes are zero where a service with 64-bit
// ids began it.
type TraceID [16]byte

// String returns 32 hex digits.
func (id TraceID) String() string { return hex.EncodeToString(id[:]) }

// Is64Bit reports whether the high eight bytes are zero.
func (id TraceID) Is64Bit() bool { return [8]byte(id[:8]) == [8]byte{} }

// SpanID names a span within its trace.
type SpanID [8]byte

// String returns 16 hex digits.
func (id SpanID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether there is no id.
func (id SpanID) IsZero() bool { return id == SpanID{} }

// Kind is a span's role, in OTLP's numbers.
type Kind uint8

// The kinds of spans.
const (
	Internal Kind = iota + 1
	Server
	Client
	Producer
	Consumer
)

// Status is a span's outcome, in OTLP's numbers.
type Status uint8

// The outcomes; a successful call leaves its status unset, as instrumentation does.
const (
	Unset Status = 0
	Error Status = 2
)

// An Attribute is a key with a typed value.
type Attribute struct {
	Key  string
	Type AttributeType
	// Str is the value of a String.
	Str string
	// Num is the value of an Int, 0 or 1 of a Bool, the IEEE 754 bits of a Double.
	Num int64
}

// AttributeType tells where an Attribute keeps its value.
type AttributeType uint8

// The types of attributes.
const (
	String AttributeType = iota
	Int
	Double
	Bool
)

// AppendText appends the value as text, as Zipkin's tags have it.
func (a *Attribute) AppendText(dst []byte) []byte {
	switch a.Type {
	case Int:
		return strconv.AppendInt(dst, a.Num, 10)
	case Double:
		return strconv.AppendFloat(dst, a.Float(), 'g', -1, 64)
	case Bool:
		return strconv.AppendBool(dst, a.Num != 0)
	default:
		return append(dst, a.Str...)
	}
}

// Float returns the value of a Double.
func (a *Attribute) Float() float64 { return math.Float64frombits(uint64(a.Num)) }

// An Endpoint is one side of a call. The zero Endpoint is unknown.
type Endpoint struct {
	Service string
	IP      netip.Addr
	Port    uint16
}
