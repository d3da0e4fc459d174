package koinesql

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

type config struct {
	system     string
	attributes []attribute.KeyValue
	queryText  bool
	statusCode func(error) string
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	passed     []otelsql.Option

	dialect   dialect
	summaries memo
}

func newConfig(opts []Option) *config {
	c := &config{
		system: "other_sql", tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider(),
		statusCode: func(error) string { return "" },
	}
	for _, o := range opts {
		o(c)
	}
	c.dialect = dialectOf(c.system)
	c.attributes = append([]attribute.KeyValue{semconv.DBSystemNameKey.String(c.system)}, c.attributes...)
	return c
}

// TracerProvider is where spans go in place of the global provider.
func TracerProvider(p trace.TracerProvider) Option { return func(c *config) { c.tracers = p } }

// MeterProvider is where metrics go in place of the global provider.
func MeterProvider(p metric.MeterProvider) Option { return func(c *config) { c.meters = p } }

// otelsql are the options of the library below.
func (c *config) otelsql() []otelsql.Option {
	return append([]otelsql.Option{
		otelsql.WithTracerProvider(tracers{TracerProvider: c.tracers}),
		otelsql.WithMeterProvider(meters{MeterProvider: c.meters, config: c}),
		otelsql.WithAttributes(c.attributes...),
		otelsql.WithSpanNameFormatter(c.name),
		otelsql.WithAttributesGetter(c.spanAttributes),
		otelsql.WithSpanErrorAttributesGetter(c.errorAttributes),
		otelsql.WithInstrumentAttributesGetter(c.metricAttributes),
		otelsql.WithInstrumentErrorAttributesGetter(c.metricErrorAttributes),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			// Values stand in queries; what is safe of them is ours to say.
			DisableQuery: true,
			// An answer's rows and a connection's reset are no calls to the database of the caller's.
			OmitRows: true, OmitConnResetSession: true,
			// "The driver wants it prepared" is no failure.
			DisableErrSkip: true,
		}),
	}, c.passed...)
}

// operations are the calls that have no query.
var operations = map[otelsql.Method]string{
	otelsql.MethodConnectorConnect: "CONNECT",
	otelsql.MethodConnBeginTx:      "BEGIN",
	otelsql.MethodTxCommit:         "COMMIT",
	otelsql.MethodTxRollback:       "ROLLBACK",
	otelsql.MethodConnPing:         "PING",
}

// name is a span's: the query's summary, or the operation and the database, or the system.
func (c *config) name(_ context.Context, method otelsql.Method, query string) string {
	if operation := operations[method]; operation != "" {
		if namespace := c.attribute(semconv.DBNamespaceKey); namespace != "" {
			return operation + " " + namespace
		}
		return operation
	}
	if summary := c.summary(method, query); summary != "" {
		return summary
	}
	return c.system
}

// summary is db.query.summary; of a query that is only prepared it says so.
func (c *config) summary(method otelsql.Method, query string) string {
	if query == "" {
		return ""
	}
	summary := c.summaries.of(query, c.dialect)
	if method == otelsql.MethodConnPrepare && summary != "" {
		return "PREPARE " + summary
	}
	return summary
}

// attribute is the last of a key, as the SDK has it: the user's stand behind what was read.
func (c *config) attribute(key attribute.Key) string {
	for _, a := range slices.Backward(c.attributes) {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

func (c *config) spanAttributes(ctx context.Context, method otelsql.Method, query string, args []driver.NamedValue) []attribute.KeyValue {
	attrs := c.metricAttributes(ctx, method, query, args)
	if c.queryText && query != "" {
		if text := sanitize(query, c.dialect); text != "" {
			attrs = append(attrs, semconv.DBQueryText(text))
		}
	}
	return attrs
}

func (c *config) metricAttributes(_ context.Context, method otelsql.Method, query string, _ []driver.NamedValue) []attribute.KeyValue {
	if operation := operations[method]; operation != "" {
		return []attribute.KeyValue{semconv.DBOperationName(operation)}
	}
	if summary := c.summary(method, query); summary != "" {
		return []attribute.KeyValue{semconv.DBQuerySummary(summary)}
	}
	return nil
}
