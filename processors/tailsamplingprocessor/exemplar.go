package tailsamplingprocessor

import (
	"context"

	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
)

// observed is what a shard hands over to be learned and counted.
type observed struct {
	bottleneck.Observations
	kept []exemplar
}

// exemplar is a kept trace that shows where the time of an operation went.
type exemplar struct {
	operation baseline.Operation // its bottleneck's; Other is none
	slow      bool
	high, low uint64 // of its id
	span      uint64 // its root's
	self      float64
}

// heldExemplars bounds those of a batch: of a second or so, one for each operation.
const heldExemplars = 64

func (o *observed) reset() {
	o.Reset()
	o.kept = o.kept[:0]
}

// exemplify remembers a kept trace.
func (a *analyst) exemplify(t *trace, f *bottleneck.Finding) {
	root := a.shard.root(t)
	if a.aggregates == nil || f.Span < 0 || f.Operation == baseline.Other || root == nil || root.id == 0 {
		return
	}
	a.seen.keep(exemplar{
		operation: f.Operation, slow: f.Slow(), high: t.high, low: t.low, span: root.id, self: f.Self,
	})
}

func (o *observed) keep(e exemplar) {
	for i := range o.kept {
		if o.kept[i].operation == e.operation && o.kept[i].slow == e.slow {
			o.kept[i] = e
			return
		}
	}
	if len(o.kept) < heldExemplars {
		o.kept = append(o.kept, e)
	}
}

// context makes the SDK attach the trace to what is added in it: by default it takes those that
// are sampled.
func (e *exemplar) context() context.Context {
	return oteltrace.ContextWithSpanContext(context.Background(), oteltrace.NewSpanContext(oteltrace.SpanContextConfig{
		TraceID: oteltrace.TraceID(traceID(e.high, e.low)), SpanID: oteltrace.SpanID(spanID(e.span)), TraceFlags: oteltrace.FlagsSampled,
	}))
}
