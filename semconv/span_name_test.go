package semconv

import "testing"

func TestSpanName(t *testing.T) {
	for _, c := range []struct {
		name   string
		attrs  map[string]string
		varies bool
		better string
	}{
		{"GET /users/{id}", map[string]string{"http.request.method": "GET", "http.route": "/users/{id}", "url.path": "/users/7"}, false, "GET /users/{id}"},
		{"GET /users/123456", map[string]string{"http.request.method": "GET", "http.route": "/users/{id}", "url.path": "/users/123456"}, true, "GET /users/{id}"},
		{"GET /users/ada", map[string]string{"http.request.method": "GET", "http.route": "/users/{name}", "url.path": "/users/ada"}, true, "GET /users/{name}"},
		{"/users/ada", map[string]string{"http.method": "GET", "http.route": "/users/{name}", "http.target": "/users/ada"}, true, "GET /users/{name}"},
		{"GET /health", map[string]string{"http.request.method": "GET", "http.route": "/health", "url.path": "/health"}, false, "GET /health"},
		{"GET /tree/", map[string]string{"http.request.method": "GET", "http.route": "/tree/", "url.path": "/tree"}, false, "GET /tree/"},
		{"GET /", map[string]string{"http.request.method": "GET", "http.route": "/{x}", "url.path": "/"}, false, "GET /{x}"},
		{"PURGE /a/123456", map[string]string{"http.request.method": "_OTHER", "http.request.method_original": "PURGE"}, true, "HTTP"},
		{"GET /a/123456", map[string]string{"http.request.method": "GET", "url.template": "/a/{id}"}, true, "GET /a/{id}"},
		{"SELECT 1234567", map[string]string{"db.system.name": "mysql", "db.operation.name": "SELECT", "db.collection.name": "orders"}, true, "SELECT orders"},
		{"SELECT 1234567", map[string]string{"db.system.name": "mysql", "db.query.summary": "SELECT a"}, true, "SELECT a"},
		{"send reply-1234567", map[string]string{"messaging.system": "kafka", "messaging.operation.name": "send", "messaging.destination.name": "reply-1234567"}, true, "send"},
		{"send reply-1234567", map[string]string{"messaging.system": "kafka", "messaging.operation.name": "send", "messaging.destination.template": "reply-{id}"}, true, "send reply-{id}"},
		{"call 1234567", map[string]string{"rpc.system.name": "grpc", "rpc.method": "shop.Cart/Get"}, true, "shop.Cart/Get"},
		{"order 1234567", nil, true, ""},
	} {
		s := spanOf(c.name, 0, c.attrs)
		if got := s.Varies(); got != c.varies {
			t.Errorf("%s: varies %v", c.name, got)
		}
		if got := s.BetterName(); got != c.better {
			t.Errorf("%s: got %q, want %q", c.name, got, c.better)
		}
	}
}
