package semconvlintconnector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadatatest"
	"github.com/koine-otel/koine/tracegen"
)

// rigged is the connector with all its ways, as a collector has it: for each input one to each
// output.
type rigged struct {
	traces  [2]connector.Traces
	metrics connector.Metrics
	logs    connector.Logs
	ways    []component.Component
	points  consumertest.MetricsSink
	records consumertest.LogsSink
}

func rig(t *testing.T, set connector.Settings, change func(*Config)) *rigged {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.Interval = time.Hour
	change(cfg)
	require.NoError(t, cfg.Validate())
	r, f := &rigged{}, NewFactory()
	var errs [6]error
	var metricsToLogs connector.Metrics
	var logsToLogs connector.Logs
	r.traces[0], errs[0] = f.CreateTracesToMetrics(t.Context(), set, cfg, &r.points)
	r.traces[1], errs[1] = f.CreateTracesToLogs(t.Context(), set, cfg, &r.records)
	r.metrics, errs[2] = f.CreateMetricsToMetrics(t.Context(), set, cfg, &r.points)
	metricsToLogs, errs[3] = f.CreateMetricsToLogs(t.Context(), set, cfg, &r.records)
	r.logs, errs[4] = f.CreateLogsToMetrics(t.Context(), set, cfg, &r.points)
	logsToLogs, errs[5] = f.CreateLogsToLogs(t.Context(), set, cfg, &r.records)
	require.NoError(t, errors.Join(errs[:]...))
	r.ways = []component.Component{r.traces[0], r.traces[1], r.metrics, metricsToLogs, r.logs, logsToLogs}
	for _, c := range r.ways {
		require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	}
	return r
}

// show gives traces to both ways that take them.
func (r *rigged) show(t *testing.T, td ptrace.Traces) {
	t.Helper()
	td.MarkReadOnly() // to change anything would panic
	for _, c := range r.traces {
		require.NoError(t, c.ConsumeTraces(t.Context(), td))
	}
}

func (r *rigged) shutdown(t *testing.T) {
	t.Helper()
	for _, c := range r.ways {
		require.NoError(t, c.Shutdown(t.Context()))
		require.NoError(t, c.Shutdown(t.Context()), "again")
	}
}

// values are the points of the last metrics, by name and attributes.
func values(sink *consumertest.MetricsSink) map[string]float64 {
	all := sink.AllMetrics()
	got := map[string]float64{}
	if len(all) == 0 {
		return got
	}
	for _, m := range all[len(all)-1].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if m.Type() == pmetric.MetricTypeGauge {
			for _, p := range m.Gauge().DataPoints().All() {
				got[key(m.Name(), p.Attributes())] = p.DoubleValue()
			}
			continue
		}
		for _, p := range m.Sum().DataPoints().All() {
			got[key(m.Name(), p.Attributes())] = float64(p.IntValue())
		}
	}
	return got
}

func key(name string, a pcommon.Map) string {
	for _, attribute := range []string{"service.name", "koine.lint.rule", "koine.lint.severity", "koine.lint.signal"} {
		if v, ok := a.Get(attribute); ok {
			name += " " + v.Str()
		}
	}
	return name
}

func records(sink *consumertest.LogsSink) []plog.LogRecord {
	var all []plog.LogRecord
	for _, ld := range sink.AllLogs() {
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			all = append(all, r)
		}
	}
	return all
}

func span(service, name string, attributes map[string]any) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("lib")
	s := ss.Spans().AppendEmpty()
	s.SetName(name)
	s.SetTraceID(pcommon.TraceID{15: 7})
	s.SetSpanID(pcommon.SpanID{7: 9})
	s.SetKind(ptrace.SpanKindServer)
	_ = s.Attributes().FromRaw(attributes)
	return td
}

var old = map[string]any{"http.method": "GET"}

// TestShop: what a shop of old conventions sends gives findings, scores and one record a cause,
// and one of new conventions scores above 90.
func TestShop(t *testing.T) {
	score := func(convention tracegen.Convention) (map[string]float64, []plog.LogRecord) {
		r := rig(t, connectortest.NewNopSettings(metadata.Type), func(*Config) {})
		cfg := tracegen.DefaultConfig()
		cfg.Protocol, cfg.Convention = tracegen.OTLPHTTP, convention
		payloads, err := tracegen.Corpus(cfg, 100, 10)
		require.NoError(t, err)
		var unmarshal ptrace.ProtoUnmarshaler
		for i := range payloads {
			td, err := unmarshal.UnmarshalTraces(payloads[i].Body)
			require.NoError(t, err)
			r.show(t, td)
		}
		r.shutdown(t)
		return values(&r.points), records(&r.records)
	}
	before, told := score(tracegen.V120)
	assert.Positive(t, before["koine.lint.findings checkout retired-attribute error"])
	assert.Positive(t, before["koine.lint.elements checkout span"])
	replaced := map[string]string{}
	causes := map[string]bool{}
	for _, r := range told {
		a := r.Attributes().AsRaw()
		cause := fmt.Sprint(a["koine.lint.rule"], a["service.name"], a["koine.lint.scope"], a["koine.lint.signal"], a["koine.lint.key"], r.Body().Str())
		assert.False(t, causes[cause], "%s: twice", cause)
		causes[cause] = true
		if to, ok := a["koine.lint.replacement"].(string); ok && a["koine.lint.rule"] == "retired-attribute" {
			replaced[a["koine.lint.key"].(string)] = to
		}
	}
	assert.Equal(t, "http.request.method", replaced["http.method"])

	after, _ := score(tracegen.V144)
	assert.Greater(t, after["koine.lint.score checkout"], 90.0)
	assert.Zero(t, after["koine.lint.findings checkout retired-attribute error"])
}

