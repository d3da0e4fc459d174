package tracegen

import (
	"net"
	"strconv"
	"strings"
)

// grpcInternal is gRPC's status INTERNAL.
const grpcInternal = 13

// describe144 writes attributes of the semantic conventions 1.44.
func describe144(f facts) (string, []field) {
	name, fields := "", []field(nil)
	switch {
	case f.way == overHTTP && f.callee:
		name, fields = httpServer144(f)
	case f.way == overHTTP:
		name, fields = httpClient144(f)
	case f.way == overGRPC:
		name, fields = grpc144(f)
	case f.way == overKafka:
		name, fields = kafka144(f)
	case f.way == toSQL:
		name, fields = sql144(f)
	case f.way == toRedis:
		name, fields = redis144(f)
	default:
		name, fields = ownWork(f)
	}
	if kind := f.errorType(); f.failed && kind != "" {
		fields = append(fields, fixed("error.type", kind))
	}
	return name, fields
}

func httpServer144(f facts) (string, []field) {
	route := routeOf(f.self, f.path())
	path, search, found := strings.Cut(f.target(), "?")
	fields := []field{
		fixed("http.request.method", f.verb()),
		fixed("url.scheme", f.scheme()),
		text("url.path", path),
		fixed("http.route", route),
		number("http.response.status_code", f.status()),
		fixed("network.protocol.version", "1.1"),
		fixed("server.address", f.self.Name),
		number("server.port", f.self.Port),
		fixed("client.address", f.peer()),
		fixed("network.peer.address", f.peer()),
		varying("network.peer.port", port),
		fixed("user_agent.original", f.userAgent()),
	}
	if found {
		fields = append(fields, text("url.query", search))
	}
	return f.verb() + " " + route, fields
}

func httpClient144(f facts) (string, []field) {
	host, at := f.server()
	return f.verb(), []field{
		fixed("http.request.method", f.verb()),
		text("url.full", f.url()),
		fixed("server.address", host),
		number("server.port", at),
		number("http.response.status_code", f.status()),
		fixed("network.protocol.version", "1.1"),
		varying("http.response.body.size", size),
	}
}

func grpc144(f facts) (string, []field) {
	code := "OK"
	if f.failed {
		code = "INTERNAL"
	}
	host, at := f.server()
	fields := []field{
		fixed("rpc.system.name", "grpc"),
		fixed("rpc.method", f.path()),
		fixed("rpc.response.status_code", code),
		fixed("server.address", host),
		number("server.port", at),
	}
	if f.callee {
		fields = append(fields,
			fixed("network.peer.address", f.peer()),
			varying("network.peer.port", port))
	}
	return f.path(), fields
}

func kafka144(f facts) (string, []field) {
	fields := []field{
		fixed("messaging.system", "kafka"),
		fixed("messaging.destination.name", f.step.target),
		fixed("messaging.destination.partition.id", "3"),
		varying("messaging.kafka.offset", offset),
		text("messaging.kafka.message.key", "{user}"),
		varying("messaging.message.body.size", size),
		fixed("messaging.client.id", f.self.Host),
		fixed("server.address", f.step.host.name),
		number("server.port", f.step.host.port),
	}
	if f.callee {
		return "process " + f.step.target, append(fields,
			fixed("messaging.operation.name", "process"),
			fixed("messaging.operation.type", "process"),
			fixed("messaging.consumer.group.name", f.self.Name))
	}
	return "send " + f.step.target, append(fields,
		fixed("messaging.operation.name", "send"),
		fixed("messaging.operation.type", "send"))
}

func sql144(f facts) (string, []field) {
	db := f.step.host
	namespace := db.database
	if db.system == "postgresql" {
		namespace += "|public"
	}
	summary := f.step.verb + " " + f.step.target
	return summary, []field{
		fixed("db.system.name", db.system),
		fixed("db.namespace", namespace),
		fixed("db.collection.name", f.step.target),
		fixed("db.operation.name", f.step.verb),
		fixed("db.query.summary", summary),
		fixed("db.query.text", f.step.query),
		fixed("server.address", db.name),
		number("server.port", db.port),
	}
}

func redis144(f facts) (string, []field) {
	db := f.step.host
	return f.step.verb, []field{
		fixed("db.system.name", db.system),
		fixed("db.namespace", db.database),
		fixed("db.operation.name", f.step.verb),
		text("db.query.text", f.step.verb+" "+f.step.target),
		fixed("server.address", db.name),
		number("server.port", db.port),
		fixed("network.peer.address", db.ip().String()),
		number("network.peer.port", db.port),
	}
}

func (f facts) errorType() string {
	switch f.way {
	case overHTTP:
		return strconv.Itoa(f.status())
	case overGRPC:
		return "INTERNAL"
	case toSQL:
		if f.step.host.system == "mysql" {
			return "1205"
		}
		return "57014"
	case toRedis:
		return "READONLY"
	default:
		return "timeout"
	}
}

func joinPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
