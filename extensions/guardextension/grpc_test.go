package guardextension

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
)

const exportMethod = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

// export sends bytes as they are.
func (g *guarded) export(body []byte, options ...grpc.CallOption) error {
	var answer []byte
	options = append(options, grpc.ForceCodecV2(rawCodec{}))
	return g.conn.Invoke(context.Background(), exportMethod, body, &answer, options...)
}

type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

func TestGRPCLetsGoodRequestsThrough(t *testing.T) {
	sink := new(consumertest.TracesSink)
	g := startGuarded(t, sink, nil)
	client := ptraceotlp.NewGRPCClient(g.conn)
	for i, spans := range []int{0, 1, 3, 40_000} { // the last comes in many buffers
		td := someTraces(spans)
		for _, options := range [][]grpc.CallOption{nil, {grpc.UseCompressor("gzip")}} {
			sink.Reset()
			_, err := client.Export(context.Background(), ptraceotlp.NewExportRequestFromTraces(td), options...)
			require.NoError(t, err, i)
			if spans > 0 {
				require.Len(t, sink.AllTraces(), 1)
				require.Equal(t, protoOf(t, td), protoOf(t, sink.AllTraces()[0]))
			}
		}
	}
}

func TestGRPCRefuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		body   []byte
		gzip   bool
		reason string
	}{
		{"deep", deepProto(1_300_000), false, "depth"},
		{"deep in gzip", deepProto(1_300_000), true, "depth"},
		{"a little too deep", deepProto(33), false, "depth"},
		{"empty spans", emptySpans(2_000_000), false, "elements"},
		{"malformed", []byte("\x0a\x05abc"), false, "malformed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := new(consumertest.TracesSink)
			g := startGuarded(t, sink, nil)
			var options []grpc.CallOption
			if tc.gzip {
				options = append(options, grpc.UseCompressor("gzip"))
			}
			err := g.export(tc.body, options...)
			require.Equal(t, codes.InvalidArgument, status.Code(err), "%v", err)
			assert.Contains(t, err.Error(), "wire: ")
			assert.Empty(t, sink.AllTraces())
			g.counts(t, tc.reason, "grpc", 1)
			assert.NoError(t, g.export(protoOf(t, someTraces(1))), "the next request")
		})
	}
}

func TestGRPCTurnsAwayWhatIsOverBudget(t *testing.T) {
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
	first.Go(func() { assert.NoError(t, g.export(big)) })
	<-entered
	assert.Greater(t, g.inFlight.used.Load(), int64(3<<20))
	err = g.export(big)
	assert.Equal(t, codes.Unavailable, status.Code(err), "%v", err)
	if details := status.Convert(err).Details(); assert.Len(t, details, 1) {
		assert.Equal(t, retryAfter, details[0].(*errdetails.RetryInfo).RetryDelay.AsDuration())
	}
	g.counts(t, "in_flight", "grpc", 1)
	resp, _ := g.post(t, protobufType, "", big)
	assert.Equal(t, 503, resp.StatusCode, "one budget for all ways in")
	close(leave)
	first.Wait()
	assert.NoError(t, g.export(big), "once there is room again")
}

// Whatever fails, no note stays and no byte stays reserved.
func TestCodecKeepsNothing(t *testing.T) {
	g := testGuard(t, func(c *Config) { c.MaxInFlightMiB = 1 })
	options, err := g.GetGRPCServerOptions(context.Background())
	require.NoError(t, err)
	require.Len(t, options, 5)

	s := &grpcGuard{guard: g, CodecV2: failing{encoding.GetCodecV2("proto")}, notes: map[any]note{}}
	body := protoOf(t, someTraces(1))
	message := new(ExportTraceServiceRequest)
	assert.Error(t, s.Unmarshal(mem.BufferSlice{mem.SliceBuffer(body)}, message))
	assert.Zero(t, g.inFlight.used.Load())
	assert.Empty(t, s.notes)

	assert.NoError(t, s.Unmarshal(mem.BufferSlice{mem.SliceBuffer(deepProto(50))}, message))
	assert.Zero(t, g.inFlight.used.Load())
	assert.Error(t, s.takeNote(message).refused)
	assert.NoError(t, s.takeNote(message).refused, "taken once")
	assert.Empty(t, s.notes)

	assert.EqualError(t, s.Unmarshal(mem.BufferSlice{mem.SliceBuffer(deepProto(50))}, new(int)), "failing",
		"messages of other types are not scanned")
}

// ExportTraceServiceRequest has the name by which the guard knows pdata's.
type ExportTraceServiceRequest struct{}

type failing struct{ encoding.CodecV2 }

func (failing) Unmarshal(mem.BufferSlice, any) error { return assertError("failing") }

type assertError string

func (e assertError) Error() string { return string(e) }

// BenchmarkGRPC is a call from end to end, of which the guard is a part.
func BenchmarkGRPC(b *testing.B) {
	const spans = 500
	g := startGuarded(b, consumertest.NewNop(), nil)
	content := protoOf(b, someTraces(spans))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if err := g.export(content); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spans, "ns/span")
}