// TestRecord: a cause is one record with all there is to say, at the span.
func TestRecord(t *testing.T) {
	set := connectortest.NewNopSettings(metadata.Type)
	set.Resource.Attributes().PutStr("service.name", "koine")
	r := rig(t, set, func(c *Config) {
		c.Ignore = []SuppressionConfig{{Rule: "*", Service: "gateway", Reason: "it is replaced"}}
	})
	r.show(t, span("shop", "GET /", old))
	r.show(t, span("shop", "GET /", old))
	r.show(t, span("gateway", "GET /", old))
	r.shutdown(t)
	var found plog.LogRecord
	for _, record := range records(&r.records) {
		a := record.Attributes().AsRaw()
		assert.Equal(t, "shop", a["service.name"])
		if a["koine.lint.rule"] == "retired-attribute" {
			found = record
		}
	}
	assert.Equal(t, map[string]any{
		"service.name": "shop", "koine.lint.rule": "retired-attribute", "koine.lint.signal": "span", "koine.lint.count": int64(2), "koine.lint.scope": "lib",
		"koine.lint.key": "http.method", "koine.lint.replacement": "http.request.method", "koine.lint.name": "GET /",
	}, found.Attributes().AsRaw())
	assert.Equal(t, "koine.lint.finding", found.EventName())
	assert.Equal(t, plog.SeverityNumberError, found.SeverityNumber())
	assert.Contains(t, found.Body().Str(), "http.request.method")
	assert.Equal(t, pcommon.TraceID{15: 7}, found.TraceID())
	assert.Equal(t, pcommon.SpanID{7: 9}, found.SpanID())
	got := values(&r.points)
	assert.Equal(t, 2.0, got["koine.lint.findings shop retired-attribute error"])
	assert.Equal(t, 2.0, got["koine.lint.elements shop span"], "both ways are one linter")
	assert.Equal(t, 1.0, got["koine.lint.elements gateway span"])
	assert.NotContains(t, got, "koine.lint.findings gateway retired-attribute error")
	assert.Equal(t, "koine", r.points.AllMetrics()[0].ResourceMetrics().At(0).Resource().Attributes().AsRaw()["service.name"])
	assert.Len(t, r.points.AllMetrics(), 1)
}

// TestOneScore: a service's traces, metrics and logs are one score, and rules that tell from the
// whole are told of.
func TestOneScore(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(*Config) {})
	r.show(t, span("shop", "GET /", nil))
	for _, unit := range []string{"s", "ms"} {
		md := pmetric.NewMetrics()
		rm := md.ResourceMetrics().AppendEmpty()
		rm.Resource().Attributes().PutStr("service.name", "shop")
		m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("shop.wait")
		m.SetUnit(unit)
		m.SetEmptyGauge().DataPoints().AppendEmpty()
		md.MarkReadOnly()
		require.NoError(t, r.metrics.ConsumeMetrics(t.Context(), md))
	}
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "shop")
	rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	ld.MarkReadOnly()
	require.NoError(t, r.logs.ConsumeLogs(t.Context(), ld))
	r.shutdown(t)
	got := values(&r.points)
	assert.Equal(t, 1.0, got["koine.lint.findings shop MET-003 warning"])
	for _, signal := range []string{"span", "metric", "log"} {
		assert.Positive(t, got["koine.lint.elements shop "+signal])
	}
	assert.Contains(t, got, "koine.lint.score shop")
}

// TestInterval: it tells in time, sums go on, and a cause is told once. The rest comes with the
// end.
func TestInterval(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) { c.Interval = 20 * time.Millisecond })
	const want = "koine.lint.findings shop retired-attribute error"
	for i := range 3 {
		r.show(t, span("shop", "GET /", old))
		require.Eventually(t, func() bool { return values(&r.points)[want] == float64(i+1) }, 10*time.Second, 5*time.Millisecond)
	}
	r.show(t, span("cart", "GET /", old))
	r.shutdown(t)
	got := values(&r.points)
	assert.Equal(t, 3.0, got[want])
	assert.Equal(t, 1.0, got["koine.lint.findings cart retired-attribute error"])
	told := map[string]int{}
	for _, record := range records(&r.records) {
		a := record.Attributes().AsRaw()
		told[fmt.Sprint(a["koine.lint.rule"], " ", a["service.name"])]++
	}
	assert.Equal(t, 1, told["retired-attribute shop"])
	assert.Equal(t, 1, told["retired-attribute cart"])
}

