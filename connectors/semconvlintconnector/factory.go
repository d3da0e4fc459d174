package semconvlintconnector

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
)

// NewFactory returns the factory of the connector `semconv_lint`.
func NewFactory() connector.Factory {
	s := &shared{linters: map[*Config]*linter{}}
	return connector.NewFactory(
		metadata.Type,
		createDefaultConfig,
		connector.WithTracesToMetrics(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Traces, error) {
			return s.toMetrics(pipeline.SignalTraces, set, cfg, next)
		}, metadata.TracesToMetricsStability),
		connector.WithTracesToLogs(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Traces, error) {
			return s.toLogs(pipeline.SignalTraces, set, cfg, next)
		}, metadata.TracesToLogsStability),
		connector.WithMetricsToMetrics(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Metrics, error) {
			return s.toMetrics(pipeline.SignalMetrics, set, cfg, next)
		}, metadata.MetricsToMetricsStability),
		connector.WithMetricsToLogs(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Metrics, error) {
			return s.toLogs(pipeline.SignalMetrics, set, cfg, next)
		}, metadata.MetricsToLogsStability),
		connector.WithLogsToMetrics(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Logs, error) {
			return s.toMetrics(pipeline.SignalLogs, set, cfg, next)
		}, metadata.LogsToMetricsStability),
		connector.WithLogsToLogs(func(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Logs, error) {
			return s.toLogs(pipeline.SignalLogs, set, cfg, next)
		}, metadata.LogsToLogsStability),
	)
}
