package tracegen

import "strings"

// describe120 writes attributes of the semantic conventions 1.20.
func describe120(f facts) (string, []field) {
	switch {
	case f.way == overHTTP && f.callee:
		return httpServer120(f)
	case f.way == overHTTP:
		return httpClient120(f)
	case f.way == overGRPC:
		return grpc120(f)
	case f.way == overKafka:
		return kafka120(f)
	case f.way == toSQL:
		return sql120(f)
	case f.way == toRedis:
		return redis120(f)
	default:
		return ownWork(f)
	}
}

func httpServer120(f facts) (string, []field) {
	route := routeOf(f.self, f.path())
	return f.verb() + " " + route, []field{
		fixed("http.method", f.verb()),
		fixed("http.scheme", f.scheme()),
		text("http.target", f.target()),
		fixed("http.route", route),
		fixed("http.flavor", "1.1"),
		number("http.status_code", f.status()),
		fixed("http.user_agent", f.userAgent()),
		fixed("net.host.name", f.self.Name),
		number("net.host.port", f.self.Port),
		fixed("net.sock.peer.addr", f.peer()),
		varying("net.sock.peer.port", port),
	}
}

func httpClient120(f facts) (string, []field) {
	host, at := f.server()
	return f.verb(), []field{
		fixed("http.method", f.verb()),
		text("http.url", f.url()),
		number("http.status_code", f.status()),
		fixed("http.flavor", "1.1"),
		fixed("net.peer.name", host),
		number("net.peer.port", at),
		varying("http.response_content_length", size),
	}
}

func grpc120(f facts) (string, []field) {
	service, method, _ := strings.Cut(f.path(), "/")
	code := 0
	if f.failed {
		code = grpcInternal
	}
	fields := []field{
		fixed("rpc.system", "grpc"),
		fixed("rpc.service", service),
		fixed("rpc.method", method),
		number("rpc.grpc.status_code", code),
	}
	if f.callee {
		return f.path(), append(fields,
			fixed("net.host.name", f.self.Name),
			number("net.host.port", f.self.Port),
			fixed("net.sock.peer.addr", f.peer()),
			varying("net.sock.peer.port", port))
	}
	host, at := f.server()
	return f.path(), append(fields,
		fixed("net.peer.name", host),
		number("net.peer.port", at))
}

func kafka120(f facts) (string, []field) {
	fields := []field{
		fixed("messaging.system", "kafka"),
		fixed("messaging.destination.name", f.step.target),
		text("messaging.kafka.message.key", "{user}"),
		number("messaging.kafka.destination.partition", 3),
		varying("messaging.kafka.message.offset", offset),
		fixed("net.peer.name", f.step.host.name),
		number("net.peer.port", f.step.host.port),
	}
	if f.callee {
		return f.step.target + " process", append(fields,
			varying("messaging.message.payload_size_bytes", size),
			fixed("messaging.operation", "process"),
			fixed("messaging.kafka.consumer.group", f.self.Name))
	}
	return f.step.target + " publish", append(fields, fixed("messaging.operation", "publish"))
}

func sql120(f facts) (string, []field) {
	db := f.step.host
	return f.step.verb + " " + db.database + "." + f.step.target, []field{
		fixed("db.system", db.system),
		fixed("db.name", db.database),
		fixed("db.user", db.user),
		fixed("db.statement", f.step.query),
		fixed("db.operation", f.step.verb),
		fixed("db.sql.table", f.step.target),
		fixed("net.peer.name", db.name),
		number("net.peer.port", db.port),
	}
}

func redis120(f facts) (string, []field) {
	db := f.step.host
	return f.step.verb, []field{
		fixed("db.system", db.system),
		text("db.statement", f.step.verb+" "+f.step.target),
		fixed("db.operation", f.step.verb),
		number("db.redis.database_index", int(db.database[0]-'0')),
		fixed("net.peer.name", db.name),
		number("net.peer.port", db.port),
	}
}

// ownWork has no convention: it is the shop's own instrumentation, in every dialect
// of OpenTelemetry.
func ownWork(f facts) (string, []field) {
	return f.step.target, []field{
		text("shop.user.id", "{user}"),
		varying("shop.score", ratio),
		truth("shop.fallback", f.failed),
	}
}

// url is what a client asks for; without the port where it is the scheme's.
func (f facts) url() string {
	host, number := f.server()
	if f.scheme() == "https" {
		return "https://" + host + f.target()
	}
	return "http://" + joinPort(host, number) + f.target()
}
