package guardextension

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/koine-otel/koine/extensions/guardextension/internal/metadatatest"
	"github.com/koine-otel/koine/memory"
)

// counts expects the counter of refusals to have one point.
func (g *guarded) counts(t *testing.T, reason, transport string, n int64) {
	t.Helper()
	metadatatest.AssertEqualExtensionGuardRefusedRequests(t, g.telemetry, []metricdata.DataPoint[int64]{{
		Value:      n,
		Attributes: attribute.NewSet(attribute.String("koine.reason", reason), attribute.String("koine.transport", transport)),
	}}, metricdatatest.IgnoreTimestamp())
}

func TestHTTPLetsGoodRequestsThrough(t *testing.T) {
	for _, tc := range []struct {
		name, contentType, encoding string
		spans                       int
	}{
		{"protobuf", protobufType, "", 3},
		{"large protobuf", protobufType, "", 20_000},
		{"protobuf with a parameter", "Application/X-Protobuf; v=1", "", 3},
		{"gzip", protobufType, "gzip", 2000},
		{"json", jsonType, "", 300},
		{"json with a charset", jsonType + "; charset=utf-8", "gzip", 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := new(consumertest.TracesSink)
			g := startGuarded(t, sink, nil)
			td := someTraces(tc.spans)
			body := protoOf(t, td)
			if strings.HasPrefix(tc.contentType, jsonType) {
				body = jsonOf(t, td)
			}
			if tc.encoding == "gzip" {
				body = gzipped(t, body)
			}
			resp, answer := g.post(t, tc.contentType, tc.encoding, body)
			require.Equal(t, http.StatusOK, resp.StatusCode, "%s", answer)
			require.Len(t, sink.AllTraces(), 1)
			assert.Equal(t, protoOf(t, td), protoOf(t, sink.AllTraces()[0]))
		})
	}
}

func TestHTTPRefuses(t *testing.T) {
	attributes := someTraces(1)
	for i := range 4000 {
		attributes.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutInt(strings.Repeat("k", i), 1)
	}
	good := protoOf(t, someTraces(2000))
	for _, tc := range []struct {
		name, contentType, encoding string
		body                        []byte
		status                      int
		code                        codes.Code
		reason                      string
	}{
		{"deep", protobufType, "", deepProto(1_300_000), 400, codes.InvalidArgument, "depth"},
		{"a little too deep", protobufType, "", deepProto(33), 400, codes.InvalidArgument, "depth"},
		{"deep in gzip", protobufType, "gzip", gzipped(t, deepProto(1_300_000)), 400, codes.InvalidArgument, "depth"},
		{"deep JSON", jsonType, "", deepJSON(500_000), 400, codes.InvalidArgument, "depth"},
		{"deep JSON in gzip", jsonType, "gzip", gzipped(t, deepJSON(500_000)), 400, codes.InvalidArgument, "depth"},
		{"attributes", protobufType, "", protoOf(t, attributes), 400, codes.InvalidArgument, "attributes"},
		{"attributes in JSON", jsonType, "", jsonOf(t, attributes), 400, codes.InvalidArgument, "attributes"},
		{"cut short", protobufType, "", protoOf(t, someTraces(40_000))[:maxBody/2], 400, codes.InvalidArgument, "malformed"},
		{"elements", protobufType, "", emptySpans(2_000_000), 400, codes.InvalidArgument, "elements"},
		{"malformed", protobufType, "", []byte("\x0a\x05abc"), 400, codes.InvalidArgument, "malformed"},
		{"malformed JSON", jsonType, "", []byte(`{"resourceSpans":[`), 400, codes.InvalidArgument, "malformed"},
		{"truncated gzip", protobufType, "gzip", gzipped(t, good)[:500], 400, codes.InvalidArgument, "malformed"},
		{"corrupt gzip", protobufType, "gzip", corrupt(gzipped(t, good)), 400, codes.InvalidArgument, "malformed"},
		{"too large", protobufType, "", make([]byte, maxBody+1), 413, codes.ResourceExhausted, "too_large"},
		{"too large in gzip", protobufType, "gzip", gzipped(t, make([]byte, maxBody+1)), 413, codes.ResourceExhausted, "too_large"},
		{"too large JSON", jsonType, "", bytes.Repeat([]byte(" "), maxBody+1), 413, codes.ResourceExhausted, "too_large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := new(consumertest.TracesSink)
			g := startGuarded(t, sink, nil)
			resp, answer := g.post(t, tc.contentType, tc.encoding, tc.body)
			require.Equal(t, tc.status, resp.StatusCode, "%s", answer)
			assert.Equal(t, tc.contentType, resp.Header.Get("Content-Type"))
			var status spb.Status
			if tc.contentType == jsonType {
				require.NoError(t, protojson.Unmarshal(answer, &status))
			} else {
				require.NoError(t, proto.Unmarshal(answer, &status))
			}
			assert.Equal(t, int32(tc.code), status.Code)
			assert.NotEmpty(t, status.Message)
			assert.Empty(t, sink.AllTraces())
			g.counts(t, tc.reason, "http", 1)

			resp, _ = g.post(t, protobufType, "", protoOf(t, someTraces(1)))
			assert.Equal(t, http.StatusOK, resp.StatusCode, "the next request")
		})
	}
}

