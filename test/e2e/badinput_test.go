package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	grpcgzip "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/koine-otel/koine/tracegen/rig"
)

// TestBadInput sends what nobody should send to every port of the default
// configuration: each time there is an answer of the 4xx kind or a closed connection,
// memory stays bounded, and afterwards a good request passes.
func TestBadInput(t *testing.T) {
	const limitMiB = 512
	c := start(t, nil, fmt.Sprintf("KOINE_MEMORY_LIMIT_MIB=%d", limitMiB))
	otlp := fmt.Sprintf("http://localhost:%d/v1/traces", c.Ports.OTLPHTTP)
	zipkin := fmt.Sprintf("http://localhost:%d/api/v2/spans", c.Ports.Zipkin)
	zipkinV1 := fmt.Sprintf("http://localhost:%d/api/v1/spans", c.Ports.Zipkin)

	random := make([]byte, 4096)
	rng := rand.NewChaCha8([32]byte{1})
	_, err := rng.Read(random)
	require.NoError(t, err)
	good := goodRequest(t)
	deep := nestedValue(600_000)
	jsonDeep := []byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":` +
		strings.Repeat(`{"arrayValue":{"values":[`, 100_000) + `{"stringValue":"x"}` + strings.Repeat(`]}}`, 100_000) + `}]}}]}`)
	truncated := gzipped(t, good)
	truncated = truncated[:len(truncated)/2]
	truncatedZipkin := gzipped(t, zipkinSpans(4096))
	truncatedZipkin = truncatedZipkin[:len(truncatedZipkin)-10]
	huge := bytes.Repeat([]byte{'x'}, 100<<20)
	bomb := gzipBomb(t, 1<<30)
	manySpans := manyAttributes(200_000)

	const proto, json, thrift = "application/x-protobuf", "application/json", "application/x-thrift"
	for _, r := range []struct {
		name, url, contentType, encoding string
		body                             []byte
	}{
		{"otlp garbage", otlp, proto, "", random},
		{"otlp json garbage", otlp, json, "", random},
		{"otlp truncated gzip", otlp, proto, "gzip", truncated},
		{"otlp not gzip", otlp, proto, "gzip", good},
		{"otlp unknown encoding", otlp, proto, "rot13", good},
		{"otlp wrong content type", otlp, "text/plain", "", good},
		{"otlp json sent as protobuf", otlp, proto, "", []byte(`{"resourceSpans":[]}`)},
		{"otlp 100 MB", otlp, proto, "", huge},
		{"otlp json 100 MB", otlp, json, "", huge},
		{"otlp gzip bomb", otlp, proto, "gzip", bomb},
		{"otlp json gzip bomb", otlp, json, "gzip", bomb},
		{"otlp deep", otlp, proto, "", deep},
		{"otlp deep in gzip", otlp, proto, "gzip", gzipped(t, deep)},
		{"otlp deep json", otlp, json, "", jsonDeep},
		{"otlp 200,000 attributes on a span", otlp, proto, "", manySpans},
		{"zipkin garbage", zipkin, json, "", random},
		{"zipkin proto garbage", zipkin, proto, "", random},
		{"zipkin thrift garbage", zipkinV1, thrift, "", random},
		{"zipkin truncated gzip", zipkin, json, "gzip", truncated},
		{"zipkin proto truncated gzip", zipkin, proto, "gzip", truncatedZipkin},
		{"zipkin proto 100 MB", zipkin, proto, "", zipkinSpans(100 << 20)},
		{"zipkin proto gzip bomb", zipkin, proto, "gzip", gzipped(t, zipkinSpans(100<<20))},
		{"zipkin text 100 MB", zipkin, "text/plain", "", huge},
		{"zipkin 100,000 tags on a span", zipkin, json, "", manyTags(100_000)},
		{"zipkin 100,000 tags on a span, as text", zipkin, "text/plain", "", manyTags(100_000)},
		{"zipkin null annotation", zipkin, json, "", []byte(`[{"traceId":"1","id":"2","annotations":[null]}]`)},
		{"zipkin v1 null span", zipkinV1, json, "", []byte(`[null]`)},
		{"zipkin 100 MB", zipkin, json, "", huge},
		{"zipkin gzip bomb", zipkin, json, "gzip", bomb},
		{"zipkin deep json", zipkin, json, "", []byte(strings.Repeat("[", 1_000_000))},
		{"zipkin v1 deep json", zipkinV1, json, "", []byte(strings.Repeat(`[{"a":`, 1_000_000))},
	} {
		t.Run(r.name, func(t *testing.T) {
			code, err := post(t, r.url, r.contentType, r.encoding, r.body)
			if err == nil {
				assert.GreaterOrEqual(t, code, 400)
				assert.Less(t, code, 500)
			} else {
				t.Logf("closed: %v", err) // the server may hang up before all of a huge body is sent
			}
			require.True(t, c.Alive(), "the collector lives")
		})
	}
	t.Run("grpc", func(t *testing.T) { badGRPC(t, c, deep, huge, random) })
	t.Run("slow clients", func(t *testing.T) { slowClients(t, c) })
	t.Run("bombs at once", func(t *testing.T) { bombsAtOnce(t, c, otlp, zipkin) })

	for _, url := range []string{otlp, zipkin} {
		body, contentType := good, proto
		if url == zipkin {
			body, contentType = []byte(`[{"traceId":"0000000000000001","id":"0000000000000001","name":"x"}]`), json
		}
		code, err := post(t, url, contentType, "", body)
		require.NoError(t, err)
		assert.Less(t, code, 300, "%s goes on serving", url)
	}
	usage, err := c.Usage()
	require.NoError(t, err)
	assert.Less(t, usage.PeakRSS>>20, int64(limitMiB), "peak MiB resident")
	t.Logf("peak RSS %d MiB of %d", usage.PeakRSS>>20, limitMiB)
}

