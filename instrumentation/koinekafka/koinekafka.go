// Package koinekafka gives clients of github.com/twmb/franz-go spans and metrics that keep
// OpenTelemetry's conventions 1.44:
//
//	hook := koinekafka.NewHook()
//	client, err := kgo.NewClient(kgo.WithHooks(hook), kgo.ConsumeTopics("orders"), …)
//
//	client.Produce(ctx, record, nil) // "send orders", and its context in the record's headers
//
//	fetches := hook.Poll(ctx, client, 0) // "poll orders"
//	for r := range fetches.RecordsAll() {
//		err := hook.Process(ctx, r, handle) // "process orders", linked to "send orders"
//	}
//
// franz-go's own plugin kotel writes the names of conventions 1.18, the messages' keys, and a
// span a record for the time that it waits in the client's buffer, which the conventions forbid.
package koinekafka

import (
	"cmp"
	"context"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// scope is the instrumentation scope.
const scope = "github.com/koine-otel/koine/instrumentation/koinekafka"

// Hook is what a client is told of: by kgo.WithHooks. It is for one client, whose id and
// group it records. It is safe for concurrent use.
type Hook struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	propagator propagation.TextMapPropagator
	key        func(*kgo.Record) string
	asParent   bool

	tracer   trace.Tracer
	metrics  *instruments
	identity atomic.Pointer[identity]
}

// NewHook makes a hook. Without options it records with the global providers, and what it
// carries in headers is the global propagator's.
func NewHook(opts ...Option) *Hook {
	h := &Hook{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider(), propagator: otel.GetTextMapPropagator()}
	for _, o := range opts {
		o(h)
	}
	h.tracer = h.tracers.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
	h.metrics = newInstruments(h.meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL)))
	h.identity.Store(&identity{})
	return h
}

// Option changes what is recorded.
type Option func(*Hook)

// TracerProvider is where spans go in place of the global provider.
func TracerProvider(p trace.TracerProvider) Option { return func(h *Hook) { h.tracers = p } }

// MeterProvider is where metrics go in place of the global provider.
func MeterProvider(p metric.MeterProvider) Option { return func(h *Hook) { h.meters = p } }

// Propagator is what is carried in headers in place of the global propagator.
func Propagator(p propagation.TextMapPropagator) Option { return func(h *Hook) { h.propagator = p } }

// ContinueTrace makes the message's sender the parent of the span that processes it, where it is
// not already in a trace of its own: one trace from the request to what comes of it, for those
// whose messages come one by one. The link is there all the same.
func ContinueTrace() Option { return func(h *Hook) { h.asParent = true } }

// MessageKey records messaging.kafka.message.key as key has it, if it is not empty. A key is
// often a customer's, so it is not recorded without this.
func MessageKey(key func(*kgo.Record) string) Option { return func(h *Hook) { h.key = key } }

// identity is what a client says of itself.
type identity struct{ clientID, group string }

// OnNewClient implements kgo.HookNewClient.
func (h *Hook) OnNewClient(client *kgo.Client) {
	id, _ := client.OptValue(kgo.ClientID).(string)
	group, _ := client.OptValue(kgo.ConsumerGroup).(string)
	share, _ := client.OptValue(kgo.ShareGroup).(string)
	h.identity.Store(&identity{clientID: id, group: cmp.Or(group, share)})
}

var _ interface {
	kgo.HookNewClient
	kgo.HookProduceRecordBuffered
	kgo.HookProduceRecordUnbuffered
	kgo.HookFetchRecordUnbuffered
} = (*Hook)(nil)

// contextOf is a record's context; records made by hand have none.
func contextOf(r *kgo.Record) context.Context {
	if r.Context == nil {
		return context.Background()
	}
	return r.Context
}
