package guardextension

import (
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/wire"
)

// The guard is an encoding for receivers that take one by its id, as the Kafka receiver
// does: it unmarshals what it lets through.
var (
	_ ptrace.Unmarshaler   = (*guard)(nil)
	_ pmetric.Unmarshaler  = (*guard)(nil)
	_ plog.Unmarshaler     = (*guard)(nil)
	_ pprofile.Unmarshaler = (*guard)(nil)
)

// UnmarshalTraces scans a message and decodes it. A refusal is permanent: no later try
// would end otherwise.
func (g *guard) UnmarshalTraces(buf []byte) (ptrace.Traces, error) {
	return unmarshal(g, wire.Traces, buf, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, (&ptrace.JSONUnmarshaler{}).UnmarshalTraces)
}

// UnmarshalMetrics does the same for metrics.
func (g *guard) UnmarshalMetrics(buf []byte) (pmetric.Metrics, error) {
	return unmarshal(g, wire.Metrics, buf, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics)
}

// UnmarshalLogs does the same for logs.
func (g *guard) UnmarshalLogs(buf []byte) (plog.Logs, error) {
	return unmarshal(g, wire.Logs, buf, (&plog.ProtoUnmarshaler{}).UnmarshalLogs, (&plog.JSONUnmarshaler{}).UnmarshalLogs)
}

// UnmarshalProfiles does the same for profiles.
func (g *guard) UnmarshalProfiles(buf []byte) (pprofile.Profiles, error) {
	return unmarshal(g, wire.Profiles, buf, (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles, (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles)
}

func unmarshal[T any](g *guard, signal wire.Signal, buf []byte, proto, json func([]byte) (T, error)) (T, error) {
	kind, decode := protobufContent, proto
	if g.config.Encoding == otlpJSON {
		kind, decode = jsonContent, json
	}
	heap, err := g.check(kind, signal, buf)
	if err != nil {
		g.refused(reasonOf(err), overKafka, err)
		var none T
		return none, consumererror.NewPermanent(err)
	}
	// The receiver has the message already, and a partition is unmarshalled by one goroutine:
	// there is nobody to turn away, but others must know.
	reserved := len(buf) + heap
	g.inFlight.take(reserved)
	defer g.inFlight.release(reserved)
	return decode(buf)
}
