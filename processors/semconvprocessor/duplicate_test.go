package semconvprocessor

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func duplicating(c *Config) { c.Mode = modeDuplicate }

// TestDuplicateMetrics: old metrics stay, new ones come behind, and a second time nothing
// does.
func TestDuplicateMetrics(t *testing.T) {
	for _, c := range []struct{ name, in, want, counts string }{
		{"the old as it came, the new behind", `
metric http.server.duration ms histogram cumulative
  {"at":"1..10","attrs":{"http.method":"GET"},"count":1,"sum":1500,"bounds":[5],"buckets":[0,1]}
metric own 1 gauge
  {"at":"0..10","attrs":{"http.method":"GET"},"value":1}`, `
metric http.server.duration ms histogram cumulative
  {"at":"1..10","attrs":{"http.method":"GET"},"count":1,"sum":1500,"bounds":[5],"buckets":[0,1]}
metric own 1 gauge
  {"at":"0..10","attrs":{"http.method":"GET","http.request.method":"GET"},"value":1}
metric http.server.request.duration s histogram cumulative
  {"at":"1..10","attrs":{"http.request.method":"GET"},"count":1,"sum":1.5,"bounds":[0.005],"buckets":[0,1]}`,
			"metrics: conforming=1 converted=1\npoints: converted=2\n"},
		{"both names are there", `
metric http.server.duration ms sum delta
  {"at":"1..10","attrs":{"http.method":"GET"},"value":1500}
metric http.server.request.duration s sum delta
  {"at":"1..10","attrs":{"http.request.method":"GET"},"value":1.5}`, `
metric http.server.duration ms sum delta
  {"at":"1..10","attrs":{"http.method":"GET"},"value":1500}
metric http.server.request.duration s sum delta
  {"at":"1..10","attrs":{"http.request.method":"GET"},"value":1.5}`,
			"metrics: conforming=2\npoints: conforming=2\n"},
		{"two old names of one", `
metric messaging.publish.duration ms histogram delta
  {"at":"1..10","attrs":{"messaging.system":"kafka"},"count":1,"sum":1000}
metric messaging.receive.duration ms histogram delta
  {"at":"1..10","attrs":{"messaging.system":"kafka"},"count":1,"sum":2000}`, `
metric messaging.publish.duration ms histogram delta
  {"at":"1..10","attrs":{"messaging.system":"kafka"},"count":1,"sum":1000}
metric messaging.receive.duration ms histogram delta
  {"at":"1..10","attrs":{"messaging.system":"kafka"},"count":1,"sum":2000}
metric messaging.client.operation.duration s histogram delta
  {"at":"1..10","attrs":{"messaging.operation.name":"publish","messaging.system":"kafka"},"count":1,"sum":1}
  {"at":"1..10","attrs":{"messaging.operation.name":"receive","messaging.system":"kafka"},"count":1,"sum":2}`,
			"metrics: converted=1 merged=1\npoints: converted=2\n"},
		{"a name that stays keeps its unit", `
metric faas.invoke_duration ms histogram delta
  {"at":"1..10","count":1,"sum":1000}`, `
metric faas.invoke_duration ms histogram delta
  {"at":"1..10","count":1,"sum":1000}`,
			"metrics: conforming=1\npoints: conforming=1\n"},
		{"what cannot be converted has no copy", `
metric http.server.duration ms exponential delta
  {"at":"1..10","count":1,"sum":1000}`, `
metric http.server.duration ms exponential delta
  {"at":"1..10","count":1,"sum":1000}`,
			"metrics: unconvertible=1\npoints: unconvertible=1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWork(jobOf(t, func(c *Config) { duplicating(c); c.Stability.Metrics = "development" }))
			list, want := pmetric.NewMetricSlice(), pmetric.NewMetricSlice()
			readMetrics(t, c.in, list)
			readMetrics(t, c.want, want)
			w.scopeMetrics(list)
			assert.Equal(t, writeMetrics(t, want), writeMetrics(t, list))
			assert.Equal(t, c.counts, sumUp(&w.counts))
			w.rest()
			w.scopeMetrics(list)
			assert.Equal(t, writeMetrics(t, want), writeMetrics(t, list), "the second time")
			changed, _ := w.counts.changed()
			assert.Zero(t, changed+w.counts.elements[points][conflict], "the second time")
		})
	}
}

// TestDuplicateNames: a span and an event have one name, and it stays.
func TestDuplicateNames(t *testing.T) {
	w := newWork(jobOf(t, func(c *Config) { duplicating(c); c.SpanNames = true }))
	s := ptrace.NewSpan()
	s.SetName("HTTP GET")
	s.SetKind(ptrace.SpanKindServer)
	s.Attributes().PutStr("http.method", "GET")
	s.Attributes().PutStr("http.route", "/a")
	s.Events().AppendEmpty().SetName("az.resource.log")
	for range 2 {
		w.span(s)
		assert.Equal(t, "HTTP GET", s.Name())
		assert.Equal(t, "az.resource.log", s.Events().At(0).Name())
		assert.Equal(t, map[string]any{"http.method": "GET", "http.request.method": "GET", "http.route": "/a"}, s.Attributes().AsRaw())
	}
	assert.EqualValues(t, 1, w.counts.elements[spans][converted])
	assert.EqualValues(t, 1, w.counts.elements[spans][conforming])

	s = ptrace.NewSpan()
	s.SetName("Sent.shop.Cart.Add")
	w.span(s)
	assert.Equal(t, "Sent.shop.Cart.Add", s.Name())
	assert.Equal(t, ptrace.SpanKindClient, s.Kind())
	assert.Contains(t, s.Attributes().AsRaw(), "rpc.method")
}

// TestRuleNumbers: both tables of duplicate mode count the same rules under one number.
func TestRuleNumbers(t *testing.T) {
	for _, target := range []string{"1.21.0", "1.37.0", "1.44.0"} {
		j := jobOf(t, func(c *Config) { duplicating(c); c.Target = target })
		require.True(t, slices.Equal(j.table.RuleNames(), j.renames.RuleNames()), target)
	}
}
