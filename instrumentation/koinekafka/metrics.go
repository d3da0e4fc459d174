package koinekafka

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/messagingconv"
)

// instruments are the conventions'. By partition they are not: topics have hundreds, and a series
// each is seldom worth its price.
type instruments struct {
	sentMessages     messagingconv.ClientSentMessages
	consumedMessages messagingconv.ClientConsumedMessages
	duration         messagingconv.ClientOperationDuration
	processDuration  messagingconv.ProcessDuration
}

// durationBounds are those that the conventions advise, in seconds.
var durationBounds = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

func newInstruments(m metric.Meter) *instruments {
	var i instruments
	var errs [4]error
	i.sentMessages, errs[0] = messagingconv.NewClientSentMessages(m)
	i.consumedMessages, errs[1] = messagingconv.NewClientConsumedMessages(m)
	i.duration, errs[2] = messagingconv.NewClientOperationDuration(m, durationBounds)
	i.processDuration, errs[3] = messagingconv.NewProcessDuration(m, durationBounds)
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(err)
	}
	return &i
}

func (i *instruments) sent(ctx context.Context, topic string, took time.Duration, err error) {
	attrs := labels(topic, "", err)
	i.sentMessages.Add(ctx, 1, send, messagingconv.SystemKafka, attrs...)
	i.duration.Record(ctx, took.Seconds(), send, messagingconv.SystemKafka, append(attrs, semconv.MessagingOperationTypeSend)...)
}

func (i *instruments) polled(ctx context.Context, topic, group string, took time.Duration, err error) {
	i.duration.Record(ctx, took.Seconds(), poll, messagingconv.SystemKafka, append(labels(topic, group, err), semconv.MessagingOperationTypeReceive)...)
}

func (i *instruments) consumed(ctx context.Context, topic, group string) {
	i.consumedMessages.Add(ctx, 1, poll, messagingconv.SystemKafka, labels(topic, group, nil)...)
}

func (i *instruments) processed(ctx context.Context, topic, group string, took time.Duration, err error) {
	i.processDuration.Record(ctx, took.Seconds(), process, messagingconv.SystemKafka, labels(topic, group, err)...)
}

func labels(topic, group string, err error) []attribute.KeyValue {
	attrs := make([]attribute.KeyValue, 0, 4)
	if topic != "" {
		attrs = append(attrs, semconv.MessagingDestinationName(topic))
	}
	if group != "" {
		attrs = append(attrs, semconv.MessagingConsumerGroupName(group))
	}
	if err != nil {
		attrs = append(attrs, semconv.ErrorTypeKey.String(errorType(err)))
	}
	return attrs
}