// TestWindow: after it, a cause that is still there is told again.
func TestWindow(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) { c.Interval, c.Window = 10*time.Millisecond, 50*time.Millisecond })
	require.Eventually(t, func() bool {
		r.show(t, span("shop", "GET /", old))
		n := 0
		for _, record := range records(&r.records) {
			if a := record.Attributes().AsRaw(); a["koine.lint.rule"] == "retired-attribute" {
				n++
			}
		}
		return n >= 2
	}, 10*time.Second, 5*time.Millisecond)
	r.shutdown(t)
}

// TestOrphans: a trace that is whole, as far as anyone can tell, is judged; one that was under way
// at the end has no orphans.
func TestOrphans(t *testing.T) {
	orphan := span("shop", "GET /", nil)
	orphan.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetParentSpanID(pcommon.SpanID{7: 1})
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(*Config) {})
	r.show(t, orphan)
	r.shutdown(t)
	assert.Empty(t, orphans(r))

	r = rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) { c.Interval, c.TraceWait = 10*time.Millisecond, 20*time.Millisecond })
	r.show(t, orphan)
	require.Eventually(t, func() bool { return orphans(r) != "" }, 10*time.Second, 5*time.Millisecond)
	r.shutdown(t)
}

func orphans(r *rigged) string {
	for name := range values(&r.points) {
		if strings.Contains(name, "SPA-002") {
			return name
		}
	}
	return ""
}

// TestSample: requests by chance, and no rules about whole traces.
func TestSample(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(context.Background())) }()
	r := rig(t, metadatatest.NewSettings(tel), func(c *Config) { c.Sample = 0.1 })
	for range 1000 {
		r.show(t, span("shop", "GET /", old))
	}
	r.shutdown(t)
	got := values(&r.points)
	seen := got["koine.lint.elements shop span"]
	assert.InDelta(t, 100, seen, 60)
	metadatatest.AssertEqualConnectorSemconvLintSkippedRequests(t, tel, []metricdata.DataPoint[int64]{{Value: 1000 - int64(seen)}}, metricdatatest.IgnoreTimestamp())
	for name := range got {
		assert.NotContains(t, name, "SPA-002")
	}
}

// TestFull: services and causes beyond the bounds.
func TestFull(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) {
		c.MaxServices, c.MaxCauses, c.MaxTraceSpans = 5, 7, 10
	})
	for i := range 50 {
		r.show(t, span(fmt.Sprintf("service%02d", i), "GET /", old))
	}
	r.shutdown(t)
	got := values(&r.points)
	services := map[string]bool{}
	for _, m := range r.points.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if m.Name() == "koine.lint.elements" {
			for _, p := range m.Sum().DataPoints().All() {
				services[p.Attributes().AsRaw()["service.name"].(string)] = true
			}
		}
	}
	assert.Len(t, services, 6)
	assert.Equal(t, 45.0, got["koine.lint.elements _other span"])
	assert.Equal(t, 45.0, got["koine.lint.findings _other retired-attribute error"])
	assert.NotContains(t, got, "koine.lint.score _other")
	assert.Len(t, records(&r.records), 7)
}

// TestNothing: silence is not told.
func TestNothing(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) { c.Interval = time.Millisecond })
	time.Sleep(20 * time.Millisecond)
	r.shutdown(t)
	assert.Empty(t, r.points.AllMetrics())
	assert.Empty(t, r.records.AllLogs())
	require.NoError(t, r.traces[0].ConsumeTraces(t.Context(), span("late", "x", nil)), "after the end")
}

// TestRefusedOutput is counted, and metrics come again.
func TestRefusedOutput(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(context.Background())) }()
	cfg := createDefaultConfig().(*Config)
	cfg.Interval = time.Hour
	next := consumertest.NewErr(errors.New("full"))
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), metadatatest.NewSettings(tel), cfg, next)
	require.NoError(t, err)
	assert.Equal(t, consumer.Capabilities{MutatesData: false}, c.Capabilities())
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.ConsumeTraces(t.Context(), span("shop", "x", old)))
	require.NoError(t, c.Shutdown(t.Context()))
	metadatatest.AssertEqualConnectorSemconvLintFailedSends(t, tel, []metricdata.DataPoint[int64]{{
		Value: 1, Attributes: attribute.NewSet(attribute.String("koine.output", "metrics")),
	}}, metricdatatest.IgnoreTimestamp())
}

// TestManyAtOnce: several goroutines show telemetry while it tells, and nothing is lost.
func TestManyAtOnce(t *testing.T) {
	r := rig(t, connectortest.NewNopSettings(metadata.Type), func(c *Config) { c.Interval, c.Window = time.Millisecond, time.Second })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				td := span("shop", "GET /", old)
				assert.NoError(t, r.traces[0].ConsumeTraces(context.Background(), td))
			}
		})
	}
	all.Wait()
	r.shutdown(t)
	assert.Equal(t, 800.0, values(&r.points)["koine.lint.elements shop span"])
}
