package main

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/semconvprocessor"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// normalize puts the collector's own semconv processor before a sink.
func normalize(next telemetry.Sink, target string, registries []string) (telemetry.Sink, func() error, error) {
	n, err := newNormalizer(next, target, registries)
	if err != nil {
		return nil, nil, err
	}
	if err := n.each(func(c component.Component) error { return c.Start(context.Background(), nil) }); err != nil {
		return nil, nil, err
	}
	return n, n.stop, nil
}

// normalizer is a sink that hands everything to the processor, and what comes of it to next.
type normalizer struct {
	traces  processor.Traces
	metrics processor.Metrics
	logs    processor.Logs
}

// sender is the key under which a request's context says where it came from.
type origin struct{}

func newNormalizer(next telemetry.Sink, target string, registries []string) (*normalizer, error) {
	factory := semconvprocessor.NewFactory()
	config := factory.CreateDefaultConfig().(*semconvprocessor.Config)
	if target != "" {
		config.Target = target
	}
	config.Registries = registries
	// Nobody reads the processor's own log here.
	config.SummaryInterval = 0
	if err := config.Validate(); err != nil {
		return nil, err
	}
	settings := processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: component.TelemetrySettings{
		Logger: zap.NewNop(), TracerProvider: tracenoop.NewTracerProvider(), MeterProvider: metricnoop.NewMeterProvider(),
	}}
	from := func(ctx context.Context) string { return ctx.Value(origin{}).(string) }
	toTraces, err := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error { next.Traces(td, from(ctx)); return nil })
	if err != nil {
		return nil, err
	}
	toMetrics, err := consumer.NewMetrics(func(ctx context.Context, md pmetric.Metrics) error { next.Metrics(md, from(ctx)); return nil })
	if err != nil {
		return nil, err
	}
	toLogs, err := consumer.NewLogs(func(ctx context.Context, ld plog.Logs) error { next.Logs(ld, from(ctx)); return nil })
	if err != nil {
		return nil, err
	}
	var n normalizer
	var errs [3]error
	ctx := context.Background()
	n.traces, errs[0] = factory.CreateTraces(ctx, settings, config, toTraces)
	n.metrics, errs[1] = factory.CreateMetrics(ctx, settings, config, toMetrics)
	n.logs, errs[2] = factory.CreateLogs(ctx, settings, config, toLogs)
	return &n, errors.Join(errs[:]...)
}

// Traces hands spans over. The processor refuses nothing, and the next sink cannot.
func (n *normalizer) Traces(td ptrace.Traces, from string) {
	_ = n.traces.ConsumeTraces(context.WithValue(context.Background(), origin{}, from), td)
}

// Metrics is Traces of metrics.
func (n *normalizer) Metrics(md pmetric.Metrics, from string) {
	_ = n.metrics.ConsumeMetrics(context.WithValue(context.Background(), origin{}, from), md)
}

// Logs is Traces of log records.
func (n *normalizer) Logs(ld plog.Logs, from string) {
	_ = n.logs.ConsumeLogs(context.WithValue(context.Background(), origin{}, from), ld)
}

func (n *normalizer) stop() error {
	return n.each(func(c component.Component) error { return c.Shutdown(context.Background()) })
}

func (n *normalizer) each(do func(component.Component) error) error {
	return errors.Join(do(n.traces), do(n.metrics), do(n.logs))
}
