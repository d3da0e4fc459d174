package koinesql

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"
	"go.opentelemetry.io/otel/trace"
)

// tracers gives otelsql spans that hold no error's text: "duplicate entry 'a@b.example'". What
// went wrong stands in error.type and db.response.status_code.
type tracers struct{ trace.TracerProvider }

func (t tracers) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return tracer{t.TracerProvider.Tracer(name, opts...)}
}

type tracer struct{ trace.Tracer }

func (t tracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, s := t.Tracer.Start(ctx, name, opts...)
	return ctx, span{s}
}

type span struct{ trace.Span }

func (span) RecordError(error, ...trace.EventOption) {}

// meters gives otelsql a db.client.operation.duration that is one: otelsql measures all that it
// wraps, and says which by a db.operation.name of its own ("sql.conn.query") that no option
// takes away.
type meters struct {
	metric.MeterProvider
	config *config
}

func (m meters) Meter(name string, opts ...metric.MeterOption) metric.Meter {
	return meter{Meter: m.MeterProvider.Meter(name, opts...), config: m.config}
}

type meter struct {
	metric.Meter
	config *config
}

func (m meter) Float64Histogram(name string, opts ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	h, err := m.Meter.Float64Histogram(name, opts...)
	if err != nil || name != (dbconv.ClientOperationDuration{}).Name() {
		return h, err
	}
	connects, err := dbconv.NewClientConnectionCreateTime(m.Meter)
	if err != nil {
		otel.Handle(err)
	}
	return durations{Float64Histogram: h, connects: connects, pool: m.config.pool()}, nil
}

type durations struct {
	metric.Float64Histogram
	connects dbconv.ClientConnectionCreateTime
	pool     string
}

// ownErrorType carries an error's type past otelsql, which writes one of its own last.
const ownErrorType = attribute.Key("koinesql.error.type")

func (d durations) Record(ctx context.Context, seconds float64, opts ...metric.RecordOption) {
	set := metric.NewRecordConfig(opts).Attributes()
	if failure, _ := set.Value(semconv.ErrorTypeKey); failure.AsString() == "database/sql/driver.ErrSkip" {
		return // it is asked again another way, and that is measured
	}
	method, _ := set.Value(semconv.DBOperationNameKey)
	switch method.AsString() {
	case "sql.conn.exec", "sql.conn.query", "sql.stmt.exec", "sql.stmt.query", "sql.conn.prepare":
		d.Float64Histogram.Record(ctx, seconds, metric.WithAttributeSet(ours(set, "")))
	case "sql.conn.begin_tx":
		d.Float64Histogram.Record(ctx, seconds, metric.WithAttributeSet(ours(set, "BEGIN")))
	case "sql.tx.commit", "sql.tx.rollback":
		d.Float64Histogram.Record(ctx, seconds, metric.WithAttributeSet(ours(set, strings.ToUpper(strings.TrimPrefix(method.AsString(), "sql.tx.")))))
	case "sql.connector.connect":
		if !set.HasValue(semconv.ErrorTypeKey) {
			d.connects.Record(ctx, seconds, d.pool)
		}
	}
}

// ours takes otelsql's operation and error type out of a set.
func ours(set attribute.Set, operation string) attribute.Set {
	attrs := make([]attribute.KeyValue, 0, set.Len()+1)
	for _, a := range set.ToSlice() {
		switch a.Key {
		case semconv.DBOperationNameKey, semconv.ErrorTypeKey:
		case ownErrorType:
			attrs = append(attrs, attribute.KeyValue{Key: semconv.ErrorTypeKey, Value: a.Value})
		default:
			attrs = append(attrs, a)
		}
	}
	if operation != "" {
		attrs = append(attrs, semconv.DBOperationName(operation))
	}
	return attribute.NewSet(attrs...)
}
