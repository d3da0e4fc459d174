package koine

import (
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
	envSpanQueue       = "OTEL_BSP_MAX_QUEUE_SIZE"
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

// envCount is a variable's positive number, or what it is where there is none.
func envCount(name string, otherwise int) int {
	if n, err := strconv.Atoi(env(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}
