package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/idgenerator"
	zipkinmodel "github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter"
	zipkinhttp "github.com/openzipkin/zipkin-go/reporter/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/semconv/v1.20.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// calls is how many client and server pairs each client sends: enough for more than
// one batch.
const calls = 700

func TestZipkinGo(t *testing.T) {
	for name, serializer := range map[string]reporter.SpanSerializer{
		"json": reporter.JSONSerializer{}, "proto": zipkin_proto3.SpanSerializer{},
	} {
		t.Run(name, func(t *testing.T) {
			out, sink := newSink(t)
			c := start(t, keepAll("1s"), exportTo(sink))
			r := zipkinhttp.NewReporter(fmt.Sprintf("http://localhost:%d/api/v2/spans", c.Ports.Zipkin), zipkinhttp.Serializer(serializer), zipkinhttp.MaxBacklog(4*calls))
			endpoint, err := zipkin.NewEndpoint("shop", "10.0.0.1:8080")
			require.NoError(t, err)
			// Ids of 64 bits and shared spans are what Brave's fleets have by default.
			tracer, err := zipkin.NewTracer(r, zipkin.WithLocalEndpoint(endpoint), zipkin.WithSharedSpans(true),
				zipkin.WithIDGenerator(idgenerator.NewRandom64()))
			require.NoError(t, err)
			sent := map[string]bool{}
			for i := range calls {
				client := tracer.StartSpan("get /orders", zipkin.Kind(zipkinmodel.Client))
				client.Tag("http.method", "GET")
				client.Tag("http.path", fmt.Sprintf("/orders/%d", i))
				client.Tag("http.status_code", "200")
				client.Tag("http.url", fmt.Sprintf("http://shop:8080/orders/%d", i))
				server := tracer.StartSpan("get /orders", zipkin.Kind(zipkinmodel.Server), zipkin.Parent(client.Context()))
				server.Tag("http.method", "GET")
				server.Tag("http.path", fmt.Sprintf("/orders/%d?page=2", i))
				server.Tag("http.status_code", "503")
				server.Tag("error", "no stock")
				server.Finish()
				client.Finish()
				trace := fmt.Sprintf("%032s", client.Context().TraceID)
				sent[trace+client.Context().ID.String()+"Client"] = true
				sent[trace+server.Context().ID.String()+"Server"] = true
			}
			require.NoError(t, r.Close())

			spans := out.afterStop(t, c, 2*calls)
			assertExactly(t, sent, spans)
			for _, s := range spans {
				assertSpeaksTarget(t, s)
				attrs := s.Attributes().AsRaw()
				assert.Equal(t, "GET", attrs["http.request.method"])
				if s.Kind() == ptrace.SpanKindClient {
					assert.True(t, s.ParentSpanID().IsEmpty())
					assert.Equal(t, int64(200), attrs["http.response.status_code"])
					assert.Contains(t, attrs["url.full"], "http://shop:8080/orders/")
					assert.Equal(t, "shop", attrs["server.address"])
					assert.Equal(t, int64(8080), attrs["server.port"])
				} else {
					assert.Equal(t, attrs["koine.zipkin.span_id"], s.ParentSpanID().String(), "the client is the server's parent")
					assert.NotEqual(t, s.ParentSpanID(), s.SpanID())
					assert.Equal(t, int64(503), attrs["http.response.status_code"])
					assert.Contains(t, attrs["url.path"], "/orders/")
					assert.Equal(t, "page=2", attrs["url.query"])
					assert.Equal(t, ptrace.StatusCodeError, s.Status().Code())
					assert.Equal(t, "no stock", s.Status().Message())
				}
			}
		})
	}
}

