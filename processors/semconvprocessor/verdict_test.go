package semconvprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/koine-otel/koine/semconv"
)

// TestProblems: report mode counts what the judgement of uses finds, changes nothing, and
// other modes do not ask it.
func TestProblems(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	old := ss.Spans().AppendEmpty()
	old.SetName("GET")
	old.SetKind(ptrace.SpanKindServer)
	old.Attributes().PutStr("http.method", "GET")
	named := ss.Spans().AppendEmpty()
	named.SetName("GET /users/123")
	named.SetKind(ptrace.SpanKindServer)
	named.Attributes().PutStr("http.request.method", "GET")
	named.Attributes().PutStr("url.path", "/users/123")
	named.Attributes().PutStr("url.scheme", "https")
	named.Attributes().PutStr("http.route", "/users/{id}")
	named.Attributes().PutStr("http.response.status_code", "200")
	event := named.Events().AppendEmpty()
	event.SetName("exception")
	event.Attributes().PutStr("exception.mesage", "a typo")

	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("service.name", "shop")
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("http.server.request.duration")
	m.SetUnit("ms")
	m.SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("http.method", "GET")

	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "shop")
	record := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetEventName("az.resource.log")
	record.Attributes().PutStr("Bad Name", "x")

	for _, mode := range []string{modeReport, modeReplace} {
		telemetry := componenttest.NewTelemetry()
		cfg := createDefaultConfig().(*Config)
		cfg.Mode = mode
		n, err := newNormalizer(telemetry.NewTelemetrySettings(), cfg)
		require.NoError(t, err)
		tdCopy, mdCopy, ldCopy := ptrace.NewTraces(), pmetric.NewMetrics(), plog.NewLogs()
		td.CopyTo(tdCopy)
		md.CopyTo(mdCopy)
		ld.CopyTo(ldCopy)
		_, err = n.traces(context.Background(), tdCopy)
		require.NoError(t, err)
		_, err = n.metrics(context.Background(), mdCopy)
		require.NoError(t, err)
		_, err = n.logs(context.Background(), ldCopy)
		require.NoError(t, err)
		got := map[string]int64{}
		if sum, err := telemetry.GetMetric("otelcol_processor_semconv_problems"); err == nil {
			for _, p := range sum.Data.(metricdata.Sum[int64]).DataPoints {
				service, _ := p.Attributes.Value("koine.service")
				assert.Equal(t, "shop", service.AsString())
				code, _ := p.Attributes.Value("koine.code")
				got[code.AsString()] = p.Value
			}
		}
		require.NoError(t, telemetry.Shutdown(context.Background()))
		if mode == modeReplace {
			assert.Empty(t, got)
			continue
		}
		assert.Equal(t, td, tdCopy)
		t.Log(got)
		for code, want := range map[semconv.Code]int64{
			semconv.Retired: 3, // on the span, on the point, the record's name
			semconv.Type:    1, semconv.Unknown: 1, semconv.Format: 1, semconv.Unit: 1, semconv.Instrument: 1, semconv.Name: 1,
		} {
			assert.Equal(t, want, got[string(code)], code)
		}
		assert.Positive(t, got[string(semconv.Missing)], "a server's url.path and url.scheme")
	}
}

// TestTooNew: at an older target what is newer is counted as such, and not as misplaced.
func TestTooNew(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetKind(ptrace.SpanKindClient)
	s.Attributes().PutStr("db.query.text", "select 1")
	s.Attributes().PutStr("db.stored_procedure.name", "p")
	telemetry := componenttest.NewTelemetry()
	cfg := createDefaultConfig().(*Config)
	cfg.Mode, cfg.Target = modeReport, "1.25.0"
	n, err := newNormalizer(telemetry.NewTelemetrySettings(), cfg)
	require.NoError(t, err)
	_, err = n.traces(context.Background(), td)
	require.NoError(t, err)
	sum, err := telemetry.GetMetric("otelcol_processor_semconv_problems")
	require.NoError(t, err)
	points := sum.Data.(metricdata.Sum[int64]).DataPoints
	require.Len(t, points, 1)
	code, _ := points[0].Attributes.Value("koine.code")
	assert.Equal(t, string(semconv.TooNew), code.AsString())
	assert.Equal(t, int64(2), points[0].Value)
	require.NoError(t, telemetry.Shutdown(context.Background()))
}
