package koinegrpc

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/koine-otel/koine/instrumentation/internal/conform"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const unary = "grpc.testing.TestService/UnaryCall"

// shop answers a unary call with the code asked for, and a duplex stream by its echo.
type shop struct {
	testpb.UnimplementedTestServiceServer
	seen trace.SpanContext
}

func (s *shop) UnaryCall(ctx context.Context, r *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	s.seen = trace.SpanContextFromContext(ctx)
	if want := r.GetResponseStatus(); want.GetCode() != 0 {
		return nil, status.Error(codes.Code(want.GetCode()), want.GetMessage())
	}
	return &testpb.SimpleResponse{}, nil
}

func (s *shop) FullDuplexCall(stream testpb.TestService_FullDuplexCallServer) error {
	for {
		in, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&testpb.StreamingOutputCallResponse{Payload: in.GetPayload()}); err != nil {
			return err
		}
	}
}

// bench is a server and a client with what they record.
type bench struct {
	shop     shop
	conn     *grpc.ClientConn
	recorder *tracetest.SpanRecorder
	tracer   trace.Tracer
	reader   *sdkmetric.ManualReader
}

func newBench(t *testing.T, opts ...Option) *bench {
	t.Helper()
	b := &bench{recorder: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(b.recorder))
	b.tracer = traces.Tracer("test")
	opts = append(opts, Otelgrpc(
		otelgrpc.WithTracerProvider(traces),
		otelgrpc.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader))),
		otelgrpc.WithPropagators(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})),
	))
	listener := bufconn.Listen(1 << 16)
	server := grpc.NewServer(ServerOption(opts...))
	testpb.RegisterTestServiceServer(server, &b.shop)
	healthpb.RegisterHealthServer(server, health.NewServer())
	server.RegisterService(&byHand, struct{}{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:///shop.example:443", append(DialOptions(opts...),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		t.Fatal(err)
	}
	b.conn = conn
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return b
}

// byHand is a service without protobuf descriptors.
var byHand = grpc.ServiceDesc{ServiceName: "shop.ByHand", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{
	MethodName: "Do",
	Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		in := new(testpb.Empty)
		return in, decode(in)
	},
}}}

// spans waits for n ended spans and has the verdict on all, by kind.
func (b *bench) spans(t *testing.T, n int) (server, client []sdktrace.ReadOnlySpan) {
	t.Helper()
	for wait := time.Now().Add(5 * time.Second); len(b.recorder.Ended()) < n && time.Now().Before(wait); {
		time.Sleep(time.Millisecond)
	}
	ended := b.recorder.Ended()
	if len(ended) != n {
		t.Fatalf("%d spans, want %d", len(ended), n)
	}
	for _, s := range ended {
		switch s.SpanKind() {
		case trace.SpanKindServer:
			conform.Span(t, s)
			server = append(server, s)
		case trace.SpanKindClient:
			conform.Span(t, s)
			client = append(client, s)
		}
	}
	return server, client
}

func TestUnary(t *testing.T) {
	b := newBench(t)
	if _, err := testpb.NewTestServiceClient(b.conn).UnaryCall(t.Context(), &testpb.SimpleRequest{}); err != nil {
		t.Fatal(err)
	}
	server, client := b.spans(t, 2)
	for _, s := range append(server, client...) {
		if s.Name() != unary {
			t.Errorf("the name is %q", s.Name())
		}
		conform.Has(t, s, "rpc.system.name=grpc", "rpc.method="+unary, "rpc.response.status_code=OK", "error.type=", "rpc.service=", "rpc.system=", "network.peer.address=bufconn")
	}
	conform.Has(t, client[0], "server.address=shop.example", "server.port=443")
	if !b.shop.seen.Equal(server[0].SpanContext()) || server[0].Parent().SpanID() != client[0].SpanContext().SpanID() {
		t.Error("the trace is not one")
	}
}

