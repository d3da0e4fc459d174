// Package koinetest holds a unit test's telemetry in memory and asserts that it keeps the
// semantic conventions:
//
//	func TestCheckout(t *testing.T) {
//		tel := koinetest.Start(t)
//		checkout(t.Context())
//		tel.AssertConforms(t)
//	}
package koinetest

import (
	"context"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	koine "github.com/koine-otel/koine/instrumentation"
)

// Telemetry is providers that keep what they get.
type Telemetry struct {
	TracerProvider *sdktrace.TracerProvider
	MeterProvider  *sdkmetric.MeterProvider
	LoggerProvider *sdklog.LoggerProvider

	spans   *tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
	records *records
}

// New makes providers. They sample everything.
func New() *Telemetry {
	res := sdkresource.NewSchemaless(attribute.String("service.name", "test"))
	tel := &Telemetry{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader(), records: &records{}}
	tel.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithResource(res), sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithSpanProcessor(tel.spans))
	tel.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithResource(res), sdkmetric.WithReader(tel.reader))
	tel.LoggerProvider = sdklog.NewLoggerProvider(sdklog.WithResource(res), sdklog.WithProcessor(tel.records))
	return tel
}

// Start makes providers and has them, and Koine's propagator, be the global ones until the test
// ends. Such tests do not run in parallel.
func Start(tb testing.TB) *Telemetry {
	tb.Helper()
	tel := New()
	traces, metrics, logs, propagator := otel.GetTracerProvider(), otel.GetMeterProvider(), otel.GetLoggerProvider(), otel.GetTextMapPropagator()
	otel.SetTracerProvider(tel.TracerProvider)
	otel.SetMeterProvider(tel.MeterProvider)
	otel.SetLoggerProvider(tel.LoggerProvider)
	otel.SetTextMapPropagator(koine.Propagator())
	tb.Cleanup(func() {
		otel.SetTracerProvider(traces)
		otel.SetMeterProvider(metrics)
		otel.SetLoggerProvider(logs)
		otel.SetTextMapPropagator(propagator)
	})
	return tel
}

// Spans are those that have ended, in that order.
func (tel *Telemetry) Spans() []sdktrace.ReadOnlySpan { return tel.spans.Ended() }

// Records are the log records.
func (tel *Telemetry) Records() []sdklog.Record { return tel.records.all() }

// Metrics is what has been measured.
func (tel *Telemetry) Metrics(tb testing.TB) metricdata.ResourceMetrics {
	tb.Helper()
	var rm metricdata.ResourceMetrics
	if err := tel.reader.Collect(context.Background(), &rm); err != nil {
		tb.Errorf("koinetest: collecting metrics: %v", err)
	}
	return rm
}

// records is a log processor that keeps all.
type records struct {
	mu   sync.Mutex
	kept []sdklog.Record
}

func (*records) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }

func (r *records) OnEmit(_ context.Context, record *sdklog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, record.Clone())
	return nil
}

func (*records) Shutdown(context.Context) error   { return nil }
func (*records) ForceFlush(context.Context) error { return nil }

func (r *records) all() []sdklog.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]sdklog.Record(nil), r.kept...)
}
