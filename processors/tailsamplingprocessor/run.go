package tailsamplingprocessor

import (
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/metadata"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

// run is what holds from one start of the processor to its shutdown. Everything in it is only
// read, and what waits in the engine outlives it.
type run struct {
	cfg        *Config
	policies   *policy.Set
	names      []string // of policies, by their numbers
	metrics    []string // the same as metrics call them
	generation uint32
	next       consumer.Traces
	telemetry  *metadata.TelemetryBuilder
	logger     *zap.Logger

	tickLength time.Duration
	spanIngest bool
	analyzes   bool
}

const (
	noPolicy    = -1
	debugPolicy = -2
	// debugName is the policy of traces that a Zipkin sender wants kept.
	debugName = zipkinDebug
)

// The wheel's tick is a hundredth of the wait, within bounds: finer ones gain nothing, coarser
// ones decide in bursts.
const (
	minTick = 10 * time.Millisecond
	maxTick = 100 * time.Millisecond
)

func tickLength(cfg *Config) time.Duration {
	return min(max(cfg.DecisionWait/100, minTick), maxTick)
}

// tick gives the tick of a time on the engine's clock.
func (r *run) tick(ns int64) int64 { return ns / int64(r.tickLength) }

func (r *run) longestWait() time.Duration {
	return max(r.cfg.DecisionWait, r.cfg.DecisionWaitAfterRootReceived) + r.cfg.WaitForOpenSpans
}

func (r *run) policyName(number int) string {
	switch number {
	case noPolicy:
		return ""
	case debugPolicy:
		return debugName
	}
	return r.names[number]
}

func (r *run) metricName(number int) string {
	if number < 0 {
		return r.policyName(number)
	}
	return r.metrics[number]
}