// TestDeepNesting: the request that overflows the stack of an unguarded collector, within
// its size limit, by every way in.
func TestDeepNesting(t *testing.T) {
	c := start(t, nil, "KOINE_MEMORY_LIMIT_MIB=4096")
	deep := nestedValue(1_300_000)
	otlp := fmt.Sprintf("http://localhost:%d/v1/traces", c.Ports.OTLPHTTP)
	for encoding, body := range map[string][]byte{"": deep, "gzip": gzipped(t, deep)} {
		code, err := post(t, otlp, "application/x-protobuf", encoding, body)
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, code)
	}
	badGRPC(t, c, deep, make([]byte, 100<<20), []byte{0xff})
}

func badGRPC(t *testing.T, c *rig.Collector, deep, huge, random []byte) {
	conn, err := grpc.NewClient(fmt.Sprintf("localhost:%d", c.Ports.OTLPGRPC), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	const method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	for name, r := range map[string]struct {
		body []byte
		want codes.Code
		opts []grpc.CallOption
	}{
		"deep":         {deep, codes.InvalidArgument, nil},
		"deep in gzip": {deep, codes.InvalidArgument, []grpc.CallOption{grpc.UseCompressor(grpcgzip.Name)}},
		"100 MB":       {huge, codes.ResourceExhausted, nil},
		"garbage":      {random, codes.InvalidArgument, nil},
		"gzip bomb":    {make([]byte, 1<<30), codes.ResourceExhausted, []grpc.CallOption{grpc.UseCompressor(grpcgzip.Name)}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			opts := append(r.opts, grpc.ForceCodec(rawCodec{}), grpc.MaxCallSendMsgSize(2<<30))
			var reply []byte
			err := conn.Invoke(ctx, method, r.body, &reply, opts...)
			assert.Equal(t, r.want, status.Code(err), "%v", err)
			require.True(t, c.Alive(), "the collector lives")
		})
	}
	_, err = ptraceotlp.NewGRPCClient(conn).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(someTraces()))
	require.NoError(t, err, "a good request passes")
}

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) ([]byte, error) {
	b, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("raw codec: %T", v)
	}
	return b, nil
}

func (rawCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = data
	return nil
}

// slowClients hold connections open with half a request each; others are served all
// the while.
func slowClients(t *testing.T, c *rig.Collector) {
	for _, port := range []int{c.Ports.OTLPHTTP, c.Ports.Zipkin} {
		for range 50 {
			conn, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", port))
			require.NoError(t, err)
			defer conn.Close()
			_, err = fmt.Fprint(conn, "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 20000000\r\n\r\nhalf")
			require.NoError(t, err)
		}
		code, err := post(t, fmt.Sprintf("http://localhost:%d/v1/traces", c.Ports.OTLPHTTP), "application/x-protobuf", "", goodRequest(t))
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, code)
	}
}

