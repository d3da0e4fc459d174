package koine

import (
	"log/slog"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Option is a choice of the code's. What the environment says of the same thing counts more.
type Option func(*options)

// Service names the service. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count more; what is
// empty is left out.
func Service(name, version string) Option {
	return func(o *options) {
		if name != "" {
			o.attributes = append(o.attributes, semconv.ServiceName(name))
		}
		if version != "" {
			o.attributes = append(o.attributes, semconv.ServiceVersion(version))
		}
	}
}

// Resource adds attributes of the service. OTEL_RESOURCE_ATTRIBUTES counts more.
func Resource(attributes ...attribute.KeyValue) Option {
	return func(o *options) { o.attributes = append(o.attributes, attributes...) }
}

// Detect adds resource detectors, such as a cloud's. They run in Start, so one that asks the
// network makes it slow; their schema URLs do not count.
func Detect(detectors ...sdkresource.Detector) Option {
	return func(o *options) { o.detectors = append(o.detectors, detectors...) }
}

// Sample keeps a fraction of the traces that begin here, 0 to 1; of traces that began elsewhere
// it keeps what the caller keeps. OTEL_TRACES_SAMPLER counts more.
func Sample(fraction float64) Option { return func(o *options) { o.fraction = fraction } }

// Process adds a span processor before the one that exports: see package guard. Nil is none.
func Process(p sdktrace.SpanProcessor) Option {
	return func(o *options) {
		if p != nil {
			o.processors = append(o.processors, p)
		}
	}
}

// LogTo is where log records go besides OpenTelemetry, in place of JSON on standard output, and
// decides which levels there are.
func LogTo(local slog.Handler) Option { return func(o *options) { o.local = local } }

// KeepLogger leaves slog's default logger as it is.
func KeepLogger() Option { return func(o *options) { o.keepLogger = true } }

// ExitOnSignal has SIGTERM and SIGINT shut telemetry down and then end the process as they would
// have done. It is for programs that do not handle these signals: one that drains its requests
// first calls Shutdown when that is done.
func ExitOnSignal() Option { return func(o *options) { o.exitOnSignal = true } }

// ShutdownTimeout is how long a shutdown may take. Without it a shutdown goes on as long as the
// collector takes things, for 10 s at most, and gives up when it has taken nothing for 1.5 s.
func ShutdownTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

type options struct {
	attributes   []attribute.KeyValue
	detectors    []sdkresource.Detector
	processors   []sdktrace.SpanProcessor
	fraction     float64
	local        slog.Handler
	keepLogger   bool
	exitOnSignal bool
	timeout      time.Duration
	limiter      *limiter
}

func newOptions(opts []Option) options {
	o := options{fraction: 1}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	if o.local == nil {
		o.local = slog.NewJSONHandler(os.Stdout, nil)
	}
	return o
}
