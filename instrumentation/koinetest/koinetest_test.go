package koinetest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	koine "github.com/koine-otel/koine/instrumentation"
	"github.com/koine-otel/koine/instrumentation/koinetest"
	"github.com/koine-otel/koine/instrumentation/koinetest/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failures is a test that notes what it is told.
type failures struct {
	testing.TB
	said []string
}

func (*failures) Helper()                        {}
func (f *failures) Error(args ...any)            { f.said = append(f.said, fmt.Sprint(args...)) }
func (f *failures) Errorf(s string, args ...any) { f.said = append(f.said, fmt.Sprintf(s, args...)) }

func TestBadTelemetryFailsWithTheFix(t *testing.T) {
	for name, test := range map[string]struct {
		emit func(ctx context.Context, tracer trace.Tracer, meter metric.Meter)
		want string // empty: conforms
	}{
		"an old key": {func(ctx context.Context, tracer trace.Tracer, _ metric.Meter) {
			_, s := tracer.Start(ctx, "work", trace.WithAttributes(attribute.String("db.statement", "SELECT 1")))
			s.End()
		}, "span work (shop): db.statement was retired in 1.2"},
		"an old key's new name": {func(ctx context.Context, tracer trace.Tracer, _ metric.Meter) {
			_, s := tracer.Start(ctx, "work", trace.WithAttributes(attribute.String("db.statement", "SELECT 1")))
			s.End()
		}, ": write db.query.text"},
		"an id in the name": {func(ctx context.Context, tracer trace.Tracer, _ metric.Meter) {
			_, s := tracer.Start(ctx, "charge order 1234567")
			s.End()
		}, `the name "charge order 1234567" differs from span to span`},
		"a wrong type": {func(ctx context.Context, tracer trace.Tracer, _ metric.Meter) {
			_, s := tracer.Start(ctx, "work", trace.WithAttributes(attribute.String("http.response.status_code", "200")))
			s.End()
		}, "http.response.status_code has the type string: make it int"},
		"an event's old key": {func(ctx context.Context, tracer trace.Tracer, _ metric.Meter) {
			_, s := tracer.Start(ctx, "work")
			s.AddEvent("exception", trace.WithAttributes(attribute.String("db.statement", "")))
			s.End()
		}, "db.query.text"},
		"a metric's unit": {func(ctx context.Context, _ trace.Tracer, meter metric.Meter) {
			h, _ := meter.Float64Histogram("http.server.request.duration", metric.WithUnit("ms"))
			h.Record(ctx, 1)
		}, `metric http.server.request.duration (shop): http.server.request.duration has the unit "ms": make it "s"`},
		"a metric's label": {func(ctx context.Context, _ trace.Tracer, meter metric.Meter) {
			c, _ := meter.Int64Counter("shop.orders", metric.WithUnit("{order}"))
			c.Add(ctx, 1, metric.WithAttributes(attribute.String("http.method", "GET")))
		}, "http.request.method"},
		"nothing": {func(context.Context, trace.Tracer, metric.Meter) {}, "no span has ended"},
		"right": {func(ctx context.Context, tracer trace.Tracer, meter metric.Meter) {
			_, s := tracer.Start(ctx, "charge", trace.WithAttributes(attribute.Int("shop.items", 2)))
			s.End()
			d, _ := httpconv.NewServerRequestDuration(meter)
			d.Record(ctx, 0.1, httpconv.RequestMethodGet, "http")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tel, f := koinetest.New(), &failures{TB: t}
			test.emit(t.Context(), tel.TracerProvider.Tracer("shop"), tel.MeterProvider.Meter("shop"))
			tel.AssertConforms(f)
			if test.want == "" {
				require.Empty(t, f.said)
				return
			}
			require.NotEmpty(t, f.said)
			require.Contains(t, strings.Join(f.said, "\n"), test.want)
		})
	}
}

// A histogram of exponential buckets is a histogram.
func TestExponentialHistograms(t *testing.T) {
	reader := sdkmetric.NewManualReader(sdkmetric.WithAggregationSelector(func(sdkmetric.InstrumentKind) sdkmetric.Aggregation {
		return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}
	}))
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("shop")
	d, err := httpconv.NewServerRequestDuration(meter)
	require.NoError(t, err)
	d.Record(t.Context(), 0.1, httpconv.RequestMethodGet, "http")
	var rm metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &rm))
	koinetest.AssertMetrics(t, rm.ScopeMetrics)

	d.Inst().Record(t.Context(), 1, metric.WithAttributes(attribute.String("http.method", "GET")))
	require.NoError(t, reader.Collect(t.Context(), &rm))
	f := &failures{TB: t}
	koinetest.AssertMetrics(f, rm.ScopeMetrics)
	require.Contains(t, strings.Join(f.said, "\n"), "http.request.method")
}

func TestIgnored(t *testing.T) {
	tel := koinetest.New()
	_, s := tel.TracerProvider.Tracer("shop").Start(t.Context(), "work", trace.WithAttributes(attribute.String("db.statement", "")))
	s.End()
	tel.AssertConforms(t, "db.statement")
	tel.AssertConforms(t, "retired")
}

func TestStartIsGlobalUntilTheTestEnds(t *testing.T) {
	before := otel.GetTracerProvider()
	t.Run("inner", func(t *testing.T) {
		tel := koinetest.Start(t)
		require.Same(t, tel.TracerProvider, otel.GetTracerProvider())
		var r log.Record
		r.SetBody(attribute.StringValue("hello"))
		otel.Logger("shop").Emit(t.Context(), r)
		require.Len(t, tel.Records(), 1)
	})
	require.Equal(t, before, otel.GetTracerProvider())
}

func TestGolden(t *testing.T) {
	tel := koinetest.Start(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(_ http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"load order", "load items"} {
			_, s := otel.Tracer("shop").Start(r.Context(), name)
			err := fmt.Errorf("no rows")
			if name == "load order" {
				err = nil
			}
			koine.End(s, &err)
		}
	})
	koine.Handler(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/7", nil))
	tel.AssertConforms(t)
	golden.Assert(t, tel.Spans(), "testdata/order.golden", "network.peer.port")
}

func TestGoldenTellsTheFirstDifference(t *testing.T) {
	tel, f := koinetest.New(), &failures{TB: t}
	_, s := tel.TracerProvider.Tracer("shop").Start(t.Context(), "another")
	s.End()
	golden.Assert(f, tel.Spans(), "testdata/order.golden")
	require.Len(t, f.said, 1)
	require.Contains(t, f.said[0], "line 1\n- GET /orders/{id} [server]\n+ another [internal]")
}
