package telemetry

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // senders may pack what they send
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/koine-otel/koine/spans/wire"
)

// newGRPC is a server that gets messages as bytes: they are checked before anything is made of
// them, and what is wrong with them can be told.
func (s *servers) newGRPC() *grpc.Server {
	server := grpc.NewServer(grpc.MaxRecvMsgSize(s.options.MaxBody), grpc.ForceServerCodecV2(rawCodec{}))
	for signal, name := range map[wire.Signal]string{wire.Traces: "trace.v1.Trace", wire.Metrics: "metrics.v1.Metrics", wire.Logs: "logs.v1.Logs"} {
		server.RegisterService(&grpc.ServiceDesc{
			ServiceName: "opentelemetry.proto.collector." + name + "Service",
			HandlerType: (*any)(nil),
			Methods: []grpc.MethodDesc{{MethodName: "Export", Handler: func(_ any, _ context.Context, read func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
				return s.export(signal, read)
			}}},
		}, s)
	}
	return server
}

// export answers a call. No bytes are the message that says that all was taken.
func (s *servers) export(signal wire.Signal, read func(any) error) (any, error) {
	var body []byte
	if err := read(&body); err != nil {
		return nil, err
	}
	if err := s.decoder.otlpProto(signal, body, "otlp/grpc"); err != nil {
		s.refused(fmt.Errorf("otlp/grpc: %w", err))
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return new([]byte), nil
}

// rawCodec leaves messages as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*message.(*[]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, message any) error {
	*message.(*[]byte) = data.Materialize()
	return nil
}
