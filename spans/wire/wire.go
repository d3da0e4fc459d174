// Package wire reads OTLP and Zipkin requests as bytes, without unmarshalling them.
//
// pdata's decoders recurse into attribute values as deeply as the sender nested
// them, and a Go process cannot recover from a stack overflow: 12 MB of nested
// arrays end it. Whoever takes bytes from strangers measures them here first.
// Scans are iterative, allocate nothing, and cost about a tenth of the unmarshalling that
// they stand before (JSON: a sixth).
package wire

// Signal says which of OTLP's four request messages, or Zipkin's one, a body is.
type Signal uint8

const (
	Traces Signal = iota
	Metrics
	Logs
	Profiles
	Zipkin // ListOfSpans of zipkin.proto; tags and annotations are its attributes
)

// Limits bounds what a request may make a decoder build.
type Limits struct {
	// ValueDepth is the number of array and map values that may stand inside each
	// other; a plain attribute has depth 0. Anything outside 1 to MaxValueDepth
	// means MaxValueDepth: the depth is never unbounded.
	ValueDepth int
	// Attributes is the number of attributes on one element: a span, event, link,
	// metric, point, exemplar, log record, resource, scope, or map value; the members of
	// one JSON object; the tags and annotations of one Zipkin span. 0 is no limit.
	Attributes int
	// Elements is the number of messages that the request makes a decoder append:
	// everything under Attributes, the attributes themselves, members of arrays,
	// and array and map values. 0 is no limit.
	Elements int
}

// MaxValueDepth is the most that Limits.ValueDepth can allow. It bounds the scanners'
// own stacks (7 kB), and is what protobuf's other implementations allow in all.
const MaxValueDepth = 100

// DefaultLimits lets everything through that an SDK or an agent sends.
var DefaultLimits = Limits{
	// Attribute values are flat; log bodies made of JSON documents reach about ten.
	ValueDepth: 32,
	// pdata's maps are slices, and rebuilding one key by key is quadratic: 15 ms of
	// CPU at 2,048 keys, 1.5 s at 20,000. SDKs stop at 128 by default.
	Attributes: 2048,
	// A span of 290 B with its attributes is 10 elements, so the 70,000 spans of a full
	// 20 MiB request are 0.7 million. Two bytes of wire can cost 300 B of heap (an
	// empty span): this holds a hostile request to some 300 MB.
	Elements: 1_000_000,
}

// Shape is what a scan measured.
type Shape struct {
	ValueDepth int // of the deepest value
	Attributes int // on the element with most
	Elements   int // in all
	// Heap is about what a decoder takes for these, in bytes, beyond the body's own
	// strings: a little more than pdata does, within twice that for ordinary telemetry.
	Heap int
}

// valueDepth gives the effective limit.
func (l Limits) valueDepth() int {
	if l.ValueDepth < 1 || l.ValueDepth > MaxValueDepth {
		return MaxValueDepth
	}
	return l.ValueDepth
}

// orNone turns 0, no limit, into a number that no request can reach.
func orNone(limit int) int {
	if limit <= 0 {
		return int(^uint(0) >> 1)
	}
	return limit
}
