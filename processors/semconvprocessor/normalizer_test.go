package semconvprocessor

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadatatest"
)

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     ptrace.SpanKind
		in, want map[string]any
	}{
		{"client", ptrace.SpanKindClient,
			map[string]any{"http.method": "GET", "http.status_code": "200", "net.peer.name": "shop", "own": int64(1)},
			map[string]any{"http.request.method": "GET", "http.response.status_code": int64(200), "server.address": "shop", "own": int64(1)}},
		{"server", ptrace.SpanKindServer,
			map[string]any{"net.peer.name": "me", "http.target": "/a?b=c"},
			map[string]any{"client.address": "me", "url.path": "/a", "url.query": "b=c"}},
		{"invalid", ptrace.SpanKindServer,
			map[string]any{"http.status_code": "abc"},
			map[string]any{"http.status_code": "abc"}},
		{"a list gets its type", ptrace.SpanKindServer,
			map[string]any{"db.cosmosdb.regions_contacted": "east"},
			map[string]any{"azure.cosmosdb.operation.contacted_regions": []any{"east"}}},
		{"list of strings", ptrace.SpanKindClient,
			map[string]any{"db.cosmosdb.regions_contacted": []any{"a", "b"}},
			map[string]any{"azure.cosmosdb.operation.contacted_regions": []any{"a", "b"}}},
		{"a map is no status", ptrace.SpanKindClient,
			map[string]any{"http.status_code": map[string]any{"a": "b"}},
			map[string]any{"http.status_code": map[string]any{"a": "b"}}},
		{"mixed list stays", ptrace.SpanKindClient,
			map[string]any{"db.cosmosdb.regions_contacted": []any{"a", int64(1)}},
			map[string]any{"db.cosmosdb.regions_contacted": []any{"a", int64(1)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			td := ptrace.NewTraces()
			span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
			span.SetKind(c.kind)
			require.NoError(t, span.Attributes().FromRaw(c.in))
			sink := new(consumertest.TracesSink)
			p, err := NewFactory().CreateTraces(context.Background(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
			require.NoError(t, err)
			require.NoError(t, p.ConsumeTraces(context.Background(), td))
			out := sink.AllTraces()[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
			assert.Equal(t, c.want, out.Attributes().AsRaw())
		})
	}
}

func TestResourcesOfEverySignal(t *testing.T) {
	ctx, set := context.Background(), processortest.NewNopSettings(metadata.Type)
	check := func(r pcommon.Resource) {
		assert.Equal(t, map[string]any{"deployment.environment.name": "prod"}, r.Attributes().AsRaw())
	}

	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().Resource().Attributes().PutStr("deployment.environment", "prod")
	traces := new(consumertest.TracesSink)
	pt, err := NewFactory().CreateTraces(ctx, set, createDefaultConfig(), traces)
	require.NoError(t, err)
	require.NoError(t, pt.ConsumeTraces(ctx, td))
	check(traces.AllTraces()[0].ResourceSpans().At(0).Resource())

	md := pmetric.NewMetrics()
	md.ResourceMetrics().AppendEmpty().Resource().Attributes().PutStr("deployment.environment", "prod")
	metrics := new(consumertest.MetricsSink)
	pm, err := NewFactory().CreateMetrics(ctx, set, createDefaultConfig(), metrics)
	require.NoError(t, err)
	require.NoError(t, pm.ConsumeMetrics(ctx, md))
	check(metrics.AllMetrics()[0].ResourceMetrics().At(0).Resource())

	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().Resource().Attributes().PutStr("deployment.environment", "prod")
	logs := new(consumertest.LogsSink)
	pl, err := NewFactory().CreateLogs(ctx, set, createDefaultConfig(), logs)
	require.NoError(t, err)
	require.NoError(t, pl.ConsumeLogs(ctx, ld))
	check(logs.AllLogs()[0].ResourceLogs().At(0).Resource())
}

func TestOwnMetrics(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	n, err := newNormalizer(telemetry.NewTelemetrySettings(), createDefaultConfig().(*Config))
	require.NoError(t, err)

	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	spans.AppendEmpty().Attributes().PutStr("http.method", "GET")
	spans.AppendEmpty().Attributes().PutStr("http.method", "PUT")
	spans.AppendEmpty().Attributes().PutStr("http.status_code", "abc")
	both := spans.AppendEmpty().Attributes()
	both.PutStr("http.method", "GET")
	both.PutStr("http.request.method", "PUT")
	both.PutStr("db.system", "redis")
	both.PutStr("db.system.name", "redis")
	_, err = n.traces(context.Background(), td)
	require.NoError(t, err)

	point := func(value int64, attrs ...attribute.KeyValue) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Value: value, Attributes: attribute.NewSet(attrs...)}
	}
	of := func(element, outcome string) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("koine.element", element), attribute.String("koine.outcome", outcome), attribute.String("koine.service", "shop")}
	}
	shop := attribute.String("koine.service", "shop")
	metadatatest.AssertEqualProcessorSemconvElements(t, telemetry, []metricdata.DataPoint[int64]{
		point(3, of("span", "converted")...), point(1, of("span", "conforming")...), point(1, of("resource", "conforming")...), point(1, of("scope", "conforming")...),
	}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSemconvInvalidValues(t, telemetry, []metricdata.DataPoint[int64]{point(1, shop)}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSemconvConflicts(t, telemetry, []metricdata.DataPoint[int64]{point(1, shop)}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSemconvDuplicates(t, telemetry, []metricdata.DataPoint[int64]{point(1, shop)}, metricdatatest.IgnoreTimestamp())
	rule := func(from, to string) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("koine.from", from), attribute.String("koine.to", to)}
	}
	metadatatest.AssertEqualProcessorSemconvRules(t, telemetry, []metricdata.DataPoint[int64]{
		point(2, rule("http.method", "http.request.method")...),
	}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSemconvPlans(t, telemetry, []metricdata.DataPoint[int64]{
		point(1, attribute.String("koine.plan", "hit")), point(5, attribute.String("koine.plan", "miss")),
	}, metricdatatest.IgnoreTimestamp())
}

// TestConformingAllocatesNothing: what conforms is looked at, counted and passed on.
func TestConformingAllocatesNothing(t *testing.T) {
	td, _, _ := oneSpan("shop", map[string]any{"http.request.method": "GET", "http.route": "/a", "server.port": 80, "own": "x"})
	w := newWork(jobOf(t, nil))
	w.traces(td)
	w.rest()
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		w.traces(td)
		w.rest()
	}))
}

func BenchmarkTraces(b *testing.B) {
	old := map[string]any{
		"http.method": "GET", "http.url": "https://shop:8443/a", "http.status_code": 200, "net.peer.name": "shop",
		"net.peer.port": 8443, "http.flavor": "1.1", "http.user_agent": "x", "net.transport": "ip_tcp", "thread.id": 5, "thread.name": "x",
	}
	for _, name := range []string{"old", "conforming"} {
		b.Run(name, func(b *testing.B) {
			n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
			require.NoError(b, err)
			template := ptrace.NewTraces()
			spans := template.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
			for i := range 1000 {
				span := spans.AppendEmpty()
				span.SetName(fmt.Sprint(i))
				span.SetKind(ptrace.SpanKindClient)
				require.NoError(b, span.Attributes().FromRaw(old))
			}
			if name == "conforming" {
				_, err = n.traces(context.Background(), template)
				require.NoError(b, err)
			}
			b.ReportAllocs()
			for b.Loop() {
				td := template
				if name == "old" {
					b.StopTimer()
					td = ptrace.NewTraces()
					template.CopyTo(td)
					b.StartTimer()
				}
				_, _ = n.traces(context.Background(), td)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/span")
		})
	}
}
