package koinekafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// maxLinks bounds a batch's links: the SDK drops what is above it.
const maxLinks = 128

// Poll is client.PollRecords (up to max records, all that there are if it is 0 or less), recorded
// as "poll" with a link to each message's sender, up to 128. A poll that brings nothing is not
// recorded, or an idle consumer would send nothing else.
func (h *Hook) Poll(ctx context.Context, client *kgo.Client, max int) kgo.Fetches {
	began := time.Now()
	fetches := client.PollRecords(ctx, max)
	records, err := fetches.Records(), pollError(fetches)
	if len(records) == 0 && err == nil {
		return fetches
	}
	topic := commonTopic(records)
	_, span := h.tracer.Start(ctx, nameOf(poll, topic), trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(began), trace.WithLinks(h.links(records)...))
	if span.IsRecording() {
		attrs := h.attributes(poll, semconv.MessagingOperationTypeReceive, topic)
		span.SetAttributes(batchAttributes(h.groupAttributes(attrs), records)...)
	}
	if err != nil {
		fail(span, err)
	}
	span.End()
	h.metrics.polled(ctx, topic, h.identity.Load().group, time.Since(began), err)
	return fetches
}

// pollError is what went wrong; that the caller had enough, or closed the client, is nothing.
func pollError(fetches kgo.Fetches) error {
	for _, f := range fetches.Errors() {
		if !errors.Is(f.Err, context.Canceled) && !errors.Is(f.Err, context.DeadlineExceeded) && !errors.Is(f.Err, kgo.ErrClientClosed) {
			return f.Err
		}
	}
	return nil
}

// OnFetchRecordUnbuffered implements kgo.HookFetchRecordUnbuffered.
func (h *Hook) OnFetchRecordUnbuffered(r *kgo.Record, polled bool) {
	if polled {
		h.metrics.consumed(contextOf(r), r.Topic, h.identity.Load().group)
	}
}

// Process hands a record to handle and records that as "process", linked to the message's sender
// and below the span in ctx, if there is one. The sender's baggage is in handle's context.
func (h *Hook) Process(ctx context.Context, r *kgo.Record, handle func(context.Context, *kgo.Record) error) error {
	sender, bag := h.sender(r)
	if h.asParent && !trace.SpanContextFromContext(ctx).IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, sender)
	}
	if bag.Len() > 0 {
		ctx = baggage.ContextWithBaggage(ctx, bag)
	}
	attrs := func() []attribute.KeyValue {
		attrs := h.groupAttributes(h.attributes(process, semconv.MessagingOperationTypeProcess, r.Topic))
		return h.messageAttributes(append(attrs, partition(r.Partition), semconv.MessagingKafkaOffset(int(r.Offset))), r)
	}
	return h.process(ctx, r.Topic, h.links([]*kgo.Record{r}), attrs, func(ctx context.Context) error { return handle(ctx, r) })
}

// ProcessBatch is Process for records that are handled together: one span, with a link to each
// message's sender, up to 128. Nobody's baggage is carried on.
func (h *Hook) ProcessBatch(ctx context.Context, records []*kgo.Record, handle func(context.Context, []*kgo.Record) error) error {
	topic := commonTopic(records)
	attrs := func() []attribute.KeyValue {
		return batchAttributes(h.groupAttributes(h.attributes(process, semconv.MessagingOperationTypeProcess, topic)), records)
	}
	return h.process(ctx, topic, h.links(records), attrs, func(ctx context.Context) error { return handle(ctx, records) })
}

func (h *Hook) process(ctx context.Context, topic string, links []trace.Link, attrs func() []attribute.KeyValue, handle func(context.Context) error) (err error) {
	began := time.Now()
	ctx, span := h.tracer.Start(ctx, nameOf(process, topic), trace.WithSpanKind(trace.SpanKindConsumer), trace.WithLinks(links...), trace.WithTimestamp(began))
	if span.IsRecording() {
		span.SetAttributes(attrs()...)
	}
	panicked := true
	defer func() {
		if panicked { // it goes on to whoever recovers from it
			err = errPanic
		}
		if err != nil {
			fail(span, err)
		}
		span.End()
		h.metrics.processed(ctx, topic, h.identity.Load().group, time.Since(began), err)
	}()
	err = handle(ctx)
	panicked = false
	return err
}

// errPanic stands for a panic's value, which may be anything.
var errPanic = errors.New("panic")

// sender is the context that a message was sent in.
func (h *Hook) sender(r *kgo.Record) (trace.SpanContext, baggage.Baggage) {
	ctx := h.propagator.Extract(context.Background(), &carrier{record: r})
	return trace.SpanContextFromContext(ctx), baggage.FromContext(ctx)
}

// links are to the senders of the first records.
func (h *Hook) links(records []*kgo.Record) []trace.Link {
	var links []trace.Link
	for _, r := range records[:min(len(records), maxLinks)] {
		if sender, _ := h.sender(r); sender.IsValid() {
			links = append(links, trace.Link{SpanContext: sender})
		}
	}
	return links
}

// commonTopic is the records' topic, empty where they have several.
func commonTopic(records []*kgo.Record) string {
	var topic string
	for i, r := range records {
		if i > 0 && r.Topic != topic {
			return ""
		}
		topic = r.Topic
	}
	return topic
}

func nameOf(operation, topic string) string {
	if topic == "" {
		return operation
	}
	return fmt.Sprintf("%s %s", operation, topic)
}
