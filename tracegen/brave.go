package tracegen

import (
	"strconv"
	"strings"
)

// describeBrave writes tags as Brave's instrumentation does: few, all of them text.
func describeBrave(f facts) (string, []field) {
	switch f.way {
	case overHTTP:
		return braveHTTP(f)
	case overGRPC:
		return braveGRPC(f)
	case overKafka:
		return braveKafka(f)
	case toSQL:
		fields := []field{fixed("sql.query", f.step.query)}
		return strings.ToLower(f.step.verb), f.braveError(fields, f.message())
	case toRedis:
		fields := []field{text("redis.args", "key<"+f.step.target+">")}
		return f.step.verb, f.braveError(fields, f.message())
	default:
		fields := []field{fixed("class", "Shop"), fixed("method", f.step.target)}
		return f.step.target, f.braveError(fields, "IllegalStateException")
	}
}

func braveHTTP(f facts) (string, []field) {
	status := strconv.Itoa(f.status())
	path, _, _ := strings.Cut(f.target(), "?")
	fields := []field{
		fixed("http.method", f.verb()),
		text("http.path", path),
		fixed("http.status_code", status),
	}
	if !f.callee {
		return f.verb(), f.braveError(fields, status)
	}
	class, method, _ := strings.Cut(f.op.handler, ".")
	fields = append(fields,
		fixed("http.route", f.path()),
		fixed("mvc.controller.class", class),
		fixed("mvc.controller.method", method))
	return f.verb() + " " + f.path(), f.braveError(fields, status)
}

func braveGRPC(f facts) (string, []field) {
	service, method, _ := strings.Cut(f.path(), "/")
	code := "OK"
	if f.failed {
		code = "INTERNAL"
	}
	fields := []field{
		fixed("rpc.service", service),
		fixed("rpc.method", method),
		fixed("grpc.status_code", code),
	}
	return f.path(), f.braveError(fields, code)
}

func braveKafka(f facts) (string, []field) {
	fields := []field{fixed("kafka.topic", f.step.target)}
	if f.callee {
		return "on-message", f.braveError(fields, "ListenerExecutionFailedException")
	}
	fields = append(fields, text("kafka.key", "{user}"))
	return "send", f.braveError(fields, f.message())
}

// braveError adds the tag whose presence, in Zipkin, is the failure.
func (f facts) braveError(fields []field, message string) []field {
	if f.failed {
		fields = append(fields, fixed("error", message))
	}
	return fields
}
