// Package zipkin reads Zipkin's formats straight into pdata: version 2 as JSON and
// protobuf, version 1 as JSON and thrift. One pass over the bytes, no model of spans in
// between; what repeats in every span (keys, names, addresses) is made once.
//
// What is accepted follows Zipkin's own server, what comes of it OpenTelemetry's mapping
// (specification, trace/sdk_exporters/zipkin.md, read backwards). README.md has the rules.
package zipkin

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Format is an encoding of a list of spans.
type Format uint8

// The formats. Version 1 spans are converted to version 2 by Zipkin's rules.
const (
	JSONv2 Format = iota
	Proto3
	JSONv1
	Thrift
)

// String is the format's name in Zipkin's own words.
func (f Format) String() string {
	return [...]string{"JSON_V2", "PROTO3", "JSON_V1", "THRIFT"}[f]
}

// SharedSpans says what becomes of spans that share their id with another: by Zipkin's
// custom client and server report one call under one id.
type SharedSpans uint8

const (
	// SplitShared gives the server's side an id of its own, the client's as its parent.
	SplitShared SharedSpans = iota
	// DeferShared marks the server's side with koine.zipkin.shared for whoever sees the
	// whole trace.
	DeferShared
	// KeepShared leaves ids as they are.
	KeepShared
)

// Options say how spans are read. The zero value splits shared spans, drops what is
// invalid and leaves every tag on its span.
type Options struct {
	// IsResource says of which tags the resource is made, beside the service's name.
	IsResource func(key string) bool
	// RejectInvalid makes one invalid span fail the whole list, as Zipkin's server has it.
	RejectInvalid bool
	// ParseStringTags turns tags that look like integers, decimal fractions and booleans into such.
	ParseStringTags bool
	SharedSpans     SharedSpans
	// Memory, if any, remembers split spans from one list to the next.
	Memory *Memory
}

// MaxSpans is how many spans a list may have: one without content is 24 bytes on the wire and
// takes half a kilobyte in memory.
const MaxSpans = 1 << 19

// Errors that fail a whole list. All but ErrTooMany mean that it cannot be read.
var (
	ErrTooMany = fmt.Errorf("zipkin: more than %d spans", MaxSpans)
	// ErrMalformed wraps what is wrong with the bytes.
	ErrMalformed = errors.New("zipkin: malformed")
	// ErrFormat is that of a list in another format; Decode has it as a *FormatError.
	ErrFormat = errors.New("zipkin: wrong format")
)

// FormatError is what a list seems to be instead of what it was said to be.
type FormatError struct{ Expected, Received Format }

// Error implements error.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%v: expected a list of spans as %s, received %s", ErrFormat, e.Expected, e.Received)
}

// Unwrap says that it is an ErrFormat.
func (e *FormatError) Unwrap() error { return ErrFormat }

// Reason is why a span is invalid.
type Reason uint8

// The reasons, by the field that is wrong.
const (
	BadTraceID Reason = iota
	BadID
	BadParentID
	BadKind
	BadTimestamp
	BadDuration
	BadEndpoint
	BadAnnotation
	BadTag
	BadField
	Reasons
)

// String is the reason as metrics have it.
func (r Reason) String() string {
	return [...]string{
		"trace_id", "id", "parent_id", "kind", "timestamp", "duration", "endpoint", "annotation", "tag", "field",
	}[r]
}

// SpanError is what is wrong with one span.
type SpanError struct {
	// Index is the span's place in the list, from 0.
	Index  int
	Reason Reason
	What   string
}

// Error implements error.
func (e *SpanError) Error() string {
	return fmt.Sprintf("zipkin: span %d: %s: %s", e.Index, e.Reason, e.What)
}

// Report is what happened to a list.
type Report struct {
	// Spans is how many the list had.
	Spans int
	// Invalid counts spans that were dropped, First has the first of each reason.
	Invalid [Reasons]int
	First   [Reasons]*SpanError
	// Merged counts spans that were pieces of another one in the list.
	Merged int
	// Split counts shared spans with a new id, Reparented the spans that follow it, and
	// Astray those that do not because they came in an earlier list.
	Split, Reparented, Astray int
	// NoService and NoTimestamp count spans for which these had to be made up.
	NoService, NoTimestamp int
}

// Dropped is how many spans were invalid.
func (r *Report) Dropped() int {
	n := 0
	for _, i := range r.Invalid {
		n += i
	}
	return n
}

// Decode reads a list that arrived at a time. It fails with what wraps ErrMalformed,
// ErrFormat or ErrTooMany and, if Options.RejectInvalid, with a *SpanError; the report
// counts what was read until then. Traces own their memory: body may be reused.
func (d *Decoder) Decode(f Format, body []byte, received time.Time) (ptrace.Traces, Report, error) {
	d.begin(f, body, received)
	defer d.end()
	if err := d.list(f, body); err != nil {
		return ptrace.NewTraces(), d.report, err
	}
	d.resolve()
	return d.traces, d.report, nil
}
