package guardextension

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/extensions/guardextension/internal/metadata"
	"github.com/koine-otel/koine/spans/wire"
)

// guard is the extension. One guard serves any number of receivers, by any of the ways
// in http.go, grpc.go and unmarshal.go; its budget is theirs together.
type guard struct {
	config    *Config
	limits    wire.Limits
	inFlight  budget
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	warned    atomic.Int64 // when a refusal was last logged, Unix seconds
}

func newGuard(config *Config, set component.TelemetrySettings) (*guard, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, fmt.Errorf("guard: creating metrics: %w", err)
	}
	g := &guard{
		config:    config,
		limits:    config.limits(),
		inFlight:  budget{limit: int64(config.MaxInFlightMiB) << 20},
		logger:    set.Logger,
		telemetry: telemetry,
	}
	err = telemetry.RegisterExtensionGuardInFlightCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(g.inFlight.used.Load())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("guard: registering metrics: %w", err)
	}
	return g, nil
}

// Start implements component.Component: there is nothing to start.
func (*guard) Start(context.Context, component.Host) error { return nil }

// Shutdown ends the guard's metrics.
func (g *guard) Shutdown(context.Context) error {
	g.telemetry.Shutdown()
	return nil
}

// A transport is a way by which requests come.
type transport int

const (
	overHTTP transport = iota
	overGRPC
	overKafka
	transports
)

// A reason is why a request was refused: one of wire's kinds, or one of ours.
type reason int

const (
	tooLarge reason = iota + reason(wire.Malformed) + 1
	overBudget
	tooLate
	reasons
)

var (
	transportNames = [transports]string{"http", "grpc", "kafka"}
	reasonNames    = [reasons]string{
		wire.Depth:      wire.Depth.String(),
		wire.Attributes: wire.Attributes.String(),
		wire.Elements:   wire.Elements.String(),
		wire.Malformed:  wire.Malformed.String(),
		tooLarge:        "too_large",
		overBudget:      "in_flight",
		tooLate:         "timeout",
	}
	// refusals holds the counter's attributes, made once: a flood of bad requests is when
	// counting must be cheap.
	refusals = func() (options [reasons][transports]metric.MeasurementOption) {
		for r, reasonName := range reasonNames {
			for t, transportName := range transportNames {
				options[r][t] = metric.WithAttributeSet(attribute.NewSet(
					attribute.String("koine.reason", reasonName), attribute.String("koine.transport", transportName)))
			}
		}
		return options
	}()
)

// refused counts a refusal, and logs one a minute.
func (g *guard) refused(why reason, by transport, err error) {
	g.telemetry.ExtensionGuardRefusedRequests.Add(context.Background(), 1, refusals[why][by])
	now := time.Now().Unix()
	if last := g.warned.Load(); now-last >= 60 && g.warned.CompareAndSwap(last, now) {
		g.logger.Warn("refused a request; see otelcol_extension_guard_refused_requests for how many",
			zap.String("reason", reasonNames[why]), zap.String("transport", transportNames[by]), zap.Error(err))
	}
}

// reasonOf gives the reason in an error of package wire, or of the budget.
func reasonOf(err error) reason {
	switch {
	case errors.Is(err, errOverBudget):
		return overBudget
	case errors.Is(err, errNeverFits):
		return tooLarge
	}
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return reason(e.Kind)
	}
	return reason(wire.Malformed)
}
