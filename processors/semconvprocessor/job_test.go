package semconvprocessor

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func jobOf(t *testing.T, change func(*Config)) *job {
	cfg := createDefaultConfig().(*Config)
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	j, err := cfg.job()
	require.NoError(t, err)
	return j
}

// oneSpan is a resource of a service with a span.
func oneSpan(service string, attributes map[string]any) (ptrace.Traces, ptrace.ResourceSpans, ptrace.Span) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetKind(ptrace.SpanKindServer)
	_ = span.Attributes().FromRaw(attributes)
	return td, rs, span
}

func TestSchemaURLs(t *testing.T) {
	const url = "https://opentelemetry.io/schemas/"
	old, conforming, broken := map[string]any{"http.method": "GET"}, map[string]any{"http.request.method": "GET"}, map[string]any{"http.method": "GET", "http.status_code": "abc"}
	for _, c := range []struct {
		name       string
		change     func(*Config)
		attributes map[string]any
		have, want string
	}{
		{"converted", nil, old, "", url + "1.44.0"},
		{"converted from an earlier version", nil, old, url + "1.20.0", url + "1.44.0"},
		{"converted from an earlier version of another scheme", nil, old, "http://opentelemetry.io/schemas/1.20.0", url + "1.44.0"},
		{"conforming says nothing", nil, conforming, "", ""},
		{"conforming under an old version", nil, conforming, url + "1.20.0", url + "1.20.0"},
		{"not all converted", nil, broken, url + "1.20.0", url + "1.20.0"},
		{"a company's own", nil, old, "https://acme.com/schemas/3", "https://acme.com/schemas/3"},
		{"a later version", func(c *Config) { c.Target = "1.37.0" }, old, url + "1.40.0", url + "1.37.0"},
		{"back to an earlier version", func(c *Config) { c.Target = "1.21.0" }, map[string]any{"db.system.name": "mysql"}, url + "1.44.0", url + "1.21.0"},
		{"back in part", func(c *Config) { c.Target = "1.21.0" }, map[string]any{"db.system.name": "mysql", "http.status_code": "abc"}, url + "1.44.0", ""},
		{"turned off", func(c *Config) { c.Disable = []string{"db.*"} }, map[string]any{"http.method": "GET", "db.statement": "x"}, url + "1.20.0", url + "1.20.0"},
		{"not stable enough", func(c *Config) { c.Stability.Attributes = "stable" }, map[string]any{"http.method": "GET", "messaging.message_id": "x"}, "", ""},
		{"an earlier target", func(c *Config) { c.Target = "1.37.0" }, old, url + "1.20.0", url + "1.37.0"},
		{"both names", func(c *Config) { c.Mode = modeDuplicate }, old, url + "1.20.0", url + "1.20.0"},
	} {
		td, rs, _ := oneSpan("shop", c.attributes)
		rs.ScopeSpans().At(0).SetSchemaUrl(c.have)
		rs.SetSchemaUrl(c.have)
		newWork(jobOf(t, c.change)).traces(td)
		assert.Equal(t, c.want, rs.ScopeSpans().At(0).SchemaUrl(), c.name)
		assert.Equal(t, c.have, rs.SchemaUrl(), "%s: the resource had nothing to convert", c.name)
	}
}

