package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// TestSchemaURLsOfMetrics: a scope that keeps a metric under a retired name is not what a
// URL would say, whatever else was converted.
func TestSchemaURLsOfMetrics(t *testing.T) {
	const url = "https://opentelemetry.io/schemas/1.44.0"
	for _, c := range []struct{ name, metric, want string }{
		{"all converted", "http.client.duration ms sum delta", url},
		{"not stable enough", "system.network.packets {packet} sum delta", ""},
		{"no unit", "http.server.duration - sum delta", ""},
		{"another unit", "http.server.duration {call} sum delta", ""},
		{"no exact form", "http.server.duration ms exponential delta", ""},
		{"the new name has another shape", "http.server.duration ms gauge", ""},
	} {
		md := pmetric.NewMetrics()
		sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
		readMetrics(t, "metric http.server.request.duration s sum delta\n"+
			`{"at":"1..10","attrs":{"http.method":"GET"},"value":1}`+"\nmetric "+c.metric, sm.Metrics())
		newWork(jobOf(t, nil)).metrics(md)
		assert.Equal(t, c.want, sm.SchemaUrl(), c.name)
	}
}

// TestUnhandledUnits: a metric in a unit that nobody reads is counted as such, and not one
// that has its unit or is left alone for another reason.
func TestUnhandledUnits(t *testing.T) {
	for metric, want := range map[string]outcome{
		"http.server.duration {call} gauge":       unconvertible,
		"http.server.duration ms gauge":           converted,
		"http.server.request.duration s gauge":    conforming,
		"faas.invoke_duration s histogram delta":  conforming,
		"faas.invoke_duration ms histogram delta": converted,
		"faas.invoke_duration {call} histogram":   unconvertible,
		"system.network.packets {packet} gauge":   conforming,
		"own ms gauge":                            conforming,
	} {
		w := newWork(jobOf(t, nil))
		list := pmetric.NewMetricSlice()
		readMetrics(t, "metric "+metric, list)
		w.scopeMetrics(list)
		assert.EqualValues(t, 1, w.counts.elements[metrics][want], metric)
	}
}
