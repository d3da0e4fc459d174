package koinekafka

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// The operations: what Kafka's clients call them.
const (
	send    = "send"
	poll    = "poll"
	process = "process"
)

// attributes are those of every span.
func (h *Hook) attributes(operation string, operationType attribute.KeyValue, topic string) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 10), semconv.MessagingSystemKafka, semconv.MessagingOperationName(operation), operationType)
	if topic != "" {
		attrs = append(attrs, semconv.MessagingDestinationName(topic))
	}
	if id := h.identity.Load().clientID; id != "" {
		attrs = append(attrs, semconv.MessagingClientID(id))
	}
	return attrs
}

// groupAttributes adds what only consumers have.
func (h *Hook) groupAttributes(attrs []attribute.KeyValue) []attribute.KeyValue {
	if group := h.identity.Load().group; group != "" {
		attrs = append(attrs, semconv.MessagingConsumerGroupName(group))
	}
	return attrs
}

// messageAttributes adds what one message has.
func (h *Hook) messageAttributes(attrs []attribute.KeyValue, r *kgo.Record) []attribute.KeyValue {
	if r.Key != nil && r.Value == nil {
		attrs = append(attrs, semconv.MessagingKafkaMessageTombstone(true))
	}
	if h.key != nil && r.Key != nil {
		if key := h.key(r); key != "" {
			attrs = append(attrs, semconv.MessagingKafkaMessageKey(key))
		}
	}
	return attrs
}

// batchAttributes adds how many records there are, and their partition if they have one.
func batchAttributes(attrs []attribute.KeyValue, records []*kgo.Record) []attribute.KeyValue {
	attrs = append(attrs, semconv.MessagingBatchMessageCount(len(records)))
	if len(records) == 0 || commonTopic(records) == "" {
		return attrs
	}
	for _, r := range records {
		if r.Partition != records[0].Partition {
			return attrs
		}
	}
	return append(attrs, partition(records[0].Partition))
}

// partition is a partition's id, which is a string in the conventions.
func partition(n int32) attribute.KeyValue {
	return semconv.MessagingDestinationPartitionID(strconv.Itoa(int(n)))
}
