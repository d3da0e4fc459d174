// Package koinegrpc gives gRPC servers and clients spans and metrics that keep
// OpenTelemetry's conventions 1.44.
//
// It stands on otelgrpc's stats handlers, which write today's names since v0.69, and adds what
// they leave out: see [ServerOption] and [DialOptions].
package koinegrpc

import (
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
)

// ServerOption records the calls that a server answers:
//
//	srv := grpc.NewServer(koinegrpc.ServerOption())
//
// Beyond otelgrpc it gives failed spans their error.type, names the peer, and keeps what callers
// make up out of names: a method that is none of the server's is _OTHER, its own name stands
// in rpc.method_original, and its span ends (gRPC says nothing of such a call's end, so
// otelgrpc's never does). A server's methods are those of the generated protobuf code in the
// binary; others are named by [Services].
func ServerOption(opts ...Option) grpc.ServerOption {
	return grpc.StatsHandler(newServerHandler(newConfig(opts)))
}

// DialOptions record the calls that a client makes:
//
//	conn, err := grpc.NewClient("dns:///stock:443", koinegrpc.DialOptions()...)
//
// Beyond otelgrpc they give failed spans their error.type, and server.address is what was
// dialed, also when nothing answers; the address that did is network.peer.address.
// Every attempt of a retried call is a span.
func DialOptions(opts ...Option) []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithStatsHandler(newClientHandler(newConfig(opts))),
		grpc.WithChainUnaryInterceptor(rememberTarget),
		grpc.WithChainStreamInterceptor(rememberStreamTarget),
	}
}

// Option changes what is recorded.
type Option func(*config)

// SkipProbes leaves out health checks and reflection: they are many, and say nothing of what
// users wait for.
func SkipProbes() Option { return Skip(isProbe) }

// Skip leaves out the calls for which skip is true; fullMethod is /package.Service/Method.
// The context is carried on all the same.
func Skip(skip func(fullMethod string) bool) Option {
	return func(c *config) { c.skip = append(c.skip, skip) }
}

// Services names services of a server that are no protobuf of google.golang.org/protobuf:
// written by hand, of gogo/protobuf or of another codec. Without it their methods are _OTHER.
// Clients need none: their methods are those of their stubs.
func Services(services ...*grpc.ServiceDesc) Option {
	return func(c *config) {
		for _, s := range services {
			for _, m := range s.Methods {
				c.methods["/"+s.ServiceName+"/"+m.MethodName] = true
			}
			for _, m := range s.Streams {
				c.methods["/"+s.ServiceName+"/"+m.StreamName] = true
			}
		}
	}
}

// Otelgrpc passes options to otelgrpc: providers, propagators, public endpoints. A filter or
// a function for metric attributes among them takes the place of ours.
func Otelgrpc(opts ...otelgrpc.Option) Option {
	return func(c *config) { c.otelgrpc = append(c.otelgrpc, opts...) }
}
