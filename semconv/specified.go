package semconv

// specified are names in the conventions' namespaces that OpenTelemetry's specification defines
// and its registry lacks: what exporters to other formats write of a span, and what an SDK writes
// on a metric of too many series.
//
// https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
// https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute
var specified = map[string]bool{
	"otel.dropped_attributes_count": true, "otel.dropped_events_count": true, "otel.dropped_links_count": true, "otel.metric.overflow": true,
}
