package semconvprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

func TestRecords(t *testing.T) {
	n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
	require.NoError(t, err)
	ld := plog.NewLogs()
	list := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	record := list.AppendEmpty()
	record.Attributes().PutStr("http.method", "GET")
	record.Attributes().PutStr("http.status_code", "200")
	record.Attributes().PutStr("state", "own")
	record.Body().SetEmptyMap().PutStr("http.method", "GET")
	list.AppendEmpty().SetEventName("named")
	_, err = n.logs(context.Background(), ld)
	require.NoError(t, err)

	assert.Equal(t, map[string]any{"http.request.method": "GET", "http.response.status_code": int64(200), "state": "own"}, record.Attributes().AsRaw())
	assert.Equal(t, map[string]any{"http.method": "GET"}, record.Body().Map().AsRaw(), "a body is the application's")
	assert.Equal(t, "named", list.At(1).EventName())
}

// TestEventNames: an attribute that says an event's name gives it to an event without
// one, and is counted where it gives way.
func TestEventNames(t *testing.T) {
	for _, c := range []struct {
		name, want            string
		duplicates, conflicts int64
	}{{"", "said", 0, 0}, {"named", "named", 0, 1}, {"said", "said", 1, 0}} {
		w := newWork(newJob(translate.Default()))
		record := plog.NewLogRecord()
		record.SetEventName(c.name)
		record.Attributes().PutStr("event.name", "said")
		w.record(record)
		assert.Equal(t, c.want, record.EventName())
		assert.Zero(t, record.Attributes().Len())
		assert.Equal(t, c.duplicates, w.counts.duplicates, c.name)
		assert.Equal(t, c.conflicts, w.counts.conflicts, c.name)
	}
}

func TestScopesOfEverySignal(t *testing.T) {
	n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
	require.NoError(t, err)
	old := func(s pcommon.InstrumentationScope) { s.Attributes().PutStr("deployment.environment", "prod") }
	check := func(s pcommon.InstrumentationScope) {
		assert.Equal(t, map[string]any{"deployment.environment.name": "prod"}, s.Attributes().AsRaw())
	}

	td := ptrace.NewTraces()
	old(td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Scope())
	_, _ = n.traces(context.Background(), td)
	check(td.ResourceSpans().At(0).ScopeSpans().At(0).Scope())

	md := pmetric.NewMetrics()
	old(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Scope())
	_, _ = n.metrics(context.Background(), md)
	check(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope())

	ld := plog.NewLogs()
	old(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().Scope())
	_, _ = n.logs(context.Background(), ld)
	check(ld.ResourceLogs().At(0).ScopeLogs().At(0).Scope())
}