// emptySpans costs two bytes a span.
func emptySpans(n int) []byte {
	field := func(number byte, content []byte) []byte {
		size := []byte{byte(len(content)) | 0x80, byte(len(content)>>7) | 0x80, byte(len(content)>>14) | 0x80, byte(len(content) >> 21)}
		return append(append([]byte{number<<3 | 2}, size...), content...)
	}
	return field(1, field(2, bytes.Repeat([]byte{2<<3 | 2, 0}, n)))
}

func corrupt(b []byte) []byte {
	b = bytes.Clone(b)
	for i := len(b) / 2; i < len(b)/2+20; i++ {
		b[i] ^= 0xff
	}
	return b
}

// Requests without a body it does not touch, or even read.
func TestHTTPPassesOtherMethods(t *testing.T) {
	g := testGuard(t, nil)
	for _, tc := range []struct{ method, path, contentType string }{
		{http.MethodGet, "/v1/traces", protobufType},
		{http.MethodOptions, "/v1/traces", jsonType},
	} {
		r := httptest.NewRequest(tc.method, tc.path, iotest.ErrReader(errors.New("must not be read")))
		r.Header.Set("Content-Type", tc.contentType)
		before := r.Body
		passed := false
		wrapped(t, g, func(_ http.ResponseWriter, r *http.Request) { passed = r.Body == before }).ServeHTTP(httptest.NewRecorder(), r)
		assert.True(t, passed, "%v", tc)
	}
}

func testGuard(tb testing.TB, change func(*Config)) *guard {
	config := createDefaultConfig().(*Config)
	config.ReceiveTimeout = time.Minute // a busy machine is slow under the race detector
	if change != nil {
		change(config)
	}
	g, err := newGuard(config, componenttest.NewNopTelemetrySettings())
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, g.Shutdown(context.Background())) })
	return g
}

func wrapped(tb testing.TB, g *guard, next http.HandlerFunc) http.Handler {
	wrap, err := g.GetHTTPHandler(context.Background())
	require.NoError(tb, err)
	h, err := wrap(context.Background(), next)
	require.NoError(tb, err)
	return h
}

func TestBodyIsReadableOnceAndWithinTheHandler(t *testing.T) {
	g := testGuard(t, nil)
	var kept io.ReadCloser
	sent := protoOf(t, someTraces(900)) // more than the smallest buffer
	require.Greater(t, len(sent), memory.SmallestBuffer)
	h := wrapped(t, g, func(_ http.ResponseWriter, r *http.Request) {
		kept = r.Body
		assert.EqualValues(t, len(sent), r.ContentLength)
		reserved := g.inFlight.used.Load()
		assert.Greater(t, reserved, int64(3*len(sent)), "what holds it, and what is decoded")
		assert.Less(t, reserved, int64(12*len(sent)))
		got, err := io.ReadAll(iotest.OneByteReader(r.Body))
		assert.NoError(t, err)
		assert.Equal(t, sent, got)
		assert.EqualValues(t, reserved, g.inFlight.used.Load(), "until the handler returns")
		assert.NoError(t, r.Body.Close())
		assert.NoError(t, r.Body.Close())
	})
	r := httptest.NewRequest(http.MethodPost, "/v1/traces", bytes.NewReader(sent))
	r.Header.Set("Content-Type", protobufType)
	h.ServeHTTP(httptest.NewRecorder(), r)
	assert.Zero(t, g.inFlight.used.Load())
	n, err := kept.Read(make([]byte, 1))
	assert.Zero(t, n)
	assert.Equal(t, io.EOF, err)
}

