package tracegen

import (
	"net/http"
	"strings"
)

// facts is all that there is to say about one side of a call; a dialect puts it into
// attributes.
type facts struct {
	way    way
	callee bool // the callee's side
	failed bool
	self   *Service // who records the span
	caller *Service // of a callee; nil at the shop's edge
	other  *Service // of a caller, if it is one of the shop
	op     *operation
	step   *step
}

// A describer names a span and lists its attributes.
type describer func(facts) (name string, fields []field)

var describers = map[Convention]describer{Brave: describeBrave, V120: describe120, V144: describe144}

func (f facts) kind() Kind {
	switch {
	case f.way == inside:
		return Internal
	case f.way == overKafka && f.callee:
		return Consumer
	case f.way == overKafka:
		return Producer
	case f.callee:
		return Server
	default:
		return Client
	}
}

func (f facts) scope() Scope {
	switch f.way {
	case overHTTP:
		if f.callee {
			return ScopeHTTPServer
		}
		return ScopeHTTPClient
	case overGRPC:
		return ScopeRPC
	case overKafka:
		return ScopeMessaging
	case toSQL:
		return ScopeSQL
	case toRedis:
		return ScopeRedis
	default:
		return ScopeOwn
	}
}

func (f facts) verb() string {
	if f.op != nil {
		return f.op.verb
	}
	return f.step.verb
}

func (f facts) path() string {
	if f.op != nil {
		return f.op.path
	}
	return f.step.target
}

func (f facts) status() int {
	switch {
	case f.failed && f.callee && f.caller == nil:
		return http.StatusBadGateway
	case f.failed:
		return http.StatusInternalServerError
	case f.verb() == "POST":
		return http.StatusCreated
	default:
		return http.StatusOK
	}
}

// server is the host and port that answers.
func (f facts) server() (string, uint16) {
	switch {
	case f.callee && f.way != overKafka:
		return f.self.Name, f.self.Port
	case f.other != nil:
		return f.other.Name, f.other.Port
	default:
		return f.step.host.name, f.step.host.port
	}
}

func (f facts) scheme() string {
	if f.op == nil || f.callee && f.caller == nil {
		return "https" // another company, or the shop's edge
	}
	return "http"
}

// target is what the request line asks for. It has one part only, and a search's is
// in its query.
func (f facts) target() string {
	path := f.path()
	if strings.HasSuffix(path, "/search") {
		return path + "?q={query}"
	}
	return path
}

func (f facts) userAgent() string {
	if f.caller == nil {
		if f.self.Name == "mobile-gateway" {
			return "ShopApp/8.14.1 (iOS 19.2)"
		}
		return "Mozilla/5.0 Firefox/145.0"
	}
	return userAgents[f.caller.Language]
}

var userAgents = map[string]string{
	"java":   "Apache-HttpClient/5.4.1",
	"nodejs": "axios/1.7.9",
	"python": "python-requests/2.32.3",
	"go":     "Go-http-client/1.1",
}

// peer is the address of the caller of a server.
func (f facts) peer() string {
	if f.caller == nil {
		return edgeProxy.ip().String()
	}
	return f.caller.IP.String()
}

// edgeProxy is in front of the shop and records nothing.
var edgeProxy = &host{name: "edge"}

// message is what an error says, where the instrumentation tells.
func (f facts) message() string {
	switch {
	case f.way == toSQL && f.step.host.system == "mysql":
		return "Lock wait timeout exceeded; try restarting transaction"
	case f.way == toSQL:
		return "canceling statement due to statement timeout"
	case f.way == toRedis:
		return "READONLY You can't write against a read only replica."
	case f.way == overKafka && !f.callee:
		return "Expiring 1 record(s): 120000 ms has passed since batch creation"
	case f.way == overGRPC:
		return "upstream request failed"
	default:
		return ""
	}
}

// remote is the other side as Zipkin has it. OpenTelemetry's exporters know the
// callee's only, and call it by its address.
func (f facts) remote() (remote Endpoint, calledFrom bool) {
	brave := f.self.Convention == Brave
	switch {
	case f.way == inside, f.callee && !brave:
		return Endpoint{}, false
	case f.callee && f.way != overKafka && f.caller == nil:
		return Endpoint{IP: edgeProxy.ip()}, true
	case f.callee && f.way != overKafka:
		return Endpoint{IP: f.caller.IP}, true
	case f.other != nil:
		return Endpoint{Service: f.other.Name, IP: f.other.IP, Port: f.other.Port}, false
	case brave:
		return f.step.host.endpoint(), false
	default:
		return Endpoint{Service: f.step.host.name}, false
	}
}

// routeOf writes a route as the service's web framework does.
func routeOf(s *Service, path string) string {
	switch s.Language {
	case "nodejs":
		return strings.NewReplacer("{", ":", "}", "").Replace(path)
	case "python":
		return strings.NewReplacer("{", "<", "}", ">").Replace(path)
	default:
		return path
	}
}
