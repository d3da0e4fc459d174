package wire

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// What pdata takes for a request is no more than its shape says, and its bytes for strings.
func TestHeapIsEnough(t *testing.T) {
	const n = 50_000
	inScope := func(b []byte) []byte { return appendField(nil, 1, appendField(nil, 2, b)) }
	repeat := func(field int, content []byte) []byte { return bytes.Repeat(appendField(nil, field, content), n) }
	inMetric := func(b []byte) []byte { return inScope(appendField(nil, 2, b)) }
	inDictionary := func(b []byte) []byte { return appendField(nil, 2, b) }
	flat := appendField(appendField(nil, 1, []byte("key")), 2, appendField(nil, 1, []byte("text")))
	typical, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(typicalSpans(n / 10))
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		signal Signal
		body   []byte
	}{
		{"typical", Traces, typical},
		{"resource spans", Traces, repeat(1, nil)},
		{"scope spans", Traces, appendField(nil, 1, repeat(2, nil))},
		{"spans", Traces, inScope(repeat(2, nil))},
		{"spans of an attribute", Traces, inScope(repeat(2, appendField(nil, 9, flat)))},
		{"spans of an event", Traces, inScope(repeat(2, appendField(nil, 11, nil)))},
		{"attributes", Traces, inSpan(repeat(9, flat))},
		{"empty attributes", Traces, inSpan(repeat(9, nil))},
		{"events", Traces, inSpan(repeat(11, nil))},
		{"links", Traces, inSpan(repeat(13, nil))},
		{"members of an array", Traces, inTrace(appendField(nil, 5, repeat(1, nil)))},
		{"arrays", Traces, inTrace(appendField(nil, 5, repeat(1, appendField(nil, 5, nil))))},
		{"maps", Traces, inTrace(appendField(nil, 5, repeat(1, appendField(nil, 6, appendField(nil, 1, nil)))))},
		{"entities", Traces, appendField(nil, 1, appendField(nil, 1, repeat(3, nil)))},
		{"log records", Logs, inScope(repeat(2, nil))},
		{"resource logs", Logs, repeat(1, nil)},
		{"metrics", Metrics, inScope(repeat(2, nil))},
		{"resource metrics", Metrics, repeat(1, nil)},
		{"gauges", Metrics, inScope(repeat(2, appendField(nil, 5, nil)))},
		{"summaries", Metrics, inScope(repeat(2, appendField(nil, 11, nil)))},
		{"number points", Metrics, inMetric(appendField(nil, 5, repeat(1, nil)))},
		{"histogram points", Metrics, inMetric(appendField(nil, 9, repeat(1, nil)))},
		{"exponential points", Metrics, inMetric(appendField(nil, 10, repeat(1, nil)))},
		{"summary points", Metrics, inMetric(appendField(nil, 11, repeat(1, nil)))},
		{"quantiles", Metrics, inMetric(appendField(nil, 11, appendField(nil, 1, repeat(6, nil))))},
		{"exemplars", Metrics, inMetric(appendField(nil, 5, appendField(nil, 1, repeat(5, nil))))},
		{"resource profiles", Profiles, repeat(1, nil)},
		{"profiles", Profiles, inScope(repeat(2, nil))},
		{"samples", Profiles, inMetric(repeat(2, nil))},
		{"mappings", Profiles, inDictionary(repeat(1, nil))},
		{"locations", Profiles, inDictionary(repeat(2, nil))},
		{"lines", Profiles, inDictionary(appendField(nil, 2, repeat(3, nil)))},
		{"functions", Profiles, inDictionary(repeat(3, nil))},
		{"attributes of profiles", Profiles, inDictionary(repeat(6, nil))},
		{"stacks", Profiles, inDictionary(repeat(7, nil))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shape, err := Check(tc.signal, tc.body, noLimits)
			require.NoError(t, err)
			before := heapInUse()
			decoded := decode(t, tc.signal, tc.body)
			took := heapInUse() - before
			runtime.KeepAlive(decoded)
			t.Logf("%d B an element, of which the shape has %d", took/shape.Elements, shape.Heap/shape.Elements)
			assert.LessOrEqual(t, took, shape.Heap+len(tc.body))
			assert.LessOrEqual(t, shape.Heap, 6*took, "far too much")
		})
	}
}

func decode(t *testing.T, signal Signal, body []byte) (decoded any) {
	t.Helper()
	var err error
	switch signal {
	case Traces:
		decoded, err = (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
	case Metrics:
		decoded, err = (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(body)
	case Logs:
		decoded, err = (&plog.ProtoUnmarshaler{}).UnmarshalLogs(body)
	case Profiles:
		decoded, err = (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(body)
	}
	require.NoError(t, err)
	return decoded
}

func heapInUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
