package semconvlint

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Signal is what an element is of.
type Signal string

// The signals.
const (
	OnResource Signal = "resource"
	OnScope    Signal = "scope"
	OnSpan     Signal = "span"
	OnEvent    Signal = "event"
	OnLink     Signal = "link"
	OnMetric   Signal = "metric" // once for each metric, without attributes
	OnPoint    Signal = "point"
	OnLog      Signal = "log"
	OnService  Signal = "service" // a service as a whole
	OnTrace    Signal = "trace"
)

// Element is something that carries attributes. It lasts until the checker returns.
type Element struct {
	Signal Signal
	// Service is service.name, "" where there is none; Scope is its scope's name and version as
	// name@version, "" on resources.
	Service, Scope string
	// Name is a span's, an event's, a metric's.
	Name string
	// Place is where the conventions have it.
	Place translate.Place
	// Attributes are in the order in which they came, with the verdicts on them.
	Attributes []Attribute
	// Problems are what is wrong with a span or a metric as a whole.
	Problems []semconv.Problem
	// Convention is the span type that it is of, nil if of none.
	Convention *registry.Span
	// SchemaURL is the scope's, or else the resource's.
	SchemaURL string
	// Source says where it came from.
	Source string

	// Resource is there always, the others as Signal says.
	Resource pcommon.Resource
	InScope  pcommon.InstrumentationScope
	Span     ptrace.Span
	Event    ptrace.SpanEvent
	Link     ptrace.SpanLink
	Metric   pmetric.Metric
	Log      plog.LogRecord

	traceID, spanID string // of the example, once it was asked for
}

// Attribute is one of an element's.
type Attribute struct {
	Key   string
	Value translate.Value // Any: bytes, maps and mixed lists
	Raw   pcommon.Value
	// Problems are the verdict on it. Elements of one shape share them: they must not be changed.
	Problems []semconv.Problem
}

// Get finds an attribute, nil if it is not there.
func (e *Element) Get(key string) *Attribute {
	for i := range e.Attributes {
		if e.Attributes[i].Key == key {
			return &e.Attributes[i]
		}
	}
	return nil
}

// Example is where this is, with a value if there is one.
func (e *Element) Example(value string) Example {
	x := Example{Name: e.Name, Value: value, Source: e.Source}
	if e.traceID == "" {
		switch e.Signal {
		case OnSpan, OnEvent, OnLink:
			e.traceID, e.spanID = e.Span.TraceID().String(), e.Span.SpanID().String()
		case OnLog:
			if id := e.Log.TraceID(); !id.IsEmpty() {
				e.traceID, e.spanID = id.String(), e.Log.SpanID().String()
			}
		}
	}
	x.TraceID, x.SpanID = e.traceID, e.spanID
	return x
}

// Trace is a whole trace, as far as it was seen.
type Trace struct {
	ID pcommon.TraceID
	// Spans are in no order.
	Spans []TraceSpan
	// Partial is whether there was no memory for all of its spans.
	Partial bool
}

// TraceSpan is what is kept of a span until its trace is whole.
type TraceSpan struct {
	ID, Parent pcommon.SpanID
	Start, End uint64 // ns since 1970
	Service    string
	Scope      string
	Name       string
	Kind       ptrace.SpanKind
	Failed     bool
	Source     string
}
