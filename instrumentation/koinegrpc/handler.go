package koinegrpc

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
)

// The handlers wrap otelgrpc's. A span's end is otelgrpc's to write, so what is missing must
// be there before; and whether a method has a name must be known before it starts, for the
// metrics too. A span processor, the other way to put attributes right, sees a span only
// when it may not be changed any more, and no metrics.
type serverHandler struct {
	stats.Handler
	config *config
}

func newServerHandler(c *config) *serverHandler {
	return &serverHandler{Handler: otelgrpc.NewServerHandler(c.forOtelgrpc()...), config: c}
}

func (h *serverHandler) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	c := &call{began: time.Now()}
	if h.config.skips(info.FullMethodName) || h.config.knows(info.FullMethodName) {
		return c.tag(ctx, h.Handler, info)
	}
	other := *info
	other.FullMethodName = otherMethod
	ctx = c.tag(ctx, h.Handler, &other)
	if c.span != nil {
		c.span.SetName("grpc") // a span whose method is _OTHER is named after its system
		c.span.SetAttributes(semconv.RPCMethodOriginal(strings.TrimPrefix(info.FullMethodName, "/")))
	}
	c.forget = context.AfterFunc(ctx, func() { h.refused(ctx, c) })
	return ctx
}

func (h *serverHandler) HandleRPC(ctx context.Context, rs stats.RPCStats) {
	c := callOf(ctx)
	if c == nil {
		h.Handler.HandleRPC(ctx, rs)
		return
	}
	switch rs := rs.(type) {
	case *stats.Begin:
		if c.forget != nil {
			c.forget()
		}
		if !c.state.CompareAndSwap(tagged, begun) {
			return
		}
	case *stats.InHeader:
		c.setPeer(rs.RemoteAddr)
	case *stats.End:
		if c.state.Load() == refused {
			return
		}
		if code := status.Code(rs.Error); isServerError(code) {
			c.setError(code)
		}
	}
	h.Handler.HandleRPC(ctx, rs)
}

// refused ends the call of a method that the server does not have. gRPC answers it without a
// word to its handlers; that it is over only its context tells.
func (h *serverHandler) refused(ctx context.Context, c *call) {
	if !c.state.CompareAndSwap(tagged, refused) {
		return
	}
	c.setError(codes.Unimplemented)
	h.Handler.HandleRPC(ctx, &stats.Begin{BeginTime: c.began})
	h.Handler.HandleRPC(ctx, &stats.End{BeginTime: c.began, EndTime: time.Now(), Error: status.Error(codes.Unimplemented, "unknown method")})
}

type clientHandler struct{ stats.Handler }

func newClientHandler(c *config) *clientHandler {
	return &clientHandler{otelgrpc.NewClientHandler(c.forOtelgrpc(otelgrpc.WithMetricAttributesFn(targetOf))...)}
}

func (h *clientHandler) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	c := &call{}
	ctx = c.tag(ctx, h.Handler, info)
	if c.span != nil {
		c.span.SetAttributes(targetOf(ctx)...)
	}
	return ctx
}

func (h *clientHandler) HandleRPC(ctx context.Context, rs stats.RPCStats) {
	if c := callOf(ctx); c != nil {
		switch r := rs.(type) {
		case *stats.OutHeader:
			c.setPeer(r.RemoteAddr)
			if len(targetOf(ctx)) > 0 { // otelgrpc would overwrite it with the peer's address
				header := *r
				header.RemoteAddr = nil
				rs = &header
			}
		case *stats.End:
			if code := status.Code(r.Error); code != codes.OK {
				c.setError(code)
			}
		}
	}
	h.Handler.HandleRPC(ctx, rs)
}

// The states of a server's call.
const (
	tagged  = iota
	begun   // a handler has it
	refused // it is over, and no handler had it
)

// call is a call that is under way. Its context carries it.
type call struct {
	span   trace.Span // nil where none is recorded
	began  time.Time
	state  atomic.Int32
	forget func() bool
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// tag lets otelgrpc start the span. Where it starts none, the context has still the caller's,
// which is not ours to write on.
func (c *call) tag(ctx context.Context, h stats.Handler, info *stats.RPCTagInfo) context.Context {
	before := trace.SpanContextFromContext(ctx).SpanID()
	ctx = h.TagRPC(ctx, info)
	if span := trace.SpanFromContext(ctx); span.IsRecording() && span.SpanContext().SpanID() != before {
		c.span = span
	}
	return context.WithValue(ctx, callKey{}, c)
}

func (c *call) setError(code codes.Code) {
	if c.span != nil {
		c.span.SetAttributes(semconv.ErrorTypeKey.String(codeName(code)))
	}
}

// isServerError says which codes are the server's fault: the conventions' list.
func isServerError(code codes.Code) bool {
	switch code {
	case codes.Unknown, codes.DeadlineExceeded, codes.Unimplemented, codes.Internal, codes.Unavailable, codes.DataLoss:
		return true
	}
	return false
}
