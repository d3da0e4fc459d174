package telemetry

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
)

func gzipped(b []byte) []byte {
	var to bytes.Buffer
	w := gzip.NewWriter(&to)
	_, _ = w.Write(b)
	_ = w.Close()
	return to.Bytes()
}

func zstdded(tb testing.TB, b []byte) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	require.NoError(tb, err)
	defer func() { _ = w.Close() }()
	return w.EncodeAll(b, nil)
}

func framed(messages ...[]byte) (b []byte) {
	for _, m := range messages {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(m))), m...)
	}
	return b
}

func indented(tb testing.TB, b []byte) []byte {
	tb.Helper()
	var to bytes.Buffer
	require.NoError(tb, json.Indent(&to, b, "", "  "))
	return to.Bytes()
}

func TestFormatsOfOTLP(t *testing.T) {
	all, spans := requests(t, 30)
	merged := ptrace.NewTraces()
	var protos, jsons [][]byte
	want := (&gatherer{traces: all}).ids()
	for _, td := range all {
		b, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(t, err)
		protos, jsons = append(protos, b), append(jsons, asJSON(t, td))
		for _, rs := range td.ResourceSpans().All() {
			rs.CopyTo(merged.ResourceSpans().AppendEmpty())
		}
	}
	one, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(merged)
	require.NoError(t, err)
	list := append(append([]byte("["), bytes.Join(jsons, []byte(",\n"))...), ']')
	packed := make([][]byte, len(protos))
	for i := range protos {
		packed[i] = zstdded(t, protos[i])
	}
	text := lines(t, all)
	for name, content := range map[string][]byte{
		"lines":                      text,
		"lines of Windows":           bytes.ReplaceAll(text, lineEnd, []byte("\r\n")),
		"lines without the last end": bytes.TrimSpace(text),
		"lines with empty ones":      bytes.ReplaceAll(text, lineEnd, []byte("\n\n")),
		"byte order mark":            append(bytes.Clone(byteOrderMark), text...),
		"one object":                 asJSON(t, merged),
		"one indented":               indented(t, asJSON(t, merged)),
		"indented after each other":  append(indented(t, asJSON(t, merged)), "\n{}\n"...),
		"white space before":         append([]byte("\n\n  "), asJSON(t, merged)...),
		"list":                       list,
		"list, indented":             indented(t, list),
		"another key first":          []byte(`{"x":{"y":["]"]},` + string(asJSON(t, merged)[1:])),
		"message":                    one,
		"messages after each other":  bytes.Join(protos, nil),
		"frames":                     framed(protos...),
		"frames of JSON":             framed(jsons...),
		"frames packed":              framed(packed...),
		"gzip of lines":              gzipped(text),
		"two members of gzip":        append(gzipped(text[:1000]), gzipped(text[1000:])...),
		"zstd of lines":              zstdded(t, text),
		"gzip of frames":             gzipped(framed(protos...)),
		"zstd of a message":          zstdded(t, one),
	} {
		t.Run(name, func(t *testing.T) {
			g, counts, err := read(t, content, Options{})
			require.NoError(t, err)
			assert.Equal(t, Counts{Files: 1, Spans: int64(spans)}, counts)
			assert.Equal(t, want, g.ids())
		})
	}
}

func TestMetricsAndLogs(t *testing.T) {
	metrics, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(metricsOf(3))
	require.NoError(t, err)
	logs, err := (&plog.JSONMarshaler{}).MarshalLogs(logsOf(2))
	require.NoError(t, err)
	metricsProto, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(metricsOf(3))
	require.NoError(t, err)
	logsProto, err := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(2))
	require.NoError(t, err)
	both := append(append(bytes.Clone(metrics), '\n'), logs...)
	inOne := []byte(string(metrics[:len(metrics)-1]) + "," + string(logs[1:]))
	for name, content := range map[string][]byte{
		"JSON": both, "indented": append(indented(t, metrics), indented(t, logs)...),
		"in one line": inOne, "in one object": indented(t, inOne),
		"frames": framed(metricsProto, logsProto), "message": append(bytes.Clone(metricsProto), logsProto...),
	} {
		t.Run(name, func(t *testing.T) {
			_, counts, err := read(t, content, Options{})
			require.NoError(t, err)
			assert.Equal(t, Counts{Files: 1, Points: 3, Logs: 2}, counts)
		})
	}
}

func TestFormatsOfZipkin(t *testing.T) {
	for _, p := range []tracegen.Protocol{tracegen.ZipkinJSON, tracegen.ZipkinProto} {
		var bodies [][]byte
		spans := 0
		for _, payload := range corpus(t, p, 40) {
			bodies, spans = append(bodies, payload.Body), spans+payload.Spans
		}
		contents := map[string][]byte{"after each other": bytes.Join(bodies, nil)}
		if p == tracegen.ZipkinJSON {
			contents["lines"] = bytes.Join(bodies, lineEnd)
			contents["list of lists"] = append(append([]byte("["), bytes.Join(bodies, []byte(","))...), ']')
			contents["indented"] = indented(t, contents["list of lists"])
			contents["a span a line"] = bytes.ReplaceAll(bytes.Trim(bodies[0], "[]"), []byte(`},{"traceId"`), []byte("}\n{\"traceId\""))
		}
		for name, content := range contents {
			t.Run(p.String()+" "+name, func(t *testing.T) {
				_, counts, err := read(t, content, Options{})
				require.NoError(t, err)
				want := int64(spans)
				if name == "a span a line" {
					want = int64(corpus(t, p, 40)[0].Spans)
				}
				assert.Equal(t, Counts{Files: 1, Spans: want}, counts)
			})
		}
	}
}

func TestZipkinVersion1(t *testing.T) {
	content := testdata(t, "zipkin_v1.json")
	g, counts, err := read(t, content, Options{})
	require.EqualError(t, err, `x:13:3: zipkin: span 1: id: no hex number of 1 to 16 digits: nonsense`)
	assert.Equal(t, Counts{Files: 1, Spans: 1, Damaged: 1}, counts)
	require.Len(t, g.spans(), 1)
	assert.Equal(t, "get", g.spans()[0].Name())
	assert.Equal(t, ptrace.SpanKindServer, g.spans()[0].Kind())
	assert.Equal(t, []string{"x:2"}, g.sources)
}

func TestThrift(t *testing.T) {
	// A list of one span: trace_id 1, name, id 2.
	content := []byte{12, 0, 0, 0, 1,
		10, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
		11, 0, 3, 0, 0, 0, 3, 'g', 'e', 't',
		10, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2,
		0}
	g, counts, err := read(t, content, Options{})
	require.NoError(t, err)
	assert.Equal(t, Counts{Files: 1, Spans: 1}, counts)
	assert.Equal(t, "get", g.spans()[0].Name())
}

func TestElementKinds(t *testing.T) {
	empty, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(func() ptrace.Traces {
		td := ptrace.NewTraces()
		td.ResourceSpans().AppendEmpty().Resource().Attributes().PutStr("service.name", "x")
		return td
	}())
	require.NoError(t, err)
	_, counts, err := read(t, empty, Options{})
	require.EqualError(t, err, "x: message 1: "+errNoSignal.Error())
	assert.Equal(t, Counts{Files: 1, Damaged: 1}, counts)

	body := plog.NewLogs()
	body.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("alone")
	b, err := (&plog.ProtoMarshaler{}).MarshalLogs(body)
	require.NoError(t, err)
	_, counts, err = read(t, b, Options{})
	require.NoError(t, err)
	assert.Equal(t, Counts{Files: 1, Logs: 1}, counts)
}
