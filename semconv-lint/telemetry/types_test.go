package telemetry

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTypesOfText: who sends a number or a list over a format that has only text for it has done
// nothing wrong, and who sends another text has.
func TestTypesOfText(t *testing.T) {
	for name, x := range map[string]struct {
		input string
		want  map[string]any
	}{
		"Zipkin": {
			`[{"traceId":"1","id":"2","name":"get","tags":{"http.response.status_code":"200","server.port":"many","http.request.method":"7","jvm.thread.daemon":"true","http.request.header.x-a":"b","acme.count":"3"}}]`,
			map[string]any{"http.response.status_code": int64(200), "server.port": "many", "http.request.method": "7", "jvm.thread.daemon": true, "http.request.header.x-a": []any{"b"}, "acme.count": "3"},
		},
		"Jaeger": {
			`{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"get","startTime":1,"duration":1,"processID":"p","tags":[
				{"key":"http.response.status_code","type":"string","value":"200"},{"key":"http.request.header.x-a","type":"string","value":"b"}]}],"processes":{"p":{"serviceName":"s"}}}]}`,
			map[string]any{"http.response.status_code": "200", "http.request.header.x-a": []any{"b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var g gatherer
			_, err := ReadFiles(context.Background(), []string{"-"}, strings.NewReader(x.input), &g, Options{})
			require.NoError(t, err)
			require.Len(t, g.traces, 1)
			got := g.traces[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
			for key, want := range x.want {
				assert.Equal(t, want, got[key], key)
			}
		})
	}
}