// A client reserves the buffer for what it has sent, not what it promised, and nothing once it
// is gone.
func TestSlowClientReservesItsBuffer(t *testing.T) {
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.MaxInFlightMiB = 1 })
	conn, err := net.Dial("tcp", g.address)
	require.NoError(t, err)
	_, err = io.WriteString(conn, "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: "+protobufType+"\r\nContent-Length: 15000000\r\n\r\n"+strings.Repeat("x", 1000))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return g.inFlight.used.Load() == memory.SmallestBuffer }, 5*time.Second, time.Millisecond)
	metadatatest.AssertEqualExtensionGuardInFlight(t, g.telemetry, []metricdata.DataPoint[int64]{{Value: memory.SmallestBuffer}}, metricdatatest.IgnoreTimestamp())

	resp, _ := g.post(t, protobufType, "", protoOf(t, someTraces(10)))
	assert.Equal(t, http.StatusOK, resp.StatusCode, "there is room for others")

	require.NoError(t, conn.Close())
	require.Eventually(t, func() bool { return g.inFlight.used.Load() == 0 }, 5*time.Second, time.Millisecond)
	_, err = g.telemetry.GetMetric("otelcol_extension_guard_refused_requests")
	assert.Error(t, err, "a client that went away is no refusal")
}

func TestHTTPTurnsAwayWhatIsOverBudget(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	var once sync.Once
	next, err := consumer.NewTraces(func(context.Context, ptrace.Traces) error {
		once.Do(func() { close(entered); <-leave })
		return nil
	})
	require.NoError(t, err)
	g := startGuarded(t, next, func(c *Config) { c.MaxInFlightMiB = 6 })
	big := protoOf(t, someTraces(2500))

	var first sync.WaitGroup
	first.Go(func() {
		resp, _ := g.post(t, protobufType, "", big)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
	})
	<-entered
	resp, answer := g.post(t, protobufType, "", big)
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Equal(t, "1", resp.Header.Get("Retry-After"))
	var status spb.Status
	require.NoError(t, proto.Unmarshal(answer, &status))
	assert.Equal(t, int32(codes.Unavailable), status.Code)
	g.counts(t, "in_flight", "http", 1)
	close(leave)
	first.Wait()
	resp, _ = g.post(t, protobufType, "", big)
	assert.Equal(t, http.StatusOK, resp.StatusCode, "once there is room again")
}

func TestGuardUnderLoad(t *testing.T) {
	sink := new(consumertest.TracesSink)
	g := startGuarded(t, sink, func(c *Config) { c.MaxInFlightMiB = 64 })
	good, deep := protoOf(t, someTraces(300)), deepProto(1000)
	var clients sync.WaitGroup
	const each = 20
	for range 4 {
		clients.Go(func() {
			for range each {
				resp, _ := g.post(t, protobufType, "", good)
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.NoError(t, g.export(good))
			}
		})
		clients.Go(func() {
			for range each {
				resp, _ := g.post(t, jsonType, "", deepJSON(1000))
				assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
				assert.Error(t, g.export(deep))
			}
		})
	}
	clients.Wait()
	require.Len(t, sink.AllTraces(), 4*each*2)
	for _, td := range sink.AllTraces() {
		require.Equal(t, good, protoOf(t, td))
	}
}

// BenchmarkHTTP is what the guard adds to a receiver that reads its bodies, in nanoseconds a
// span and in allocations a request.
func BenchmarkHTTP(b *testing.B) {
	const spans = 500
	content := protoOf(b, someTraces(spans))
	read := func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
	}
	for name, h := range map[string]http.Handler{"without": http.HandlerFunc(read), "with": wrapped(b, testGuard(b, nil), read)} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodPost, "/v1/traces", nil)
			r.Header.Set("Content-Type", protobufType)
			reader := bytes.NewReader(nil)
			source := io.NopCloser(reader)
			w := httptest.NewRecorder()
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				reader.Reset(content)
				r.Body, r.ContentLength = source, int64(len(content))
				h.ServeHTTP(w, r)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spans, "ns/span")
		})
	}
}