func TestErrors(t *testing.T) {
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		t.Run(codeName(code), func(t *testing.T) {
			b := newBench(t)
			_, err := testpb.NewTestServiceClient(b.conn).UnaryCall(t.Context(), &testpb.SimpleRequest{ResponseStatus: &testpb.EchoStatus{Code: int32(code), Message: "no"}})
			if status.Code(err) != code {
				t.Fatal(err)
			}
			server, client := b.spans(t, 2)
			conform.Has(t, client[0], "error.type="+codeName(code), "rpc.response.status_code="+codeName(code))
			if client[0].Status().Code != otelcodes.Error {
				t.Error("the client's status is unset")
			}
			fault := server[0].Status().Code == otelcodes.Error
			want := slices.Contains([]codes.Code{codes.Unknown, codes.DeadlineExceeded, codes.Unimplemented, codes.Internal, codes.Unavailable, codes.DataLoss}, code)
			if fault != want || (conform.Value(server[0].Attributes(), "error.type") != "") != want {
				t.Errorf("the server's fault: status %v, error.type %q", fault, conform.Value(server[0].Attributes(), "error.type"))
			}
			conform.Has(t, server[0], "rpc.response.status_code="+codeName(code))
		})
	}
}

func TestStream(t *testing.T) {
	b := newBench(t)
	ctx, root := b.tracer.Start(t.Context(), "root")
	stream, err := testpb.NewTestServiceClient(b.conn).FullDuplexCall(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	_ = stream.CloseSend()
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	root.End()
	server, client := b.spans(t, 3) // one a side, however many messages
	if client[0].Parent().SpanID() != root.SpanContext().SpanID() || server[0].Parent().SpanID() != client[0].SpanContext().SpanID() {
		t.Error("the trace is not one")
	}
	if n := len(client[0].Events()) + len(server[0].Events()); n != 0 {
		t.Errorf("%d events", n)
	}
}

// A stream that its caller gives up is the client's error alone.
func TestCancelledStream(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := testpb.NewTestServiceClient(b.conn).FullDuplexCall(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&testpb.StreamingOutputCallRequest{})
	_, _ = stream.Recv()
	cancel()
	server, client := b.spans(t, 2)
	conform.Has(t, client[0], "error.type=CANCELLED")
	conform.Has(t, server[0], "error.type=", "rpc.response.status_code=CANCELLED")
}

// What callers make up reaches neither names nor metrics, and the span ends.
func TestUnknownMethods(t *testing.T) {
	b := newBench(t)
	for _, method := range []string{"/no.Service/x1", "/grpc.testing.TestService/x2", "/grpc.testing/TestService"} {
		if err := b.conn.Invoke(t.Context(), method, &testpb.Empty{}, &testpb.Empty{}); status.Code(err) != codes.Unimplemented {
			t.Fatal(err)
		}
	}
	server, _ := b.spans(t, 6)
	for _, s := range server {
		if s.Name() != "grpc" || s.Status().Code != otelcodes.Error {
			t.Errorf("%q, %v", s.Name(), s.Status())
		}
		conform.Has(t, s, "rpc.method=_OTHER", "rpc.response.status_code=UNIMPLEMENTED", "error.type=UNIMPLEMENTED")
		if conform.Value(s.Attributes(), "rpc.method_original") == "" {
			t.Error("no rpc.method_original")
		}
	}
	points := b.durations(t, "rpc.server.call.duration", 3)
	if len(points) != 1 {
		t.Errorf("%d series of unknown methods", len(points))
	}
}

func TestServices(t *testing.T) {
	call := func(opts ...Option) string {
		b := newBench(t, opts...)
		if err := b.conn.Invoke(t.Context(), "/shop.ByHand/Do", &testpb.Empty{}, &testpb.Empty{}); err != nil {
			t.Fatal(err)
		}
		server, _ := b.spans(t, 2)
		return conform.Value(server[0].Attributes(), "rpc.method")
	}
	if got := call(); got != "_OTHER" {
		t.Errorf("a service without descriptors: %s", got)
	}
	if got := call(Services(&byHand)); got != "shop.ByHand/Do" {
		t.Errorf("a service that is named: %s", got)
	}
}

func TestSkip(t *testing.T) {
	b := newBench(t, SkipProbes(), Skip(func(m string) bool { return m == "/"+unary }))
	ctx, root := b.tracer.Start(t.Context(), "root")
	if _, err := healthpb.NewHealthClient(b.conn).Check(ctx, &healthpb.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	if _, err := healthpb.NewHealthClient(b.conn).Check(ctx, &healthpb.HealthCheckRequest{Service: "none"}); err == nil {
		t.Fatal("no error")
	}
	_, _ = testpb.NewTestServiceClient(b.conn).UnaryCall(ctx, &testpb.SimpleRequest{})
	if b.shop.seen.TraceID() != root.SpanContext().TraceID() {
		t.Error("a call that is left out loses its trace")
	}
	_, _ = testpb.NewTestServiceClient(b.conn).EmptyCall(ctx, &testpb.Empty{}) // recorded
	root.End()
	b.spans(t, 3)
	for _, s := range b.recorder.Ended() {
		if s.Name() == "root" && len(s.Attributes()) != 0 {
			t.Errorf("the caller's span was written on: %v", s.Attributes())
		}
	}
}

// A client that reaches nobody says whom it wanted.
func TestUnavailable(t *testing.T) {
	b := newBench(t)
	conn, err := grpc.NewClient("passthrough:///shop.example:8443", append(DialOptions(Otelgrpc(
		otelgrpc.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(b.recorder))))),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return nil, errors.New("refused") }))...)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = testpb.NewTestServiceClient(conn).UnaryCall(t.Context(), &testpb.SimpleRequest{})
	_, client := b.spans(t, 1)
	conform.Has(t, client[0], "server.address=shop.example", "server.port=8443", "error.type=UNAVAILABLE", "network.peer.address=")
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	_, _ = testpb.NewTestServiceClient(b.conn).UnaryCall(t.Context(), &testpb.SimpleRequest{ResponseStatus: &testpb.EchoStatus{Code: int32(codes.Internal)}})
	b.spans(t, 2)
	for _, name := range []string{"rpc.server.call.duration", "rpc.client.call.duration"} {
		set := b.durations(t, name, 1)[0].Attributes
		if got := conform.Value(set.ToSlice(), "error.type"); got != "INTERNAL" {
			t.Errorf("%s: error.type is %q", name, got)
		}
	}
	set := b.durations(t, "rpc.client.call.duration", 1)[0].Attributes
	if got := conform.Value(set.ToSlice(), "server.address"); got != "shop.example" {
		t.Errorf("server.address is %q", got)
	}
}

