package telemetry

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/spans/wire"
	"github.com/koine-otel/koine/zipkin"
)

// decoder decodes bodies and gives what they hold to the sink. It is safe for concurrent use.
type decoder struct {
	sink     Sink
	tally    tally
	zipkin   sync.Pool
	limits   wire.Limits
	registry *registry.Registry
	// arrived, if any, is told of all telemetry.
	arrived func()
}

// newDecoder makes one; nil is the registry of the conventions.
func newDecoder(sink Sink, r *registry.Registry) *decoder {
	if r == nil {
		r = registry.Default()
	}
	// Spans that share an id may stand in different lists, so all lists have one memory.
	memory := sync.OnceValue(zipkin.NewMemory)
	return &decoder{sink: sink, limits: fileLimits, registry: r, zipkin: sync.Pool{New: func() any {
		return zipkin.NewDecoder(zipkin.Options{IsResource: registry.OfSender, Memory: memory()})
	}}}
}

// fileLimits are wider than those for strangers' requests: 64 MiB of honest spans are some four
// million elements. What protects the process is the depth.
var fileLimits = wire.Limits{ValueDepth: wire.DefaultLimits.ValueDepth, Attributes: 1 << 14, Elements: 8_000_000}

// otlpProto decodes a request of a signal, or a piece of one.
func (d *decoder) otlpProto(signal wire.Signal, body []byte, source string) error {
	if _, err := wire.Check(signal, body, d.limits); err != nil {
		return err
	}
	switch signal {
	case wire.Metrics:
		return pass(body, source, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, d.metrics)
	case wire.Logs:
		return pass(body, source, (&plog.ProtoUnmarshaler{}).UnmarshalLogs, d.logs)
	default:
		return pass(body, source, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, d.traces)
	}
}

// otlpJSON decodes a request, of whatever signals it has. Text with these words has its quotes
// escaped, so that only keys are found.
func (d *decoder) otlpJSON(body []byte, source string) error {
	if _, err := wire.CheckJSON(body, d.limits); err != nil {
		return err
	}
	return d.checkedJSON(body, source)
}

func (d *decoder) checkedJSON(body []byte, source string) error {
	var errs []error
	if containsKey(body, "resourceSpans", "resource_spans") {
		errs = append(errs, pass(body, source, (&ptrace.JSONUnmarshaler{}).UnmarshalTraces, d.traces))
	}
	if containsKey(body, "resourceMetrics", "resource_metrics") {
		errs = append(errs, pass(body, source, (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics, d.metrics))
	}
	if containsKey(body, "resourceLogs", "resource_logs") {
		errs = append(errs, pass(body, source, (&plog.JSONUnmarshaler{}).UnmarshalLogs, d.logs))
	}
	return errors.Join(errs...)
}

func containsKey(body []byte, names ...string) bool {
	for _, name := range names {
		if bytes.Contains(body, []byte(`"`+name+`"`)) {
			return true
		}
	}
	return false
}

func pass[T any](body []byte, source string, unmarshal func([]byte) (T, error), sink func(T, string)) error {
	all, err := unmarshal(body)
	if err != nil {
		return plain(err)
	}
	sink(all, source)
	return nil
}

// plain leaves out the excerpts of what was read that pdata's reader of JSON adds.
func plain(err error) error {
	text, _, cut := strings.Cut(err.Error(), ", error found in #")
	if !cut {
		return err
	}
	return errors.New(text)
}

// zipkinList decodes a list of spans. What is wrong with single spans is told, but the first of
// each kind only.
func (d *decoder) zipkinList(f zipkin.Format, body []byte, source string, invalid func(*zipkin.SpanError)) error {
	if f == zipkin.JSONv1 || f == zipkin.JSONv2 {
		if _, err := wire.CheckZipkinJSON(body, d.limits); err != nil {
			return err
		}
	}
	z := d.zipkin.Get().(*zipkin.Decoder)
	defer d.zipkin.Put(z)
	td, report, err := z.Decode(f, body, time.Now())
	if err != nil {
		return err
	}
	for reason, n := range report.Invalid {
		if n > 0 {
			d.tally.damaged.Add(int64(n - 1)) // the first one is counted where it is told
			invalid(report.First[reason])
		}
	}
	(&types{d.registry, ofZipkin}).restore(td)
	d.traces(td, source)
	return nil
}

func (d *decoder) traces(td ptrace.Traces, source string) {
	d.tally.spans.Add(int64(td.SpanCount()))
	d.here()
	d.sink.Traces(td, source)
}

func (d *decoder) metrics(md pmetric.Metrics, source string) {
	d.tally.points.Add(int64(md.DataPointCount()))
	d.here()
	d.sink.Metrics(md, source)
}

func (d *decoder) logs(ld plog.Logs, source string) {
	d.tally.logs.Add(int64(ld.LogRecordCount()))
	d.here()
	d.sink.Logs(ld, source)
}

func (d *decoder) here() {
	if d.arrived != nil {
		d.arrived()
	}
}
