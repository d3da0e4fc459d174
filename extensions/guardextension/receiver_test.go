package guardextension

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/koine-otel/koine/extensions/guardextension/internal/metadata"
)

// guarded is an OTLP receiver with a guard before it.
type guarded struct {
	*guard
	telemetry *componenttest.Telemetry
	http      string // base URL
	address   string // of the HTTP server
	client    *http.Client
	conn      *grpc.ClientConn
	receiver  component.Component
}

// maxBody is the receiver's limit of a request's body.
const maxBody = 16 << 20

func startGuarded(tb testing.TB, next consumer.Traces, change func(*Config)) *guarded {
	tb.Helper()
	ctx := context.Background()
	config := createDefaultConfig().(*Config)
	config.ReceiveTimeout = time.Minute // a busy machine is slow under the race detector
	if change != nil {
		change(config)
	}
	require.NoError(tb, config.Validate())
	g := &guarded{telemetry: componenttest.NewTelemetry(), address: freeAddress(tb)}
	var err error
	g.guard, err = newGuard(config, g.telemetry.NewTelemetrySettings())
	require.NoError(tb, err)
	host := extensions{component.NewID(metadata.Type): g.guard}
	require.NoError(tb, g.Start(ctx, host))

	grpcAddress := freeAddress(tb)
	middlewares := []any{map[string]any{"id": "guard"}}
	factory := otlpreceiver.NewFactory()
	receiverConfig := factory.CreateDefaultConfig()
	require.NoError(tb, confmap.NewFromStringMap(map[string]any{"protocols": map[string]any{
		"http": map[string]any{"endpoint": g.address, "middlewares": middlewares, "max_request_body_size": maxBody},
		"grpc": map[string]any{"endpoint": grpcAddress, "middlewares": middlewares, "max_recv_msg_size_mib": 64},
	}}).Unmarshal(receiverConfig))
	r, err := factory.CreateTraces(ctx, receivertest.NewNopSettings(factory.Type()), receiverConfig, next)
	require.NoError(tb, err)
	require.NoError(tb, r.Start(ctx, host))
	g.receiver = r

	g.http = "http://" + g.address
	g.client = &http.Client{Transport: &http.Transport{}}
	g.conn, err = grpc.NewClient(grpcAddress, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(tb, err)
	tb.Cleanup(func() {
		g.client.CloseIdleConnections()
		require.NoError(tb, g.conn.Close())
		require.NoError(tb, r.Shutdown(ctx))
		require.Eventually(tb, func() bool {
			runtime.GC() // gRPC drops what came after a call's end
			return g.inFlight.used.Load() == 0
		}, 10*time.Second, time.Millisecond, "bytes in flight after the last request")
		require.NoError(tb, g.Shutdown(ctx))
		require.NoError(tb, g.telemetry.Shutdown(ctx))
	})
	return g
}

// post sends a body to the traces' path and gives the answer.
func (g *guarded) post(tb testing.TB, contentType, encoding string, body []byte) (*http.Response, []byte) {
	tb.Helper()
	req, err := http.NewRequest(http.MethodPost, g.http+"/v1/traces", bytes.NewReader(body))
	require.NoError(tb, err)
	req.Header.Set("Content-Type", contentType)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := g.client.Do(req)
	require.NoError(tb, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	return resp, answer
}

// extensions is a host that has them and nothing else.
type extensions map[component.ID]component.Component

func (e extensions) GetExtensions() map[component.ID]component.Component { return e }

func freeAddress(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer l.Close()
	return l.Addr().String()
}

func gzipped(tb testing.TB, body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(body)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// someTraces is what a service sends: spans with arrays and maps among their attributes.
func someTraces(spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	ss := rs.ScopeSpans().AppendEmpty()
	for i := range spans {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID([16]byte{1, byte(i)})
		s.SetSpanID([8]byte{1, byte(i)})
		s.SetName("GET /api/v1/carts/{id}")
		s.SetStartTimestamp(1_700_000_000_000_000_000)
		s.SetEndTimestamp(1_700_000_000_020_000_000)
		s.Attributes().PutStr("http.request.method", "GET")
		s.Attributes().PutStr("url.path", "/api/v1/carts/8231")
		s.Attributes().PutInt("http.response.status_code", 200)
		s.Attributes().PutStr("server.address", "shop.example.com")
		s.Attributes().PutInt("server.port", 443)
		s.Attributes().PutStr("client.address", "10.1.12.7")
		s.Attributes().PutEmptySlice("http.request.header.accept").AppendEmpty().SetStr("text/html")
		s.Attributes().PutEmptyMap("cart").PutInt("items", 4)
		s.Events().AppendEmpty().SetName("cache miss")
	}
	return td
}

func protoOf(tb testing.TB, td ptrace.Traces) []byte {
	b, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	require.NoError(tb, err)
	return b
}

func jsonOf(tb testing.TB, td ptrace.Traces) []byte {
	b, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
	require.NoError(tb, err)
	return b
}

// deepProto is a request with one attribute of that many arrays. At 1.3 million, 12 MB, it
// ends a process that decodes it.
func deepProto(levels int) []byte {
	var reversed []byte
	wrap := func(field byte) {
		var size [binary.MaxVarintLen64]byte
		for n := binary.PutUvarint(size[:], uint64(len(reversed))) - 1; n >= 0; n-- {
			reversed = append(reversed, size[n])
		}
		reversed = append(reversed, field<<3|2)
	}
	for range levels {
		wrap(1) // ArrayValue.values
		wrap(5) // AnyValue.array_value
	}
	for _, field := range []byte{2, 1, 1, 1} { // KeyValue.value, Resource.attributes, and up
		wrap(field)
	}
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	return reversed
}

func deepJSON(levels int) []byte {
	return fmt.Appendf(nil, `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":%s{}%s}]}}]}`,
		strings.Repeat(`{"arrayValue":{"values":[`, levels), strings.Repeat(`]}}`, levels))
}
