package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/koine-otel/koine/tracegen"
)

// running is a Listen with free ports.
type running struct {
	*gatherer
	Ports
	counts Counts
	ended  chan error
	stop   func()
}

func listen(t *testing.T, o ListenOptions) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{gatherer: new(gatherer), ended: make(chan error, 1), stop: cancel}
	ready := make(chan Ports, 1)
	o.Ready = func(p Ports) { ready <- p }
	o.Done = func(c Counts) { r.counts = c }
	go func() { r.ended <- Listen(ctx, r, o) }() // ends with stop
	t.Cleanup(cancel)
	select {
	case r.Ports = <-ready:
	case err := <-r.ended:
		require.NoError(t, err)
	}
	return r
}

// end waits for the end, after stop or what else leads to it.
func (r *running) end(t *testing.T) Counts {
	t.Helper()
	select {
	case err := <-r.ended:
		require.NoError(t, err)
	case <-time.After(5 * time.Second):
		require.Fail(t, "it goes on")
	}
	return r.counts
}

func send(t *testing.T, method string, port int, path, contentType, encoding string, body []byte) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", contentType)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, string(answer)
}

func TestSDKs(t *testing.T) {
	ctx := context.Background()
	r := listen(t, ListenOptions{})
	overGRPC, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(fmt.Sprintf("127.0.0.1:%d", r.GRPC)), otlptracegrpc.WithInsecure(), otlptracegrpc.WithCompressor("gzip"))
	require.NoError(t, err)
	overHTTP, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpoint(fmt.Sprintf("127.0.0.1:%d", r.HTTP)), otlptracehttp.WithInsecure(), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	require.NoError(t, err)
	for _, exporter := range []*otlptrace.Exporter{overGRPC, overHTTP} {
		p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
		_, span := p.Tracer("test").Start(ctx, "work")
		span.End()
		require.NoError(t, p.Shutdown(ctx))
	}
	r.stop()
	assert.Equal(t, Counts{Spans: 2}, r.end(t))
	assert.ElementsMatch(t, []string{"otlp/grpc", "otlp/http"}, r.sources)
	assert.Equal(t, "work", r.spans()[0].Name())
}

func TestAllSignals(t *testing.T) {
	ctx := context.Background()
	r := listen(t, ListenOptions{})
	conn, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", r.GRPC), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	_, err = pmetricotlp.NewGRPCClient(conn).Export(ctx, pmetricotlp.NewExportRequestFromMetrics(metricsOf(2)))
	require.NoError(t, err)
	_, err = plogotlp.NewGRPCClient(conn).Export(ctx, plogotlp.NewExportRequestFromLogs(logsOf(3)))
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	metrics, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(metricsOf(2))
	require.NoError(t, err)
	logs, err := (&plog.JSONMarshaler{}).MarshalLogs(logsOf(3))
	require.NoError(t, err)
	code, answer := send(t, "POST", r.HTTP, "/v1/metrics", protobufType, "", metrics)
	assert.Equal(t, http.StatusOK, code)
	assert.Empty(t, answer)
	code, answer = send(t, "POST", r.HTTP, "/v1/logs", "application/json; charset=utf-8", "zstd", zstdded(t, logs))
	assert.Equal(t, http.StatusOK, code)
	assert.Equal(t, "{}", answer)
	code, _ = send(t, "POST", r.HTTP, "/v1/traces", jsonType, "gzip", gzipped([]byte(oneRequest)))
	assert.Equal(t, http.StatusOK, code)
	r.stop()
	assert.Equal(t, Counts{Spans: 1, Points: 4, Logs: 6}, r.end(t))
}

func TestZipkinPort(t *testing.T) {
	r := listen(t, ListenOptions{})
	spans := 0
	for _, p := range []tracegen.Protocol{tracegen.ZipkinJSON, tracegen.ZipkinProto} {
		for _, payload := range corpus(t, p, 10) {
			code, answer := send(t, "POST", r.Zipkin, payload.Path, payload.ContentType, "gzip", gzipped(payload.Body))
			require.Equal(t, http.StatusAccepted, code, answer)
			spans += payload.Spans
		}
	}
	code, answer := send(t, "POST", r.Zipkin, "/api/v1/spans", jsonType, "", testdata(t, "zipkin_v1.json"))
	require.Equal(t, http.StatusAccepted, code, answer)
	code, answer = send(t, "POST", r.Zipkin, "/api/v2/spans", jsonType, "", nil)
	require.Equal(t, http.StatusAccepted, code, answer)
	code, answer = send(t, "POST", r.Zipkin, "/api/v2/spans", jsonType, "", []byte("[{]"))
	assert.Equal(t, http.StatusBadRequest, code)
	assert.Contains(t, answer, "JSON object has no key")
	r.stop()
	assert.Equal(t, Counts{Spans: int64(spans) + 1, Damaged: 2}, r.end(t))
}