// TestMark: what a Koine with the same configuration has marked is passed on as it is,
// and loses the mark at the last one.
func TestMark(t *testing.T) {
	mark := func(c *Config) { c.Mark = true }
	for name, duplicate := range map[string]bool{"replace": false, "duplicate": true} {
		t.Run(name, func(t *testing.T) {
			mode := func(c *Config) {
				if duplicate {
					c.Mode = modeDuplicate
				}
			}
			td, rs, span := oneSpan("shop", map[string]any{"http.method": "GET"})
			newWork(jobOf(t, func(c *Config) { mark(c); mode(c) })).traces(td)
			value, ok := rs.Resource().Attributes().Get(markKey)
			require.True(t, ok)
			assert.Regexp(t, `^1\.44\.0/[0-9a-f]{16}$`, value.Str())

			// What comes between is not looked at: that is what the mark is for.
			span.Attributes().PutStr("db.statement", "select 1")
			gateway := newWork(jobOf(t, mode))
			gateway.traces(td)
			assert.Contains(t, span.Attributes().AsRaw(), "db.statement")
			assert.Equal(t, map[string]any{"service.name": "shop"}, rs.Resource().Attributes().AsRaw())
			got := totals(gateway)
			assert.EqualValues(t, 1, got.elements[spans][upstream])
			assert.EqualValues(t, 1, got.elements[resources][upstream])
			assert.Zero(t, got.elements[spans][conforming])
		})
	}

	t.Run("another configuration", func(t *testing.T) {
		td, rs, span := oneSpan("shop", map[string]any{"http.method": "GET"})
		newWork(jobOf(t, func(c *Config) { c.Mark, c.Mode = true, modeDuplicate })).traces(td)
		newWork(jobOf(t, nil)).traces(td)
		assert.Equal(t, map[string]any{"http.request.method": "GET"}, span.Attributes().AsRaw())
		assert.NotContains(t, rs.Resource().Attributes().AsRaw(), markKey)
	})
	t.Run("every option counts", func(t *testing.T) {
		seen := map[string]string{}
		for name, change := range map[string]func(*Config){
			"default": nil, "target": func(c *Config) { c.Target = "1.37.0" }, "mode": func(c *Config) { c.Mode = modeDuplicate },
			"conflict": func(c *Config) { c.OnConflict = oldWins }, "disable": func(c *Config) { c.Disable = []string{"db.*"} },
			"dialects": func(c *Config) { c.Dialects.Disable = []string{"zipkin"} }, "unmatched": func(c *Config) { c.Unmatched = unmatchedPrefix },
			"stability": func(c *Config) { c.Stability.Metrics = "stable" }, "names": func(c *Config) { c.SpanNames = true },
		} {
			own := jobOf(t, change).marks.own
			assert.Empty(t, seen[own], name)
			seen[own] = name
			assert.Equal(t, own, jobOf(t, change).marks.own, "the same again")
		}
	})
	t.Run("a report marks nothing", func(t *testing.T) {
		assert.False(t, jobOf(t, func(c *Config) { c.Mark, c.Mode = true, modeReport }).marks.set)
	})
}

func TestSpanNames(t *testing.T) {
	attributes := map[string]any{"http.method": "GET", "http.route": "/users/{id}", "http.target": "/users/8231"}
	td, _, span := oneSpan("shop", attributes)
	span.SetName("GET /users/8231")
	newWork(jobOf(t, nil)).traces(td)
	assert.Equal(t, "GET /users/8231", span.Name(), "off by default")
	w := newWork(jobOf(t, func(c *Config) { c.SpanNames = true }))
	w.traces(td)
	assert.Equal(t, "GET /users/{id}", span.Name())
	assert.EqualValues(t, 1, w.tally.service("shop").spanNames.Load())
	w.traces(td)
	assert.Equal(t, "GET /users/{id}", span.Name())
	assert.EqualValues(t, 1, w.tally.service("shop").spanNames.Load())
}

// TestMetricStability: by default a metric keeps its name where the new one may yet
// change, and then its labels too.
func TestMetricStability(t *testing.T) {
	for _, c := range []struct{ stability, name, want, label string }{
		{"release_candidate", "http.server.duration", "http.server.request.duration", ""},
		{"release_candidate", "db.client.connections.usage", "db.client.connections.usage", "state"},
		{"development", "db.client.connections.usage", "db.client.connection.count", "db.client.connection.state"},
	} {
		md := pmetric.NewMetrics()
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName(c.name)
		m.SetUnit("ms")
		point := m.SetEmptySum().DataPoints().AppendEmpty()
		if c.label != "" {
			point.Attributes().PutStr("state", "idle")
		}
		newWork(jobOf(t, func(cfg *Config) { cfg.Stability.Metrics = c.stability })).metrics(md)
		assert.Equal(t, c.want, m.Name())
		if c.label != "" {
			assert.Contains(t, point.Attributes().AsRaw(), c.label, c.stability)
		}
	}
}