// bombsAtOnce: small bodies that decode to much, many at a time. Each gets an answer,
// and no sum of them passes the budget.
func bombsAtOnce(t *testing.T, c *rig.Collector, otlp, zipkin string) {
	spans := bytes.Repeat([]byte{0x12, 0x00}, 400_000) // each of nothing
	scope := protowire.AppendBytes([]byte{0x12}, spans)
	empty := gzipped(t, protowire.AppendBytes([]byte{0x0a}, scope))
	zipkinBomb := gzipped(t, zipkinSpans(3<<20))
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			url, body := otlp, empty
			if i%2 == 1 {
				url, body = zipkin, zipkinBomb
			}
			// Refused or taken; what matters is the peak at the end.
			_, _ = tryPost(t.Context(), url, "application/x-protobuf", "gzip", body)
		})
	}
	group.Wait()
	require.True(t, c.Alive(), "the collector lives")
}

// zipkinSpans is a Zipkin protobuf list of small spans, at least n bytes.
func zipkinSpans(n int) []byte {
	var span []byte
	span = protowire.AppendBytes(protowire.AppendTag(span, 1, protowire.BytesType), bytes.Repeat([]byte{1}, 16))
	span = protowire.AppendBytes(protowire.AppendTag(span, 3, protowire.BytesType), bytes.Repeat([]byte{1}, 8))
	one := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), span)
	return bytes.Repeat(one, n/len(one)+1)
}

// manyTags is one Zipkin span with n different tags.
func manyTags(n int) []byte {
	var b strings.Builder
	b.WriteString(`[{"traceId":"0000000000000001","id":"0000000000000001","tags":{"a":"b"`)
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":"v"`, i)
	}
	b.WriteString(`}}]`)
	return []byte(b.String())
}

var httpClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

func post(t *testing.T, url, contentType, encoding string, body []byte) (int, error) {
	t.Helper()
	code, err := tryPost(t.Context(), url, contentType, encoding, body)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal("no answer")
	}
	return code, err
}

func tryPost(ctx context.Context, url, contentType, encoding string, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", contentType)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := httpClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

func someTraces() ptrace.Traces {
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{1})
	s.SetName("good")
	return td
}

func goodRequest(t *testing.T) []byte {
	t.Helper()
	body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(someTraces())
	require.NoError(t, err)
	return body
}

// nestedValue is an OTLP request whose one resource attribute is nested that deep.
func nestedValue(depth int) []byte {
	// Inside out: each level is AnyValue.array_value (field 5) of ArrayValue.values
	// (field 1). The length prefixes need the inner size, so sizes come first.
	value := []byte{0x0a, 1, 'x'} // AnyValue.string_value
	sizes := make([]int, depth+1)
	sizes[0] = len(value)
	for i := range depth {
		inner := 1 + protowire.SizeBytes(sizes[i])
		sizes[i+1] = 1 + protowire.SizeBytes(inner)
	}
	out := make([]byte, 0, sizes[depth]+64)
	appendHead := func(field protowire.Number, size int) {
		out = protowire.AppendTag(out, field, protowire.BytesType)
		out = protowire.AppendVarint(out, uint64(size))
	}
	attribute := 3 + 1 + protowire.SizeBytes(sizes[depth])
	resource := 1 + protowire.SizeBytes(attribute)
	resourceSpans := 1 + protowire.SizeBytes(resource)
	appendHead(1, resourceSpans)
	appendHead(1, resource)
	appendHead(1, attribute)
	out = append(out, 0x0a, 1, 'a')
	appendHead(2, sizes[depth])
	for i := depth; i > 0; i-- {
		appendHead(5, 1+protowire.SizeBytes(sizes[i-1]))
		appendHead(1, sizes[i-1])
	}
	return append(out, value...)
}

// manyAttributes is one span with n different keys.
func manyAttributes(n int) []byte {
	var span []byte
	for i := range n {

		var kv []byte
		kv = protowire.AppendTag(kv, 1, protowire.BytesType)
		kv = protowire.AppendString(kv, fmt.Sprintf("key%d", i))
		span = protowire.AppendTag(span, 9, protowire.BytesType)
		span = protowire.AppendBytes(span, kv)
	}
	body := span
	for _, field := range []protowire.Number{2, 2, 1} { // spans, scope_spans, resource_spans
		body = protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), body)
	}
	return body
}

func gzipped(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// gzipBomb is n bytes of zeros, compressed a thousandfold.
func gzipBomb(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	require.NoError(t, err)
	chunk := make([]byte, 1<<20)
	for range n >> 20 {
		_, err := w.Write(chunk)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}