// TestZipkinDebug: a trace that its sender wants kept (X-B3-Flags: 1) is kept by the embedded
// configuration, which keeps a hundredth of what is ordinary.
func TestZipkinDebug(t *testing.T) {
	out, sink := newSink(t)
	c := start(t, []string{"--set=processors.tail_sampling.decision_wait=1s", "--set=exporters.debug.verbosity=basic"}, exportTo(sink))
	r := zipkinhttp.NewReporter(fmt.Sprintf("http://localhost:%d/api/v2/spans", c.Ports.Zipkin), zipkinhttp.MaxBacklog(4*calls))
	endpoint, err := zipkin.NewEndpoint("shop", "10.0.0.1:8080")
	require.NoError(t, err)
	tracer, err := zipkin.NewTracer(r, zipkin.WithLocalEndpoint(endpoint))
	require.NoError(t, err)
	ids := idgenerator.NewRandom128()
	wanted := map[string]bool{}
	for i := range calls {
		id := ids.TraceID()
		debug := i%7 == 0
		caller := zipkinmodel.SpanContext{TraceID: id, ID: ids.SpanID(id), Debug: debug}
		tracer.StartSpan("get /orders", zipkin.Kind(zipkinmodel.Server), zipkin.Parent(caller)).Finish()
		if debug {
			wanted[id.String()] = true
		}
	}
	require.NoError(t, r.Close())

	spans := out.afterStop(t, c, len(wanted))
	for _, s := range spans {
		delete(wanted, s.TraceID().String())
	}
	assert.Empty(t, wanted)
	assert.Less(t, len(spans), calls/2, "and most others are dropped")
}

func TestOpenTelemetrySDK(t *testing.T) {
	for _, protocol := range []string{"grpc", "http"} {
		t.Run(protocol, func(t *testing.T) {
			out, sink := newSink(t)
			c := start(t, keepAll("1s"), exportTo(sink))
			exporter, err := exporterFor(t, protocol, c.Ports.OTLPGRPC, c.Ports.OTLPHTTP)
			require.NoError(t, err)
			res := resource.NewSchemaless(semconv.ServiceName("shop"), semconv.DeploymentEnvironment("test"))
			provider := sdktrace.NewTracerProvider(sdktrace.WithResource(res), sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(4*calls)))
			tracer := provider.Tracer("e2e")
			sent := map[string]bool{}
			for i := range calls {
				ctx, client := tracer.Start(t.Context(), "GET", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
					semconv.HTTPMethod("GET"), semconv.HTTPStatusCode(200), semconv.HTTPURL(fmt.Sprintf("https://shop:8443/orders/%d", i)),
					semconv.NetPeerName("shop"), semconv.NetPeerPort(8443), attribute.String("http.flavor", "1.1"),
				))
				_, server := tracer.Start(ctx, "GET /orders/{id}", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
					semconv.HTTPMethod("GET"), semconv.HTTPStatusCode(500), semconv.HTTPTarget(fmt.Sprintf("/orders/%d?page=2", i)),
					semconv.HTTPScheme("https"), semconv.HTTPRoute("/orders/{id}"), semconv.NetHostName("shop"), semconv.NetHostPort(8443),
					semconv.NetSockPeerAddr("10.0.0.7"), semconv.UserAgentOriginal("e2e"),
				))
				_, db := tracer.Start(ctx, "select", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
					semconv.DBSystemPostgreSQL, semconv.DBStatement("select 1"), semconv.DBName("shop"), semconv.DBOperation("select"),
					semconv.NetPeerName("db"), semconv.NetTransportTCP,
				))
				db.End()
				server.SetStatus(codes.Error, "no stock")
				server.End()
				client.End()
				for kind, s := range map[string]trace.Span{"Client": client, "Server": server} {
					sent[s.SpanContext().TraceID().String()+s.SpanContext().SpanID().String()+kind] = true
				}
				sent[db.SpanContext().TraceID().String()+db.SpanContext().SpanID().String()+"Client"] = true
			}
			require.NoError(t, provider.Shutdown(t.Context()))

			spans := out.afterStop(t, c, 3*calls)
			assertExactly(t, sent, spans)
			for _, s := range spans {
				assertSpeaksTarget(t, s)
				assert.Equal(t, "test", s.resource.AsRaw()["deployment.environment.name"])
				attrs := s.Attributes().AsRaw()
				switch s.Name() {
				case "GET":
					assert.Equal(t, "GET", attrs["http.request.method"])
					assert.Equal(t, int64(200), attrs["http.response.status_code"])
					assert.Contains(t, attrs["url.full"], "https://shop:8443/orders/")
					assert.Equal(t, "shop", attrs["server.address"])
					assert.Equal(t, int64(8443), attrs["server.port"])
					assert.Equal(t, "1.1", attrs["network.protocol.version"])
				case "GET /orders/{id}":
					assert.Equal(t, int64(500), attrs["http.response.status_code"])
					assert.Contains(t, attrs["url.path"], "/orders/")
					assert.Equal(t, "page=2", attrs["url.query"])
					assert.Equal(t, "https", attrs["url.scheme"])
					assert.Equal(t, "shop", attrs["server.address"])
					assert.Equal(t, "10.0.0.7", attrs["network.peer.address"])
				case "select":
					assert.Equal(t, "postgresql", attrs["db.system.name"])
					assert.Equal(t, "select 1", attrs["db.query.text"])
					assert.Equal(t, "shop", attrs["db.namespace"])
					assert.Equal(t, "db", attrs["server.address"])
					assert.Equal(t, "tcp", attrs["network.transport"])
				default:
					t.Errorf("unknown span %q", s.Name())
				}
			}
		})
	}
}

