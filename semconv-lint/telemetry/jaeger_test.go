package telemetry

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestJaeger(t *testing.T) {
	whole := testdata(t, "jaeger.json")
	from, to := bytes.IndexByte(whole, '['), bytes.LastIndexByte(whole, ']')
	for name, content := range map[string][]byte{
		"of the API": whole,
		"list":       whole[from : to+1],
		"one trace":  bytes.TrimSpace(whole[from+1 : to]),
		"one line":   bytes.ReplaceAll(whole, lineEnd, nil),
	} {
		t.Run(name, func(t *testing.T) {
			g, counts, err := read(t, content, Options{})
			require.NoError(t, err)
			assert.Equal(t, Counts{Files: 1, Spans: 2}, counts)
			require.Len(t, g.traces, 1)
			checkJaeger(t, g.traces[0])
		})
	}
}

func checkJaeger(t *testing.T, td ptrace.Traces) {
	t.Helper()
	require.Equal(t, 2, td.ResourceSpans().Len())
	orders, db := td.ResourceSpans().At(0), td.ResourceSpans().At(1)
	assert.Equal(t, map[string]any{"service.name": "orders", "host.name": "h1"}, orders.Resource().Attributes().AsRaw())
	assert.Equal(t, map[string]any{"service.name": "db"}, db.Resource().Attributes().AsRaw())
	assert.Equal(t, "net/http", orders.ScopeSpans().At(0).Scope().Name())
	assert.Equal(t, "1.2", orders.ScopeSpans().At(0).Scope().Version())

	server := orders.ScopeSpans().At(0).Spans().At(0)
	assert.Equal(t, "00000000000000001f2e3d4c5b6a7988", server.TraceID().String())
	assert.Equal(t, "00000000000000a1", server.SpanID().String())
	assert.True(t, server.ParentSpanID().IsEmpty())
	assert.Equal(t, "GET /orders", server.Name())
	assert.Equal(t, ptrace.SpanKindServer, server.Kind())
	assert.Equal(t, ptrace.StatusCodeError, server.Status().Code())
	assert.Equal(t, "it broke", server.Status().Message())
	assert.Equal(t, "a=b", server.TraceState().AsRaw())
	assert.EqualValues(t, 1, server.Flags())
	assert.EqualValues(t, 1700000000000000000, server.StartTimestamp())
	assert.EqualValues(t, 1700000000002500000, server.EndTimestamp())
	assert.Equal(t, map[string]any{"http.status_code": int64(500), "ratio": 0.5, "cached": false, "body": []byte("hello")}, server.Attributes().AsRaw())
	require.Equal(t, 1, server.Events().Len())
	assert.Equal(t, "exception", server.Events().At(0).Name())
	assert.Equal(t, map[string]any{"exception.type": "IOError"}, server.Events().At(0).Attributes().AsRaw())
	assert.EqualValues(t, 1700000000001000000, server.Events().At(0).Timestamp())

	client := db.ScopeSpans().At(0).Spans().At(0)
	assert.Equal(t, "00000000000000a1", client.ParentSpanID().String())
	assert.Equal(t, ptrace.StatusCodeOk, client.Status().Code())
	assert.Equal(t, map[string]any{"rows": int64(12)}, client.Attributes().AsRaw())
	require.Equal(t, 2, client.Links().Len())
	assert.Equal(t, "00000000000000c3", client.Links().At(0).SpanID().String())
	assert.Equal(t, "000000000000000000000000000000ff", client.Links().At(1).TraceID().String())
	assert.Equal(t, map[string]any{"opentracing.ref_type": "follows_from"}, client.Links().At(1).Attributes().AsRaw())
}

func TestJaegerSpanOfAStorage(t *testing.T) {
	g, counts, err := read(t, []byte(`{"traceID":"0af7651916cd43dd8448eb211c80319c","spanID":"b7ad6b7169203331","parentSpanID":"c0","operationName":"x","startTime":1,"duration":2,`+
		`"tags":[{"key":"ok","type":"bool","value":"true"}],"process":{"serviceName":"s","tags":[]}}`), Options{})
	require.NoError(t, err)
	assert.Equal(t, Counts{Files: 1, Spans: 1}, counts)
	assert.Equal(t, "00000000000000c0", g.spans()[0].ParentSpanID().String())
	assert.Equal(t, map[string]any{"ok": true}, g.spans()[0].Attributes().AsRaw())
}

func TestBadJaeger(t *testing.T) {
	span := func(more string) string {
		return `{"traceID":"1","spans":[{"spanID":"2","processID":"p",` + more + `"startTime":1}],"processes":{"p":{"serviceName":"s"}}}`
	}
	for _, c := range []struct{ content, err string }{
		{span(`"processID":"q",`), `x:1:1: jaeger: span 0: there is no process "q"`},
		{span(`"spanID":"xyz",`), `x:1:1: jaeger: span 0: span id: "xyz" is not hexadecimal`},
		{span(`"spanID":"",`), `x:1:1: jaeger: span 0: span id: "" is not one`},
		{span(`"traceID":"112233445566778899001122334455667",`), `x:1:1: jaeger: span 0: trace id: "112233445566778899001122334455667" is not one`},
		{span(`"tags":[{"key":"a","type":"map","value":1}],`), `x:1:1: jaeger: span 0: tag "a": unknown type "map"`},
		{span(`"tags":[{"key":"a","type":"int64","value":"b"}],`), `x:1:1: jaeger: span 0: tag "a": strconv.ParseInt: parsing "b": invalid syntax`},
		{span(`"tags":[{"key":"a","type":"string"}],`), `x:1:1: jaeger: span 0: tag "a": has no value`},
		{span(`"duration":18446744073709551615,`), `x:1:1: jaeger: span 0: a time beyond the year 2554: is it in ns?`},
		{`{"traceID":"1","spans":[{"spanID":"2","processID":"p"}],"processes":{"p":{}}}`, `x:1:1: jaeger: span 0: process: has no serviceName`},
	} {
		_, counts, err := read(t, []byte(c.content), Options{})
		require.EqualError(t, err, c.err)
		assert.EqualValues(t, 1, counts.Damaged)
	}
}
