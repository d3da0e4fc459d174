package koine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Shutdown sends what is still held and stops. It takes all signals at once, returns when
// they are through, the context ends or no collector answers for a while (ShutdownTimeout),
// and says what was lost. Called again it returns what it returned.
type Shutdown func(context.Context) error

// Start sets up traces, metrics and logs as the environment (OTEL_*) or the file that
// OTEL_CONFIG_FILE names says, and makes them the process's global providers, its propagator
// and its default slog logger. It makes no connection and does not wait for one.
//
// It always returns a Shutdown that can be called. An error says what could not be set up;
// everything else works. Where it was called before, and not shut down since, or where
// somebody else has set a global tracer provider, it changes nothing.
func Start(ctx context.Context, opts ...Option) (Shutdown, error) {
	starting.Lock()
	defer starting.Unlock()
	if running != nil {
		return running, nil
	}
	o := newOptions(opts)
	o.limiter = newLimiter(o.local)
	if owner := foreignProvider(); owner != "" {
		slog.New(o.local).Debug("koine: telemetry is set up already, nothing to do", "provider", owner)
		return func(context.Context) error { return nil }, nil
	}
	routeSDKMessages(&o, levelNamed(env(envLogLevel)))
	if disabled() {
		otel.SetTextMapPropagator(Propagator())
		o.setLogger(nil)
		return func(context.Context) error { return nil }, nil
	}
	s, err := o.build(ctx)
	o.install(s)
	running = s.shutdown(&o)
	if o.exitOnSignal {
		s.ignoreSignals = exitOnSignal(running, o.local)
	}
	return running, err
}

var (
	starting sync.Mutex
	running  Shutdown // nil before Start and after its shutdown; starting guards it
)

// sdk is what Start has built.
type sdk struct {
	traces     trace.TracerProvider
	metrics    metric.MeterProvider
	logs       log.LoggerProvider
	propagator propagation.TextMapPropagator
	accounts   []*account
	abort      context.CancelFunc // ends exports that are still on their way
	// ignoreSignals is nil where nobody listens to them.
	ignoreSignals func()
}

// build makes the providers; what fails is left out.
func (o *options) build(ctx context.Context) (*sdk, error) {
	if file := env(envConfigFile); file != "" {
		s, err := o.fromFile(ctx, file)
		if err != nil {
			err = fmt.Errorf("koine: %s=%s: %w", envConfigFile, file, err)
		}
		return s, err
	}
	return o.fromEnv(ctx)
}

// fromEnv makes the providers that the environment's variables describe.
func (o *options) fromEnv(ctx context.Context) (*sdk, error) {
	res, resErr := o.resource(ctx)
	life, abort := context.WithCancel(context.Background())
	s := &sdk{propagator: Propagator(), abort: abort}
	traces, tErr := o.traces(ctx, life, res, s)
	metrics, mErr := o.metrics(ctx, life, res)
	logs, lErr := o.logs(ctx, life, res, s)
	s.traces, s.metrics, s.logs = traces, metrics, logs
	return s, errors.Join(resErr, tErr, mErr, lErr, o.observe(s))
}

// observable is a span processor that has metrics of its own, such as the guard.
type observable interface{ Observe(metric.Meter) error }

// observe registers what reports on the process and on the telemetry itself.
func (o *options) observe(s *sdk) error {
	meter := s.metrics.Meter(scope, metric.WithInstrumentationVersion(version))
	errs := []error{observeAccounts(meter, s.accounts), runtime.Start(runtime.WithMeterProvider(s.metrics))}
	for _, p := range o.processors {
		if p, ok := p.(observable); ok {
			errs = append(errs, p.Observe(meter))
		}
	}
	return errors.Join(errs...)
}

// install makes the providers global.
func (o *options) install(s *sdk) {
	otel.SetTextMapPropagator(s.propagator)
	otel.SetTracerProvider(s.traces)
	installed = s.traces
	otel.SetMeterProvider(s.metrics)
	otel.SetLoggerProvider(s.logs)
	o.setLogger(s.logs)
}

// foreignProvider is the type of a global tracer provider that is not ours, empty where there
// is none. The API's own placeholder counts as none; its type is not exported.
func foreignProvider() string {
	now := otel.GetTracerProvider()
	if owner := fmt.Sprintf("%T", now); now != installed && !strings.HasPrefix(owner, "*global.") {
		return owner
	}
	return ""
}

// installed is the global tracer provider that Start has set; starting guards it.
var installed trace.TracerProvider