func exporterFor(t *testing.T, protocol string, grpcPort, httpPort int) (sdktrace.SpanExporter, error) {
	if protocol == "grpc" {
		return otlptracegrpc.New(t.Context(), otlptracegrpc.WithInsecure(),
			otlptracegrpc.WithEndpoint(fmt.Sprintf("localhost:%d", grpcPort)))
	}
	return otlptracehttp.New(t.Context(), otlptracehttp.WithInsecure(), otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
		otlptracehttp.WithEndpoint(fmt.Sprintf("localhost:%d", httpPort)))
}

// assertExactly: every span that was sent came out once, and nothing else did. Spans
// are told apart by trace, the id that they were sent with, and kind: shared spans have one id
// then, and get another.
func assertExactly(t *testing.T, sent map[string]bool, spans []span) {
	t.Helper()
	got := map[string]int{}
	for _, s := range spans {
		id := s.SpanID().String()
		if sentWith, ok := s.Attributes().Get("koine.zipkin.span_id"); ok {
			id = sentWith.Str()
		}
		got[s.TraceID().String()+id+s.Kind().String()]++
	}
	for id, n := range got {
		if n != 1 {
			t.Fatalf("span %s came out %d times", id, n)
		}
		if !sent[id] {
			t.Fatalf("span %s came out and was never sent", id)
		}
	}
	require.Len(t, got, len(sent), "spans that came out")
}

// assertSpeaksTarget: no attribute is left that has a successor, none at all of the old
// HTTP and network names, and every known key's value has the registry's type.
func assertSpeaksTarget(t *testing.T, s span) {
	t.Helper()
	for key, value := range s.Attributes().All() {
		a := registry.Lookup(key)
		if a == nil {
			continue
		}
		if a.Deprecation != registry.Live {
			namespace, _, _ := strings.Cut(key, ".")
			assert.NotContains(t, []string{"http", "net"}, namespace, "%s on %q", key, s.Name())
			assert.Empty(t, translate.Default().Targets(key, places[s.Kind()]), "%s on %q", key, s.Name())
		}
		if a.Type.Base() == registry.Int {
			assert.Equal(t, "Int", value.Type().String(), "%s on %q", key, s.Name())
		}
	}
}

var places = map[ptrace.SpanKind]translate.Place{
	ptrace.SpanKindUnspecified: translate.Internal, ptrace.SpanKindInternal: translate.Internal, ptrace.SpanKindServer: translate.Server,
	ptrace.SpanKindClient: translate.Client, ptrace.SpanKindProducer: translate.Producer, ptrace.SpanKindConsumer: translate.Consumer,
}