// durations are a metric's points once they count n calls: a span ends before its call is measured.
func (b *bench) durations(t *testing.T, name string, n uint64) []metricdata.HistogramDataPoint[float64] {
	t.Helper()
	for wait := time.Now().Add(5 * time.Second); time.Now().Before(wait); time.Sleep(time.Millisecond) {
		m, ok := conform.Metrics(t, b.reader)[name]
		if !ok {
			continue
		}
		points := m.Data.(metricdata.Histogram[float64]).DataPoints
		var count uint64
		for _, p := range points {
			count += p.Count
		}
		if count >= n {
			if m.Unit != "s" || count > n {
				t.Errorf("%s: %d calls, in %q", name, count, m.Unit)
			}
			return points
		}
	}
	t.Fatalf("%s does not count %d calls", name, n)
	return nil
}

// What callers make up is counted where it is not sampled, too.
func TestUnsampled(t *testing.T) {
	b := &bench{recorder: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	h := newServerHandler(newConfig([]Option{Otelgrpc(
		otelgrpc.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()), sdktrace.WithSpanProcessor(b.recorder))),
		otelgrpc.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader))))}))
	ctx, cancel := context.WithCancel(t.Context())
	h.TagRPC(ctx, tagInfo("/no.Service/x"))
	cancel()
	b.durations(t, "rpc.server.call.duration", 1)
	b.spans(t, 0)
}