func TestServicesAreBounded(t *testing.T) {
	j := jobOf(t, nil)
	w := newWork(j)
	const all = 3 * maxServices
	for i := range all {
		td, _, _ := oneSpan(fmt.Sprint("service", i), map[string]any{"http.method": "GET"})
		w.traces(td)
	}
	services := j.tally.services()
	assert.Len(t, services, maxServices+1)
	assert.EqualValues(t, all-maxServices, j.tally.others.elements[spans][converted].Load())
	assert.EqualValues(t, all, totals(w).elements[spans][converted])
}

func TestSummary(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	set := componenttest.NewNopTelemetrySettings()
	set.Logger = zap.New(core)
	n, err := newNormalizer(set, createDefaultConfig().(*Config))
	require.NoError(t, err)
	send := func(service string, times int, attributes map[string]any) {
		for range times {
			td, _, _ := oneSpan(service, attributes)
			_, err := n.traces(context.Background(), td)
			require.NoError(t, err)
		}
	}
	n.summary.log()
	send("good", 5, map[string]any{"http.request.method": "GET"})
	n.summary.log()
	assert.Zero(t, logs.Len(), "nothing to say")

	send("legacy", 3, map[string]any{"http.method": "GET", "http.scheme": "http"})
	send("worse", 4, map[string]any{"db.statement": "x", "http.status_code": "abc"})
	send("", 1, map[string]any{"http.method": "GET"})
	n.summary.log()
	require.Equal(t, 1, logs.Len())
	entry := logs.TakeAll()[0]
	assert.Equal(t, "Converted to semantic conventions 1.44.0", entry.Message)
	fields := entry.ContextMap()
	assert.EqualValues(t, 8, fields["converted"])
	assert.EqualValues(t, 4, fields["invalid_values"])
	assert.EqualValues(t, 3, fields["services"])
	assert.Equal(t, []any{
		"worse: 4 converted, 4 invalid values (4 × db.statement → db.query.text)",
		"legacy: 3 converted (3 × http.method → http.request.method, 3 × http.scheme → url.scheme)",
		"(no service.name): 1 converted (1 × http.method → http.request.method)",
	}, fields["worst"])
	n.summary.log()
	assert.Zero(t, logs.Len(), "nothing new")

	n.summary.every = time.Millisecond
	require.NoError(t, n.start(context.Background(), componenttest.NewNopHost()))
	send("legacy", 1, map[string]any{"http.method": "GET"})
	assert.Eventually(t, func() bool { return logs.Len() == 1 }, 5*time.Second, time.Millisecond)
	require.NoError(t, n.shutdown(context.Background()))
}

// TestSummaryOfAReport: what was only looked at was not converted.
func TestSummaryOfAReport(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	set := componenttest.NewNopTelemetrySettings()
	set.Logger = zap.New(core)
	cfg := createDefaultConfig().(*Config)
	cfg.Mode = modeReport
	n, err := newNormalizer(set, cfg)
	require.NoError(t, err)
	td, _, _ := oneSpan("legacy", map[string]any{"http.method": "GET"})
	_, err = n.traces(context.Background(), td)
	require.NoError(t, err)
	n.summary.log()
	require.Equal(t, 1, logs.Len())
	entry := logs.TakeAll()[0]
	assert.Equal(t, "Would convert to semantic conventions 1.44.0", entry.Message)
	assert.EqualValues(t, 1, entry.ContextMap()["would_convert"])
	assert.NotContains(t, entry.ContextMap(), "converted")
	assert.Equal(t, []any{"legacy: 1 to convert (1 × http.method → http.request.method)"}, entry.ContextMap()["worst"])
}
