package extract

import (
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Callee is what a function makes of one of its arguments. A function may have several.
type Callee struct {
	// Arg is the argument that is the name; of Pairs the first of alternating names and values.
	Arg int
	// Value is the argument that is the attribute's value, -1: none.
	Value int
	Role  source.Role
	Tier  source.Tier
	Type  registry.Type
	Place translate.Place
	// Instrument is the metric's; its unit is among the options that follow.
	Instrument registry.Instrument
	Read       bool
	// Pairs: names and values alternate. Map: the argument is a map whose keys are names, Each: a
	// list of names.
	Pairs, Map, Each bool
	// Dotted: only names with a dot are meant, others are the log's own.
	Dotted bool
	// Receiver: the name is what the method is called on.
	Receiver bool
}

const (
	otel      = "go.opentelemetry.io/otel"
	attribute = otel + "/attribute"
	pdata     = "go.opentelemetry.io/collector/pdata"
	tracing   = "github.com/opentracing/opentracing-go"
	zipkin    = "github.com/openzipkin/zipkin-go"
	census    = "go.opencensus.io"
)

// callees are by full names, without the stars of receivers.
var callees = func() map[string][]Callee {
	all := map[string][]Callee{}
	add := func(c Callee, in string, names ...string) {
		if c.Tier == 0 {
			c.Tier = source.A
		}
		for _, name := range names {
			all[in+name] = append(all[in+name], c)
		}
	}
	addAttributes(add)
	addSpans(add)
	addMetrics(add)
	addLogs(add)
	addPdata(add)
	addOlder(add)
	return all
}()

type adder func(c Callee, in string, names ...string)

// key is a callee whose first argument is an attribute's key and whose second is its value.
func key(t registry.Type, p translate.Place) Callee {
	return Callee{Role: source.Attribute, Value: 1, Type: t, Place: p}
}

// typesByMethod are the value types by the names that functions have.
var typesByMethod = map[string]registry.Type{
	"Bool": registry.Bool, "BoolSlice": registry.Bools, "Int": registry.Int, "IntSlice": registry.Ints,
	"Int64": registry.Int, "Int64Slice": registry.Ints, "Float64": registry.Double, "Float64Slice": registry.Doubles,
	"String": registry.String, "StringSlice": registry.Strings, "Stringer": registry.String,
}

func addAttributes(add adder) {
	for name, t := range typesByMethod {
		add(key(t, 0), attribute+".", name)
		add(Callee{Role: source.Attribute, Value: 0, Type: t, Receiver: true}, "("+attribute+".Key).", name)
	}
}

func addSpans(add adder) {
	trace := "(" + otel + "/trace."
	add(Callee{Role: source.SpanName, Arg: 1, Value: -1}, trace, "Tracer).Start")
	add(Callee{Role: source.SpanName, Value: -1}, trace, "Span).SetName")
	add(Callee{Role: source.Event, Value: -1}, trace, "Span).AddEvent")
	http := "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp."
	add(Callee{Role: source.SpanName, Arg: 1, Value: -1}, http, "NewHandler")
	add(Callee{Role: source.SpanName, Value: -1}, http, "NewMiddleware")
}

func addMetrics(add adder) {
	kinds := map[string]registry.Instrument{
		"Counter": registry.Counter, "UpDownCounter": registry.UpDownCounter,
		"Histogram": registry.Histogram, "Gauge": registry.Gauge,
	}
	for kind, i := range kinds {
		c := Callee{Role: source.Metric, Value: -1, Instrument: i}
		for _, number := range []string{"Int64", "Float64"} {
			add(c, "("+otel+"/metric.Meter).", number+kind, number+"Observable"+kind)
		}
	}
}

func addLogs(add adder) {
	for name, t := range typesByMethod {
		add(key(t, translate.Record), otel+"/log.", name)
	}
	add(key(registry.Any, translate.Record), otel+"/log.", "Slice", "Map", "Bytes")
	add(Callee{Role: source.Event, Value: -1}, "("+otel+"/log.Record).", "SetEventName")
	addSlog(add)
}

func addSlog(add adder) {
	// A key of slog is one of telemetry where slog is bridged: in modules that use OpenTelemetry.
	log := key(registry.Any, translate.Record)
	log.Dotted, log.Tier = true, source.B
	for _, name := range []string{"String", "Int", "Int64", "Float64", "Bool"} {
		log.Type = typesByMethod[name]
		add(log, "log/slog.", name)
	}
	log.Type = registry.Any
	add(log, "log/slog.", "Any", "Uint64", "Duration", "Time", "Group")
	log.Pairs = true
	levels := func(suffix string) []string {
		return []string{"Debug" + suffix, "Info" + suffix, "Warn" + suffix, "Error" + suffix}
	}
	for first, names := range map[int][]string{0: {"With"}, 1: levels(""), 2: levels("Context"), 3: {"Log"}} {
		log.Arg = first
		add(log, "log/slog.", names...)
		add(log, "(log/slog.Logger).", names...)
	}
	log.Arg = 1
	add(log, "log/slog.", "Group")
}

func addPdata(add adder) {
	m := "(" + pdata + "/pcommon.Map)."
	for name, t := range map[string]registry.Type{
		"PutStr": registry.String, "PutInt": registry.Int, "PutDouble": registry.Double, "PutBool": registry.Bool,
	} {
		add(key(t, 0), m, name)
	}
	add(Callee{Role: source.Attribute, Value: -1}, m, "PutEmpty", "PutEmptyMap", "PutEmptySlice", "PutEmptyBytes", "GetOrPutEmpty")
	add(Callee{Role: source.Attribute, Value: -1, Read: true}, m, "Get", "Remove")
	add(Callee{Role: source.Attribute, Value: -1, Map: true}, m, "FromRaw")
	add(Callee{Role: source.SpanName, Value: -1}, "("+pdata+"/ptrace.Span).", "SetName")
	add(Callee{Role: source.Event, Value: -1}, "("+pdata+"/ptrace.SpanEvent).", "SetName")
	add(Callee{Role: source.Event, Value: -1}, "("+pdata+"/plog.LogRecord).", "SetEventName")
	add(Callee{Role: source.Metric, Value: -1}, "("+pdata+"/pmetric.Metric).", "SetName")
}

// addOlder adds the APIs from before OpenTelemetry, whose vocabularies are translated, and
// Jaeger's model, in which names of old data are read as well.
func addOlder(add adder) {
	span := Callee{Role: source.SpanName, Value: -1}
	add(key(registry.Any, source.AnySpan), "("+tracing+".Span).", "SetTag")
	add(span, "("+tracing+".Span).", "SetOperationName")
	add(span, "("+tracing+".Tracer).", "StartSpan")
	add(span, tracing+".", "StartSpan")
	add(key(registry.Any, source.AnySpan), "("+zipkin+".Span).", "Tag")
	add(span, "("+zipkin+".Span).", "SetName")
	add(span, "("+zipkin+".Tracer).", "StartSpan")
	for name, t := range map[string]registry.Type{"String": registry.String, "Bool": registry.Bool, "Int64": registry.Int, "Float64": registry.Double} {
		add(key(t, source.AnySpan), census+"/trace.", name+"Attribute")
		jaeger := key(registry.Any, 0)
		jaeger.Tier = source.B
		add(jaeger, "github.com/jaegertracing/jaeger-idl/model/v1.", name)
		add(jaeger, "github.com/jaegertracing/jaeger/model.", name)
	}
	span.Arg = 1
	add(span, tracing+".", "StartSpanFromContext")
	add(span, "("+zipkin+".Tracer).", "StartSpanFromContext")
	add(span, census+"/trace.", "StartSpan")
	span.Arg = 2
	add(span, tracing+".", "StartSpanFromContextWithTracer")
}

// fields are the fields of structs that hold a name, by the struct's full name and the field's.
var fields = map[string]Callee{
	otel + "/log.KeyValue.Key":                                  {Role: source.Attribute, Tier: source.A, Place: translate.Record},
	otel + "/sdk/metric.Instrument.Name":                        {Role: source.Metric, Tier: source.A, Read: true},
	otel + "/sdk/metric.Stream.Name":                            {Role: source.Metric, Tier: source.A},
	otel + "/sdk/metric/metricdata.Metrics.Name":                {Role: source.Metric, Tier: source.A},
	tracing + ".Tag.Key":                                        {Role: source.Attribute, Tier: source.A, Place: source.AnySpan},
	"log/slog.Attr.Key":                                         {Role: source.Attribute, Tier: source.B, Place: translate.Record, Dotted: true},
	"go.opentelemetry.io/proto/otlp/common/v1.KeyValue.Key":     {Role: source.Attribute, Tier: source.A},
	"go.opentelemetry.io/proto/otlp/metrics/v1.Metric.Name":     {Role: source.Metric, Tier: source.A},
	"go.opentelemetry.io/proto/otlp/trace/v1.Span_Event.Name":   {Role: source.Event, Tier: source.A},
	"github.com/jaegertracing/jaeger-idl/model/v1.KeyValue.Key": {Role: source.Attribute, Tier: source.B},
	"github.com/jaegertracing/jaeger/model.KeyValue.Key":        {Role: source.Attribute, Tier: source.B},
}

// keyTypes are types whose constants are attributes' keys, wherever they stand.
var keyTypes = map[string]bool{attribute + ".Key": true, zipkin + ".Tag": true}

// telemetry are the beginnings of import paths of telemetry APIs.
var telemetry = []string{otel, "go.opentelemetry.io/", tracing, zipkin, census + "/", "github.com/uber/jaeger-client-go", "github.com/jaegertracing/"}
