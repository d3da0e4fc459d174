package koinekafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// sending is a record on its way. The record's context carries it, and gets its own back for
// the record to be sent again.
type sending struct {
	context context.Context
	span    trace.Span
	began   time.Time
}

type sendingKey struct{}

// OnProduceRecordBuffered implements kgo.HookProduceRecordBuffered: it starts "send" and puts its
// context into the headers. What stands there of an earlier message, when one is passed on
// headers and all, is replaced.
func (h *Hook) OnProduceRecordBuffered(r *kgo.Record) {
	s := &sending{context: contextOf(r), began: time.Now()}
	var ctx context.Context
	ctx, s.span = h.tracer.Start(s.context, "send "+r.Topic, trace.WithSpanKind(trace.SpanKindProducer), trace.WithTimestamp(s.began))
	if s.span.IsRecording() {
		attrs := h.attributes(send, semconv.MessagingOperationTypeSend, r.Topic)
		s.span.SetAttributes(h.messageAttributes(attrs, r)...)
	}
	headers := carrier{record: r}
	h.propagator.Inject(ctx, &headers)
	r.Context = context.WithValue(ctx, sendingKey{}, s)
}

// OnProduceRecordUnbuffered implements kgo.HookProduceRecordUnbuffered.
func (h *Hook) OnProduceRecordUnbuffered(r *kgo.Record, err error) {
	s, ok := contextOf(r).Value(sendingKey{}).(*sending)
	if !ok {
		return
	}
	ctx := r.Context
	r.Context = s.context
	if err == nil {
		if s.span.IsRecording() {
			s.span.SetAttributes(partition(r.Partition), semconv.MessagingKafkaOffset(int(r.Offset)))
		}
	} else {
		fail(s.span, err)
	}
	s.span.End()
	h.metrics.sent(ctx, r.Topic, time.Since(s.began), err)
}

// fail says on a span that its operation failed.
func fail(span trace.Span, err error) {
	span.SetStatus(codes.Error, err.Error())
	span.SetAttributes(semconv.ErrorTypeKey.String(errorType(err)))
}

// errorType is Kafka's name of an error, or the type of the innermost.
func errorType(err error) string {
	if e, ok := errors.AsType[*kerr.Error](err); ok {
		return e.Message
	}
	switch {
	case err == errPanic:
		return "panic"
	case errors.Is(err, context.Canceled):
		return "context.Canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "context.DeadlineExceeded"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
