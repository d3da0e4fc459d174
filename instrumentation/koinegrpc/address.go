package koinegrpc

import (
	"context"
	"net"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"google.golang.org/grpc"
)

type targetKey struct{}

// rememberTarget and rememberStreamTarget are there for one thing: stats handlers are not told
// what was dialed.
func rememberTarget(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	return invoke(withTarget(ctx, conn), method, req, reply, conn, opts...)
}

func rememberStreamTarget(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, stream grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return stream(withTarget(ctx, conn), desc, conn, method, opts...)
}

func withTarget(ctx context.Context, conn *grpc.ClientConn) context.Context {
	return context.WithValue(ctx, targetKey{}, serverAttributes(conn.CanonicalTarget()))
}

// targetOf is server.address and, where there is one, server.port.
func targetOf(ctx context.Context) []attribute.KeyValue {
	attrs, _ := ctx.Value(targetKey{}).([]attribute.KeyValue)
	return attrs
}

// serverAttributes are those of a target as gRPC's naming has it:
//
//	dns://authority/shop:443   unix:///run/shop.sock   unix-abstract:shop   passthrough:///shop
func serverAttributes(target string) []attribute.KeyValue {
	scheme, endpoint, _ := strings.Cut(target, ":")
	if rest, ok := strings.CutPrefix(endpoint, "//"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return nil
		}
		endpoint = rest[i:]
		if scheme != "unix" {
			endpoint = endpoint[1:]
		}
	}
	if endpoint == "" {
		return nil
	}
	address, port := splitPort(endpoint)
	attrs := []attribute.KeyValue{semconv.ServerAddress(address)}
	if port != 0 {
		attrs = append(attrs, semconv.ServerPort(port))
	}
	return attrs
}

func (c *call) setPeer(addr net.Addr) {
	if c.span == nil || addr == nil {
		return
	}
	address, port := splitPort(addr.String())
	c.span.SetAttributes(semconv.NetworkPeerAddress(address))
	if port != 0 {
		c.span.SetAttributes(semconv.NetworkPeerPort(port))
	}
}

// splitPort splits host:port; without a port the whole is the address.
func splitPort(s string) (address string, port int) {
	host, digits, err := net.SplitHostPort(s)
	if err != nil {
		return s, 0
	}
	port, err = strconv.Atoi(digits)
	if err != nil {
		return s, 0
	}
	return host, port
}
