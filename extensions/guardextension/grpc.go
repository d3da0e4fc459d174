package guardextension

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/koine-otel/koine/spans/wire"
)

var _ extensionmiddleware.GRPCServer = (*guard)(nil)

// GetGRPCServerOptions makes the guard a part of gRPC servers. A call passes five places, in
// this order, all but the second in the goroutine of the call:
//
//   - the tap, before the stream exists, gives the call its context, by which it can be
//     ended while its message arrives: see arrivals.
//   - the pool gives the buffers for what arrives.
//   - the codec scans the message. It does not know the call, and gRPC answers any error of it
//     with INTERNAL; so it notes what it reserved, and leaves empty what it refuses.
//   - the stats handler is told of the message right after, with the call's context. It
//     moves the note there.
//   - the interceptor stands before the receiver and answers for the note.
//
// When the call ends, wherever it got to, the stats handler gives the reservation back. The
// arrival of one server's calls is theirs alone; the budget is everybody's.
func (g *guard) GetGRPCServerOptions(context.Context) ([]grpc.ServerOption, error) {
	s := &grpcGuard{
		guard:    g,
		CodecV2:  encoding.GetCodecV2("proto"),
		arrivals: &arrivals{guard: g},
		notes:    map[any]note{},
	}
	return []grpc.ServerOption{
		grpc.InTapHandle(s.arrivals.tap),
		experimental.BufferPool(newFramePool(&g.inFlight, s.arrivals.makeRoom)),
		grpc.ForceServerCodecV2(s),
		grpc.StatsHandler(callStats{s}),
		grpc.ChainUnaryInterceptor(s.intercept),
	}, nil
}

// wholes pools messages that came in several buffers, which is most: one has a frame of HTTP/2,
// 16 KiB. gRPC's own pool knows no sizes between 32 KiB and 1 MiB, nor above.
var wholes = mem.NewTieredBufferPool(4<<10, 32<<10, 128<<10, 512<<10, 1<<20, 4<<20, 16<<20)

// grpcGuard is one server's codec.
type grpcGuard struct {
	*guard
	encoding.CodecV2
	arrivals *arrivals

	mu    sync.Mutex
	notes map[any]note // by message, from the codec to the stats handler
}

// note is what the codec has to say of a message.
type note struct {
	reserved int
	refused  error
}

// Unmarshal implements encoding.CodecV2.
func (g *grpcGuard) Unmarshal(data mem.BufferSlice, message any) error {
	signal, ok := signalOf(message)
	if !ok {
		return g.CodecV2.Unmarshal(data, message)
	}
	whole := data.MaterializeToBuffer(wholes)
	defer whole.Free()
	shape, err := wire.Check(signal, whole.ReadOnlyData(), g.limits)
	// The frames are counted by the pool, and held until the call ends; so the message's size
	// is reserved for the strings that are decoded from it.
	reserved := data.Len() + shape.Heap
	if err == nil {
		err = g.inFlight.reserve(reserved, data.Len())
	}
	if err != nil {
		g.refused(reasonOf(err), overGRPC, err)
		g.leave(message, note{refused: answerTo(err)})
		return nil
	}
	if err := g.CodecV2.Unmarshal(mem.BufferSlice{whole}, message); err != nil {
		g.inFlight.release(reserved) // and nobody is told of the message
		return err
	}
	g.leave(message, note{reserved: reserved})
	return nil
}

// answerTo gives the status for a refusal.
func answerTo(err error) error {
	switch {
	case errors.Is(err, errOverBudget):
		return retryLater
	case errors.Is(err, errNeverFits):
		return status.Error(codes.ResourceExhausted, err.Error())
	}
	return status.Error(codes.InvalidArgument, err.Error())
}

// intercept answers calls whose message was refused. Messages of these types come by unary
// calls alone: pdata does not export them for others to make streams of.
func (g *grpcGuard) intercept(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if c, ok := ctx.Value(callKey{}).(*call); ok && c.refused != nil {
		return nil, c.refused
	}
	return handler(ctx, req)
}

func (g *grpcGuard) leave(message any, n note) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.notes[message] = n
}

func (g *grpcGuard) takeNote(message any) note {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.notes[message]
	delete(g.notes, message)
	return n
}

// callStats is the codec's other half: the events of each call.
type callStats struct{ *grpcGuard }

// TagRPC implements stats.Handler.
func (callStats) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler.
func (s callStats) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return
	}
	switch event := event.(type) {
	case *stats.InPayload:
		s.arrivals.remove(c)
		if _, ours := signalOf(event.Payload); ours {
			n := s.takeNote(event.Payload)
			c.reserved, c.refused = n.reserved, n.refused
		}
	case *stats.End:
		s.arrivals.remove(c)
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
