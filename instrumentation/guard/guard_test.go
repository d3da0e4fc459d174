package guard

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	koine "github.com/koine-otel/koine/instrumentation"
	"github.com/koine-otel/koine/semconv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guarded is a tracer whose guard reports to a buffer.
func guarded() (*Guard, trace.Tracer, *bytes.Buffer) {
	g, out := New(), &bytes.Buffer{}
	logger := slog.New(slog.NewTextHandler(out, nil))
	g.log = func() *slog.Logger { return logger }
	return g, sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(g)).Tracer("test"), out
}

func span(tracer trace.Tracer, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) {
	_, s := tracer.Start(context.Background(), name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	s.End()
}

func TestMistakesAreCountedAndToldOnce(t *testing.T) {
	for name, test := range map[string]struct {
		name  string
		kind  trace.SpanKind
		attrs []attribute.KeyValue
		want  semconv.Code
		says  string
	}{
		"an old key":      {"work", trace.SpanKindInternal, []attribute.KeyValue{attribute.String("db.statement", "SELECT 1")}, semconv.Retired, "db.query.text"},
		"a wrong type":    {"work", trace.SpanKindInternal, []attribute.KeyValue{attribute.Int("url.scheme", 1)}, semconv.Type, "make it string"},
		"an id in a name": {"GET /users/1234567", trace.SpanKindServer, []attribute.KeyValue{attribute.String("http.request.method", "GET"), attribute.String("url.scheme", "http"), attribute.String("url.path", "/users/1234567"), attribute.String("http.route", "/users/{id}")}, semconv.Name, "GET /users/{id}"},
		"a typing error":  {"work", trace.SpanKindInternal, []attribute.KeyValue{attribute.String("http.reqest.method", "GET")}, semconv.Unknown, "http.request.method"},
		"something lacks": {"GET", trace.SpanKindServer, []attribute.KeyValue{attribute.String("http.request.method", "GET"), attribute.String("url.scheme", "http")}, semconv.Missing, "url.path is required"},
	} {
		t.Run(name, func(t *testing.T) {
			g, tracer, out := guarded()
			resource := g.Mistakes()
			for range 3 {
				span(tracer, test.name, test.kind, test.attrs...)
			}
			require.EqualValues(t, 3, g.Mistakes()[test.want]-resource[test.want], "%v", g.Mistakes())
			require.Equal(t, 1, strings.Count(out.String(), test.says), out)
		})
	}
}

func TestRightSpansAreQuiet(t *testing.T) {
	g, tracer, out := guarded()
	span(tracer, "charge", trace.SpanKindInternal, attribute.String("shop.order", "7"))
	span(tracer, "GET /users/{id}", trace.SpanKindServer, attribute.String("http.request.method", "GET"), attribute.String("url.scheme", "http"), attribute.String("url.path", "/users/1"), attribute.String("http.route", "/users/{id}"), attribute.Int("http.response.status_code", 200))
	require.Empty(t, out.String())
	require.Empty(t, g.Mistakes())
}

// Names that differ from span to span are found, though each is right by itself, and neither
// memory nor the log grow with them.
func TestHighCardinalityIsBounded(t *testing.T) {
	g, tracer, out := guarded()
	for i := range 3 * maxShapes {
		span(tracer, "user "+strings.Repeat("x", i%50)+fmt.Sprintf("%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26), trace.SpanKindInternal)
	}
	require.Equal(t, 1, strings.Count(out.String(), "more than 200 span names"), out)
	require.NotZero(t, g.Mistakes()[HighCardinality])
	require.LessOrEqual(t, len(g.shapes), maxShapes)
	require.LessOrEqual(t, len(g.names["test"]), maxNames)
	require.Less(t, strings.Count(out.String(), "\n"), 5)
	for i := range 2 * maxTold {
		span(tracer, "work", trace.SpanKindInternal, attribute.String(fmt.Sprintf("http.never%d", i), ""))
	}
	require.LessOrEqual(t, len(g.told), maxTold)
}

func TestCounterAndConcurrency(t *testing.T) {
	g, tracer, _ := guarded()
	reader := sdkmetric.NewManualReader()
	require.NoError(t, g.Observe(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test")))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				span(tracer, fmt.Sprintf("work %c", 'a'+i%20), trace.SpanKindInternal, attribute.String("db.statement", ""))
			}
		})
	}
	all.Wait()
	var rm metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &rm))
	var total int64
	for _, p := range rm.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64]).DataPoints {
		if code, _ := p.Attributes.Value("koine.guard.code"); code.AsString() == string(semconv.Retired) {
			total += p.Value
		}
	}
	require.Equal(t, "koine.guard.mistakes", rm.ScopeMetrics[0].Metrics[0].Name)
	require.EqualValues(t, 8*500, total)
}

// Example shows how a service turns the guard on.
func Example() {
	shutdown, err := koine.Start(context.Background(), koine.Service("checkout", "1.4.2"), koine.Process(New()))
	if err != nil {
		slog.Warn("telemetry is incomplete", "error", err)
	}
	defer func() { _ = shutdown(context.Background()) }()
}

type kept struct {
	sdktrace.SpanProcessor
	span sdktrace.ReadOnlySpan
}

func (k *kept) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (k *kept) OnEnd(s sdktrace.ReadOnlySpan)                   { k.span = s }

// BenchmarkGuard is the guard's part of a server span's cost: a known shape, and a new one.
func BenchmarkGuard(b *testing.B) {
	k := &kept{}
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(k)).Tracer("test")
	span(tracer, "GET /users/{id}", trace.SpanKindServer, attribute.String("http.request.method", "GET"), attribute.String("url.scheme", "http"),
		attribute.String("url.path", "/users/1"), attribute.String("http.route", "/users/{id}"), attribute.Int("http.response.status_code", 200),
		attribute.String("server.address", "shop.example"), attribute.Int("server.port", 8443), attribute.String("user_agent.original", "curl/8"), attribute.String("client.address", "192.0.2.1"))
	b.Run("known", func(b *testing.B) {
		g, _, _ := guarded()
		g.OnEnd(k.span)
		b.ReportAllocs()
		for b.Loop() {
			g.OnEnd(k.span)
		}
	})
	b.Run("new", func(b *testing.B) {
		g, _, _ := guarded()
		g.OnEnd(k.span)
		b.ReportAllocs()
		for b.Loop() {
			clear(g.shapes)
			g.OnEnd(k.span)
		}
	})
}
