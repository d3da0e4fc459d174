package guardextension

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/koine-otel/koine/spans/wire"
)

var _ extensionmiddleware.GRPCServer = (*guard)(nil)

// GetGRPCServerOptions makes the guard a part of gRPC servers. Bytes pass three places, in
// this order, all in the goroutine of the call:
//
//   - the codec scans them. It does not know the call, and gRPC answers any error of it with
//     INTERNAL; so what it refuses it leaves empty, and notes.
//   - the stats handler is told of the message right after, with the call's context. It
//     moves the note, and the reservation of bytes, there.
//   - the interceptor stands before the receiver and answers for the note.
//
// When the call ends, wherever it got to, the stats handler gives the bytes back.
func (g *guard) GetGRPCServerOptions(context.Context) ([]grpc.ServerOption, error) {
	s := &grpcGuard{guard: g, CodecV2: encoding.GetCodecV2("proto")}
	return []grpc.ServerOption{
		grpc.ForceServerCodecV2(s),
		grpc.StatsHandler(callStats{s}),
		grpc.ChainUnaryInterceptor(s.intercept),
	}, nil
}

// wholes pools messages that came in several buffers, which is most: one has a frame of HTTP/2,
// 16 KiB. gRPC's own pool knows no sizes between 32 KiB and 1 MiB, nor above.
var wholes = mem.NewTieredBufferPool(4<<10, smallest, 128<<10, 512<<10, 1<<20, 4<<20, 16<<20)

// grpcGuard is one server's codec.
type grpcGuard struct {
	*guard
	encoding.CodecV2

	pending atomic.Int32 // len(notes), for the many messages that have none
	mu      sync.Mutex
	notes   map[any]error // by message, from the codec to the stats handler
}

// call is what the guard knows of one call. A call's events come one after the other.
type call struct {
	reserved int
	refused  error
}

type callKey struct{}

// Unmarshal implements encoding.CodecV2.
func (g *grpcGuard) Unmarshal(data mem.BufferSlice, message any) error {
	signal, ok := signalOf(message)
	if !ok {
		return g.CodecV2.Unmarshal(data, message)
	}
	size := data.Len()
	if !g.inFlight.reserve(size) {
		g.refused(overBudget, overGRPC, errOverBudget)
		g.note(message, retryLater)
		return nil
	}
	whole := data.MaterializeToBuffer(wholes)
	defer whole.Free()
	if _, err := wire.Check(signal, whole.ReadOnlyData(), g.limits); err != nil {
		g.inFlight.release(size)
		g.refused(reasonOf(err), overGRPC, err)
		g.note(message, status.Error(codes.InvalidArgument, err.Error()))
		return nil
	}
	err := g.CodecV2.Unmarshal(mem.BufferSlice{whole}, message)
	if err != nil {
		g.inFlight.release(size) // and nobody is told of the message
	}
	return err
}

// intercept answers calls whose message was refused. Messages of these types come by unary
// calls alone: pdata does not export them for others to make streams of.
func (g *grpcGuard) intercept(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if c, ok := ctx.Value(callKey{}).(*call); ok && c.refused != nil {
		return nil, c.refused
	}
	return handler(ctx, req)
}

func (g *grpcGuard) note(message any, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.notes == nil {
		g.notes = map[any]error{}
	}
	g.notes[message] = err
	g.pending.Store(int32(len(g.notes)))
}

func (g *grpcGuard) takeNote(message any) error {
	if g.pending.Load() == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.notes[message]
	delete(g.notes, message)
	g.pending.Store(int32(len(g.notes)))
	return err
}

// callStats is the codec's other half: the events of each call.
type callStats struct{ *grpcGuard }

// TagRPC implements stats.Handler.
func (callStats) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, callKey{}, &call{})
}

// HandleRPC implements stats.Handler.
func (s callStats) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return
	}
	switch event := event.(type) {
	case *stats.InPayload:
		if _, ours := signalOf(event.Payload); !ours {
			return
		}
		if c.refused = s.takeNote(event.Payload); c.refused == nil {
			c.reserved += event.Length
		}
	case *stats.End:
		s.inFlight.release(c.reserved)
		c.reserved = 0
	}
}

// TagConn implements stats.Handler.
func (callStats) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler.
func (callStats) HandleConn(context.Context, stats.ConnStats) {}

// retryLater is the answer over budget: OTLP's clients retry UNAVAILABLE, and heed the delay.
var retryLater = func() error {
	s := status.New(codes.Unavailable, errOverBudget.Error())
	if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)}); err == nil {
		s = detailed
	}
	return s.Err()
}()

// signals holds, by Go type, what signalOf found.
var signals sync.Map

// signalOf tells OTLP's requests by the name of their Go type: pdata keeps the types to itself.
func signalOf(message any) (wire.Signal, bool) {
	t := reflect.TypeOf(message)
	known, ok := signals.Load(t)
	if !ok {
		known, _ = signals.LoadOrStore(t, signalOfType(t))
	}
	signal := known.(int)
	return wire.Signal(signal), signal >= 0
}

func signalOfType(t reflect.Type) int {
	if t == nil || t.Kind() != reflect.Pointer {
		return -1
	}
	switch t.Elem().Name() {
	case "ExportTraceServiceRequest":
		return int(wire.Traces)
	case "ExportMetricsServiceRequest":
		return int(wire.Metrics)
	case "ExportLogsServiceRequest":
		return int(wire.Logs)
	case "ExportProfilesServiceRequest":
		return int(wire.Profiles)
	}
	return -1
}
