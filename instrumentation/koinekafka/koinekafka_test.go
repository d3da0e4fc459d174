package koinekafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/koine-otel/koine/instrumentation/internal/conform"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a cluster and a client with what its hook records.
type bench struct {
	*kgo.Client
	hook     *Hook
	recorder *tracetest.SpanRecorder
	reader   *sdkmetric.ManualReader
	tracer   trace.Tracer
}

func newBench(t *testing.T, opts ...Option) *bench {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders", "bills"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	b := &bench{recorder: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(b.recorder))
	b.tracer = traces.Tracer("test")
	b.hook = NewHook(append([]Option{TracerProvider(traces), MeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader))),
		Propagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))}, opts...)...)
	b.Client, err = kgo.NewClient(kgo.WithHooks(b.hook), kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ClientID("shop"),
		kgo.ConsumerGroup("billing"), kgo.ConsumeTopics("orders", "bills"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// produce sends records in a trace of its own and waits for them.
func (b *bench) produce(t *testing.T, records ...*kgo.Record) trace.SpanContext {
	t.Helper()
	ctx, root := b.tracer.Start(t.Context(), "root")
	defer root.End()
	if err := b.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	return root.SpanContext()
}

// poll polls until there are n records.
func (b *bench) poll(t *testing.T, n int) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var records []*kgo.Record
	for len(records) < n {
		fetches := b.hook.Poll(ctx, b.Client, 0)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

// named are the spans so far, after the verdict on those that are ours.
func (b *bench) named(t *testing.T) map[string][]sdktrace.ReadOnlySpan {
	t.Helper()
	found := map[string][]sdktrace.ReadOnlySpan{}
	for _, s := range b.recorder.Ended() {
		if s.InstrumentationScope().Name == scope {
			conform.Span(t, s)
		}
		found[s.Name()] = append(found[s.Name()], s)
	}
	return found
}

func TestMessage(t *testing.T) {
	b := newBench(t)
	member, _ := baggage.NewMember("tenant", "a")
	bag, _ := baggage.New(member)
	ctx, root := b.tracer.Start(baggage.ContextWithBaggage(t.Context(), bag), "root")
	if err := b.ProduceSync(ctx, &kgo.Record{Topic: "orders", Key: []byte("customer-7"), Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	root.End()
	records := b.poll(t, 1)
	var within trace.SpanContext
	if err := b.hook.Process(t.Context(), records[0], func(ctx context.Context, r *kgo.Record) error {
		within = trace.SpanContextFromContext(ctx)
		if baggage.FromContext(ctx).Member("tenant").Value() != "a" {
			t.Error("the baggage is lost")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}

	found := b.named(t)
	sent, polled, processed := found["send orders"][0], found["poll orders"][0], found["process orders"][0]
	if sent.Parent().SpanID() != root.SpanContext().SpanID() {
		t.Error("send is not the sender's")
	}
	for _, s := range []sdktrace.ReadOnlySpan{polled, processed} {
		if s.Parent().IsValid() || len(s.Links()) != 1 || s.Links()[0].SpanContext.SpanID() != sent.SpanContext().SpanID() || !s.Links()[0].SpanContext.IsRemote() {
			t.Errorf("%s: parent %v, links %v", s.Name(), s.Parent(), s.Links())
		}
		conform.Has(t, s, "messaging.consumer.group.name=billing")
	}
	if !within.Equal(processed.SpanContext()) {
		t.Error("what is done for a message is not within its span")
	}
	for s, kind := range map[sdktrace.ReadOnlySpan]trace.SpanKind{sent: trace.SpanKindProducer, polled: trace.SpanKindClient, processed: trace.SpanKindConsumer} {
		if s.SpanKind() != kind {
			t.Errorf("%s is %s", s.Name(), s.SpanKind())
		}
		conform.Has(t, s, "messaging.system=kafka", "messaging.destination.name=orders", "messaging.destination.partition.id=0", "messaging.client.id=shop",
			"error.type=", "messaging.kafka.message.key=", "messaging.operation=", "messaging.kafka.message.offset=")
	}
	conform.Has(t, sent, "messaging.operation.name=send", "messaging.operation.type=send", "messaging.kafka.offset=0", "messaging.consumer.group.name=")
	conform.Has(t, polled, "messaging.operation.name=poll", "messaging.operation.type=receive", "messaging.batch.message_count=1")
	conform.Has(t, processed, "messaging.operation.name=process", "messaging.operation.type=process", "messaging.kafka.offset=0", "messaging.batch.message_count=")
}

// A batch has a span, linked to all of its senders.
func TestBatch(t *testing.T) {
	b := newBench(t)
	var senders []trace.TraceID
	for range 5 {
		senders = append(senders, b.produce(t, &kgo.Record{Topic: "orders"}).TraceID())
	}
	records := b.poll(t, 5)
	if err := b.hook.ProcessBatch(t.Context(), records, func(context.Context, []*kgo.Record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	processed := b.named(t)["process orders"][0]
	var linked []trace.TraceID
	for _, l := range processed.Links() {
		linked = append(linked, l.SpanContext.TraceID())
	}
	if !slices.Equal(linked, senders) {
		t.Errorf("linked to %v, sent by %v", linked, senders)
	}
	conform.Has(t, processed, "messaging.batch.message_count=5", "messaging.destination.partition.id=0", "messaging.kafka.offset=")
	polled := 0
	for _, s := range b.named(t)["poll orders"] {
		polled += len(s.Links())
	}
	if polled != 5 {
		t.Errorf("polls are linked to %d", polled)
	}
}

// Records of several topics have no destination in common; a span has so many links.
func TestMixedBatch(t *testing.T) {
	b := newBench(t)
	records := make([]*kgo.Record, 2*maxLinks)
	for i := range records {
		records[i] = &kgo.Record{Topic: []string{"orders", "bills"}[i%2], Headers: []kgo.RecordHeader{
			{Key: "traceparent", Value: fmt.Appendf(nil, "00-%032x-%016x-01", i+1, i+1)}}}
	}
	_ = b.hook.ProcessBatch(t.Context(), records, func(context.Context, []*kgo.Record) error { return nil })
	s := b.named(t)["process"][0]
	conform.Has(t, s, "messaging.destination.name=", "messaging.destination.partition.id=", "messaging.batch.message_count=256")
	if len(s.Links()) != maxLinks {
		t.Errorf("%d links", len(s.Links()))
	}
	_ = b.hook.ProcessBatch(t.Context(), nil, func(context.Context, []*kgo.Record) error { return nil })
	conform.Has(t, b.named(t)["process"][1], "messaging.batch.message_count=0")
}

func TestContinueTrace(t *testing.T) {
	b := newBench(t, ContinueTrace())
	sender := b.produce(t, &kgo.Record{Topic: "orders"})
	r := b.poll(t, 1)[0]
	none := func(context.Context, *kgo.Record) error { return nil }
	_ = b.hook.Process(t.Context(), r, none)
	ctx, own := b.tracer.Start(t.Context(), "own")
	_ = b.hook.Process(ctx, r, none)
	own.End()
	processed := b.named(t)["process orders"]
	if processed[0].SpanContext().TraceID() != sender.TraceID() || processed[1].Parent().SpanID() != own.SpanContext().SpanID() {
		t.Errorf("the parents are %v and %v", processed[0].Parent(), processed[1].Parent())
	}
	for _, s := range processed {
		if len(s.Links()) != 1 {
			t.Errorf("%d links", len(s.Links()))
		}
	}
}

func TestFailures(t *testing.T) {
	b := newBench(t)
	if err := b.ProduceSync(t.Context(), &kgo.Record{Topic: "orders", Value: make([]byte, 2<<20)}).FirstErr(); err == nil {
		t.Fatal("no error")
	}
	sent := b.named(t)["send orders"][0]
	conform.Has(t, sent, "error.type=MESSAGE_TOO_LARGE", "messaging.kafka.offset=", "messaging.destination.partition.id=")
	if sent.Status().Code != otelcodes.Error {
		t.Error("the status is unset")
	}
	cause := errors.New("no stock")
	if err := b.hook.Process(t.Context(), &kgo.Record{Topic: "orders"}, func(context.Context, *kgo.Record) error { return cause }); !errors.Is(err, cause) {
		t.Errorf("the handler's error becomes %v", err)
	}
	func() {
		defer func() {
			if recover() != "secret" {
				t.Error("the panic is lost")
			}
		}()
		_ = b.hook.Process(t.Context(), &kgo.Record{Topic: "orders"}, func(context.Context, *kgo.Record) error { panic("secret") })
	}()
	processed := b.named(t)["process orders"]
	conform.Has(t, processed[0], "error.type=*errors.errorString")
	conform.Has(t, processed[1], "error.type=panic")
	if processed[0].Status().Code != otelcodes.Error || processed[1].Status() != (sdktrace.Status{Code: otelcodes.Error, Description: "panic"}) {
		t.Errorf("%v, %v", processed[0].Status(), processed[1].Status())
	}
}

// A record that is passed on has the new sender's context, and the one that came keeps its own:
// their headers are one slice.
func TestPassedOn(t *testing.T) {
	b := newBench(t)
	b.produce(t, &kgo.Record{Topic: "orders", Headers: []kgo.RecordHeader{{Key: "x", Value: []byte("y")}}})
	came := b.poll(t, 1)[0]
	before := fmt.Sprint(came.Headers)
	b.produce(t, &kgo.Record{Topic: "bills", Headers: came.Headers})
	if after := fmt.Sprint(came.Headers); after != before {
		t.Errorf("%s became %s", before, after)
	}
	passed := b.poll(t, 1)[0]
	if len(passed.Headers) != 2 {
		t.Errorf("headers %v", passed.Headers)
	}
	sender, _ := b.hook.sender(passed)
	if sender.SpanID() != b.named(t)["send bills"][0].SpanContext().SpanID() {
		t.Error("it has another's context")
	}
}

// A record that is sent again is below its caller, not below its first try.
func TestSentAgain(t *testing.T) {
	b := newBench(t)
	ctx, root := b.tracer.Start(t.Context(), "root")
	r := &kgo.Record{Topic: "orders"}
	for range 2 {
		if err := b.ProduceSync(ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	root.End()
	for _, s := range b.named(t)["send orders"] {
		if s.Parent().SpanID() != root.SpanContext().SpanID() {
			t.Error("it is below its first try")
		}
	}
	if n := len(r.Headers); n != 1 {
		t.Errorf("%d headers", n)
	}
}

// An idle consumer records nothing, and one that is closed neither.
func TestIdle(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	b.hook.Poll(ctx, b.Client, 1)
	b.CloseAllowingRebalance()
	b.hook.Poll(t.Context(), b.Client, 1)
	if n := len(b.recorder.Ended()); n != 0 {
		t.Errorf("%d spans", n)
	}
}

func TestMessageKey(t *testing.T) {
	b := newBench(t, MessageKey(func(r *kgo.Record) string { return string(r.Key[:1]) }))
	b.produce(t, &kgo.Record{Topic: "orders", Key: []byte("customer-7")}, &kgo.Record{Topic: "orders"}, &kgo.Record{Topic: "orders", Key: []byte("k"), Value: []byte("v")})
	sent := b.named(t)["send orders"]
	conform.Has(t, sent[0], "messaging.kafka.message.key=c", "messaging.kafka.message.tombstone=true")
	conform.Has(t, sent[1], "messaging.kafka.message.key=", "messaging.kafka.message.tombstone=")
	conform.Has(t, sent[2], "messaging.kafka.message.tombstone=")
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	b.produce(t, &kgo.Record{Topic: "orders"}, &kgo.Record{Topic: "orders"})
	for _, r := range b.poll(t, 2) {
		_ = b.hook.Process(t.Context(), r, func(context.Context, *kgo.Record) error { return errors.New("no") })
	}
	found := conform.Metrics(t, b.reader)
	for name, unit := range map[string]string{"messaging.client.sent.messages": "{message}", "messaging.client.consumed.messages": "{message}",
		"messaging.client.operation.duration": "s", "messaging.process.duration": "s"} {
		if found[name].Unit != unit {
			t.Errorf("%s: %q", name, found[name].Unit)
		}
	}
	for _, name := range []string{"messaging.client.sent.messages", "messaging.client.consumed.messages"} {
		if points := found[name].Data.(metricdata.Sum[int64]).DataPoints; len(points) != 1 || points[0].Value != 2 {
			t.Errorf("%s: %v", name, points)
		}
	}
	points := found["messaging.process.duration"].Data.(metricdata.Histogram[float64]).DataPoints
	want := attribute.NewSet(attribute.String("messaging.system", "kafka"), attribute.String("messaging.operation.name", "process"),
		attribute.String("messaging.destination.name", "orders"), attribute.String("messaging.consumer.group.name", "billing"), attribute.String("error.type", "*errors.errorString"))
	if len(points) != 1 || points[0].Count != 2 || points[0].Attributes != want {
		t.Errorf("%v", points)
	}
}

func BenchmarkSend(b *testing.B) {
	h := NewHook(TracerProvider(sdktrace.NewTracerProvider()), Propagator(propagation.TraceContext{}))
	b.ReportAllocs()
	for b.Loop() {
		r := &kgo.Record{Topic: "orders"}
		h.OnProduceRecordBuffered(r)
		h.OnProduceRecordUnbuffered(r, nil)
	}
}
