package koine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// The variables that neither the SDK nor contrib reads, or that decide here what they read.
const (
	envDisabled        = "OTEL_SDK_DISABLED"
	envLogLevel        = "OTEL_LOG_LEVEL"
	envConfigFile      = "OTEL_CONFIG_FILE"
	envServiceName     = "OTEL_SERVICE_NAME"
	envResource        = "OTEL_RESOURCE_ATTRIBUTES"
	envSampler         = "OTEL_TRACES_SAMPLER"
	envSamplerArg      = "OTEL_TRACES_SAMPLER_ARG"
	envPropagators     = "OTEL_PROPAGATORS"
	envSpanQueue       = "OTEL_BSP_MAX_QUEUE_SIZE"
	envSpanBatch       = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
	envSpanDelay       = "OTEL_BSP_SCHEDULE_DELAY"
	envRecordQueue     = "OTEL_BLRP_MAX_QUEUE_SIZE"
	envMetricsExporter = "OTEL_METRICS_EXPORTER"
	envProducers       = "OTEL_METRICS_PRODUCERS"
	envProtocol        = "OTEL_EXPORTER_OTLP_PROTOCOL"
	envMetricsProtocol = "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"
	envObservability   = "OTEL_GO_X_OBSERVABILITY"
	envExceptions      = "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN"
)

// disabled is OTEL_SDK_DISABLED: true in any case, and nothing else, turns the SDK off.
func disabled() bool { return strings.EqualFold(env(envDisabled), "true") }

// env is a variable's value, without blanks; empty counts as unset, as the specification has it.
func env(name string) string { return strings.TrimSpace(os.Getenv(name)) }

// count is a variable's positive number. What is none is reported, and as if it were not set: the
// SDK's batch processor panics on some, and spins on others.
func (o *options) count(name string, otherwise int) int {
	text := env(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		o.limiter.Handle(fmt.Errorf("koine: %s: %q is no positive number: using %d", name, text, otherwise))
		return otherwise
	}
	return n
}
