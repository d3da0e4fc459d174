package zipkinreceiver

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	require.NoError(tb, err)
	return string(text)
}

// TestResources: spans with the resource's attributes as their tags come out under it, each
// under its own.
func TestResources(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	span := func(id, pod string) string {
		return `{"traceId":"1","id":"` + id + `","timestamp":1,"localEndpoint":{"serviceName":"front"},` +
			`"tags":{"k8s.pod.name":"` + pod + `","service.version":"1.2","http.method":"GET"}}`
	}
	r.post(t, pathV2, []byte("["+span("1", "a")+","+span("2", "b")+","+span("3", "a")+"]"))
	all := sink.AllTraces()
	require.Len(t, all, 1)
	resources := all[0].ResourceSpans()
	require.Equal(t, 2, resources.Len())
	for i, want := range []struct {
		pod   string
		spans int
	}{{"a", 2}, {"b", 1}} {
		assert.Equal(t, map[string]any{"service.name": "front", "service.version": "1.2", "k8s.pod.name": want.pod},
			resources.At(i).Resource().Attributes().AsRaw())
		spans := resources.At(i).ScopeSpans().At(0).Spans()
		require.Equal(t, want.spans, spans.Len())
		assert.Equal(t, map[string]any{"http.method": "GET"}, spans.At(0).Attributes().AsRaw())
	}
}
