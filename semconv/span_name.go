package semconv

import "strings"

// Varies says whether a span's name differs from span to span of one operation: it has
// a number, an id or a query with values in it, or the path of the request where the route is known.
func (s *Span) Varies() bool {
	if variable(s.Name) || hasLiteral(s.Name) {
		return true
	}
	path, route := first(s.Text, "url.path", "http.target"), s.Text("http.route")
	if route == "" || len(path) <= 1 || path == route || !strings.Contains(s.Name, path) {
		return false
	}
	// A right name has the route, of which the path may be a part: /tree of /tree/.
	return !(strings.Contains(route, path) && strings.Contains(s.Name, route))
}

// BetterName is the name that the span's convention asks for, as far as its attributes
// tell, empty where they do not: {method} {route} of HTTP, {operation} {target} of
// databases and messaging, the method of RPC.
func (s *Span) BetterName() string {
	switch {
	case first(s.Text, "messaging.system") != "":
		return named(first(s.Text, "messaging.operation.name", "messaging.operation"), first(s.Text, "messaging.destination.template", "messaging.destination.name", "messaging.destination"))
	case first(s.Text, "rpc.system.name", "rpc.system") != "":
		return s.Text("rpc.method")
	case first(s.Text, "db.system.name", "db.system") != "":
		if summary := s.Text("db.query.summary"); summary != "" {
			return summary
		}
		return named(first(s.Text, "db.operation.name", "db.operation"), first(s.Text, "db.collection.name", "db.sql.table", "db.namespace", "db.name"))
	default:
		method := first(s.Text, "http.request.method", "http.method")
		if method == "_OTHER" {
			method = "HTTP"
		}
		return named(method, first(s.Text, "http.route", "url.template"))
	}
}

// named puts an operation and what it works on together. Without the operation there is
// no name.
func named(operation, target string) string {
	if operation == "" || variable(target) {
		return operation
	}
	return strings.TrimSpace(operation + " " + target)
}

// first is the first of an attribute's spellings that is there.
func first(text func(string) string, keys ...string) string {
	for _, k := range keys {
		if v := text(k); v != "" {
			return v
		}
	}
	return ""
}