func TestRefusals(t *testing.T) {
	var refused []error
	r := listen(t, ListenOptions{MaxBody: 1000, Refused: func(err error) { refused = append(refused, err) }})
	for _, c := range []struct {
		contentType, encoding string
		body                  []byte
		code                  int
		reason                string
	}{
		{jsonType, "", []byte("{"), http.StatusBadRequest, "JSON object has no key"},
		{jsonType, "", bytes.Repeat([]byte(" "), 1001), http.StatusRequestEntityTooLarge, "longer than 1000 bytes"},
		{jsonType, "gzip", gzipped(bytes.Repeat([]byte(" "), 100_000)), http.StatusRequestEntityTooLarge, "longer than 1000 bytes"},
		{jsonType, "", []byte(`[{"resourceSpans":[]}]`), http.StatusBadRequest, "no JSON object"},
		{jsonType, "", []byte("null"), http.StatusBadRequest, "no JSON object"},
		{jsonType, "", []byte(`{"resourceLogs":[]}`), http.StatusBadRequest, "resourceLogs is of another signal"},
		{jsonType, "gzip", []byte("x"), http.StatusBadRequest, "reading the body"},
		{jsonType, "br", []byte("x"), http.StatusUnsupportedMediaType, "neither gzip"},
		{"text/plain", "", []byte("x"), http.StatusUnsupportedMediaType, "text/plain"},
		{protobufType, "", []byte("\n\x7f"), http.StatusBadRequest, "truncated field"},
	} {
		code, answer := send(t, "POST", r.HTTP, "/v1/traces", c.contentType, c.encoding, c.body)
		assert.Equal(t, c.code, code, answer)
		if c.contentType == protobufType {
			s := new(statuspb.Status)
			require.NoError(t, proto.Unmarshal([]byte(answer), s))
			answer = s.Message
		}
		assert.Contains(t, answer, c.reason)
	}
	code, _ := send(t, "GET", r.HTTP, "/v1/traces", "", "", nil)
	assert.Equal(t, http.StatusMethodNotAllowed, code)
	code, _ = send(t, "POST", r.HTTP, "/nowhere", "", "", nil)
	assert.Equal(t, http.StatusNotFound, code)

	conn, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", r.GRPC), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	err = conn.Invoke(context.Background(), tracegen.OTLPGRPC.Path(), new([]byte("\n\x7f")), new([]byte), grpc.ForceCodecV2(rawCodec{}))
	assert.Equal(t, codes.InvalidArgument, status.Code(err), err)
	deep := ptrace.NewTraces()
	value := deep.ResourceSpans().AppendEmpty().Resource().Attributes().PutEmpty("deep")
	for range 50 {
		value = value.SetEmptySlice().AppendEmpty()
	}
	_, err = ptraceotlp.NewGRPCClient(conn).Export(context.Background(), ptraceotlp.NewExportRequestFromTraces(deep))
	assert.Equal(t, codes.InvalidArgument, status.Code(err), err)
	require.NoError(t, conn.Close())
	r.stop()
	assert.Equal(t, Counts{Damaged: 12}, r.end(t))
	require.Len(t, refused, 12)
	assert.True(t, strings.HasPrefix(refused[0].Error(), "otlp/http: "), refused[0])
}

func TestEnds(t *testing.T) {
	t.Run("duration", func(t *testing.T) {
		r := listen(t, ListenOptions{Duration: 20 * time.Millisecond})
		assert.True(t, r.end(t).Empty())
	})
	t.Run("inactivity", func(t *testing.T) {
		r := listen(t, ListenOptions{Inactivity: 300 * time.Millisecond})
		begun := time.Now()
		for range 4 {
			time.Sleep(100 * time.Millisecond)
			send(t, "POST", r.HTTP, "/v1/traces", jsonType, "", []byte(oneRequest))
		}
		assert.EqualValues(t, 4, r.end(t).Spans)
		assert.Greater(t, time.Since(begun), 650*time.Millisecond)
	})
	t.Run("stop", func(t *testing.T) {
		r := listen(t, ListenOptions{Ports: Ports{GRPC: Closed, HTTP: Closed, Zipkin: Closed}})
		assert.Equal(t, Ports{GRPC: Closed, HTTP: Closed, Zipkin: Closed, Control: r.Control}, r.Ports)
		code, answer := send(t, "GET", r.Control, "/health", "", "", nil)
		assert.Equal(t, http.StatusOK, code)
		assert.JSONEq(t, `{"status":"ok"}`, answer)
		code, _ = send(t, "GET", r.Control, "/stop", "", "", nil)
		assert.Equal(t, http.StatusMethodNotAllowed, code)
		code, _ = send(t, "POST", r.Control, "/stop", "", "", nil)
		assert.Equal(t, http.StatusAccepted, code)
		r.end(t)
	})
}

// A peer that stalls amid a request, or connects and says nothing, holds nothing up for long. Its half
// request is counted, and what others sent is kept.
func TestSlowPeers(t *testing.T) {
	var refused error
	r := listen(t, ListenOptions{Refused: func(err error) { refused = err }})
	for _, text := range []string{"", "POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"} {
		peer, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(r.HTTP))
		require.NoError(t, err)
		defer peer.Close()
		_, err = io.WriteString(peer, text)
		require.NoError(t, err)
	}
	send(t, "POST", r.HTTP, "/v1/traces", jsonType, "", []byte(oneRequest))
	r.stop()
	counts := r.end(t)
	assert.EqualValues(t, 1, counts.Spans)
	assert.EqualValues(t, 1, counts.Damaged)
	require.EqualError(t, refused, "otlp/http: the body was not whole when the port was closed")
}

func TestBusyPorts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	port := l.Addr().(*net.TCPAddr).Port
	err = Listen(context.Background(), new(discard), ListenOptions{Ports: Ports{GRPC: port, Zipkin: port}})
	require.EqualError(t, err, fmt.Sprintf("listen: port %d for OTLP over gRPC at 127.0.0.1: bind: address already in use; set another port for OTLP over gRPC, or 0 for a free one\n"+
		"listen: port %[1]d for Zipkin at 127.0.0.1: bind: address already in use; set another port for Zipkin, or 0 for a free one", port))
}
