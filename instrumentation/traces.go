package koine

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// spanQueue is how many spans may wait unless OTEL_BSP_MAX_QUEUE_SIZE says it: a burst of ten
// thousand, as a batch job or a test ends them, fits (the SDK's 2048 does not). The empty queue
// takes 256 KiB.
const spanQueue = 16384

// traces makes the tracer provider. Where the exporter cannot be made spans are made all the same,
// so that context is propagated.
func (o *options) traces(ctx, life context.Context, res *sdkresource.Resource, s *sdk) (trace.TracerProvider, error) {
	sampler, err := o.sampler()
	if err != nil {
		o.limiter.Handle(err) // a default takes its place: nothing is missing
	}
	opts := append(o.ownProcessors(), sdktrace.WithResource(res), sdktrace.WithSampler(sampler))
	exporter, err := autoexport.NewSpanExporter(ctx)
	switch {
	case err != nil:
		err = fmt.Errorf("koine: traces: %w", err)
	case !autoexport.IsNoneSpanExporter(exporter):
		a := &account{what: spanItems, limit: int64(o.count(envSpanQueue, spanQueue))}
		s.accounts = append(s.accounts, a)
		opts = append(opts, sdktrace.WithSpanProcessor(countedSpans{sdktrace.NewBatchSpanProcessor(countedSpanExporter{exporter, a, life}, o.batching(a)...), a}))
	}
	return sdktrace.NewTracerProvider(opts...), err
}

// ownProcessors are those that look at spans before they are exported.
func (o *options) ownProcessors() []sdktrace.TracerProviderOption {
	var opts []sdktrace.TracerProviderOption
	for _, p := range o.processors {
		opts = append(opts, sdktrace.WithSpanProcessor(p))
	}
	return opts
}

// countedSpans is the SDK's batch processor with its account.
type countedSpans struct {
	sdktrace.SpanProcessor
	*account
}

// batching is what the variables say, in the processor's words, for it takes any number from
// them. The account and the queue have to have one size.
func (o *options) batching(a *account) []sdktrace.BatchSpanProcessorOption {
	return []sdktrace.BatchSpanProcessorOption{
		sdktrace.WithMaxQueueSize(int(a.limit)),
		sdktrace.WithMaxExportBatchSize(min(int(a.limit), o.count(envSpanBatch, sdktrace.DefaultMaxExportBatchSize))),
		sdktrace.WithBatchTimeout(time.Duration(o.count(envSpanDelay, sdktrace.DefaultScheduleDelay)) * time.Millisecond),
	}
}

func (c countedSpans) OnEnd(span sdktrace.ReadOnlySpan) {
	if span.SpanContext().IsSampled() && c.admit() {
		c.SpanProcessor.OnEnd(span)
	}
}

func (c countedSpans) Shutdown(ctx context.Context) error {
	c.closed.Store(true)
	return c.SpanProcessor.Shutdown(ctx)
}

type countedSpanExporter struct {
	sdktrace.SpanExporter
	*account
	life context.Context
}

func (c countedSpanExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return c.send(ctx, c.life, len(spans), func(ctx context.Context) error { return c.SpanExporter.ExportSpans(ctx, spans) })
}
