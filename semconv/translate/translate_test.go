package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// attributes is the simplest carrier: keys and values in order.
type attributes []Setting

func (a attributes) Len() int          { return len(a) }
func (a attributes) Key(i int) string  { return a[i].Key }
func (a attributes) Value(i int) Value { return a[i].Value }

// of makes attributes from key, value pairs of Go values.
func of(pairs ...any) attributes {
	var a attributes
	for i := 0; i < len(pairs); i += 2 {
		var v Value
		switch x := pairs[i+1].(type) {
		case string:
			v = str(x)
		case int:
			v = integer(int64(x))
		case float64:
			v = Value{Type: registry.Double, Double: x}
		case bool:
			v = Value{Type: registry.Bool, Bool: x}
		case []string:
			v = Value{Type: registry.Strings, List: x}
		case nil:
			v = Value{Type: registry.Any}
		}
		a = append(a, Setting{Key: pairs[i].(string), Value: v})
	}
	return a
}

// apply is what a carrier does with a result.
func (a attributes) apply(r *Result) attributes {
	var out attributes
	for i, s := range a {
		if !slices.Contains(r.Remove, i) {
			out = append(out, s)
		}
	}
	for _, s := range r.Set {
		if s.From >= 0 {
			s.Value = a[s.From].Value
		}
		i := slices.IndexFunc(out, func(o Setting) bool { return o.Key == s.Key })
		if i < 0 {
			out = append(out, s)
		} else {
			out[i] = s
		}
	}
	return out
}

func (a attributes) String() string {
	m := map[string]string{}
	for _, s := range a {
		v := s.Value
		switch v.Type {
		case registry.Strings:
			m[s.Key] = fmt.Sprint(v.List)
		case registry.String:
			m[s.Key] = fmt.Sprintf("%q", v.Str)
		default:
			m[s.Key], _ = v.text()
		}
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	return strings.Join(parts, " ")
}

func translate(a attributes, place Place) (attributes, *Result) {
	var r Result
	Default().Translate(a, place, &r)
	return a.apply(&r), &r
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		name  string
		place Place
		in    attributes
		want  attributes
	}{
		{"http client of 1.20", Client,
			of("http.method", "GET", "http.url", "https://u:p@shop:8443/a?b=c", "http.status_code", 200, "net.peer.name", "shop", "net.peer.port", 8443, "http.flavor", "1.1", "http.user_agent", "x"),
			of("http.request.method", "GET", "url.full", "https://shop:8443/a?b=c", "http.response.status_code", 200, "server.address", "shop", "server.port", 8443, "network.protocol.version", "1.1", "user_agent.original", "x")},
		{"http server of 1.20", Server,
			of("http.method", "POST", "http.target", "/a/b?c=d#e", "http.scheme", "HTTP", "net.host.name", "shop", "net.host.port", 80, "net.peer.name", "me", "net.peer.port", 5555, "http.route", "/a/{x}"),
			of("http.request.method", "POST", "url.path", "/a/b", "url.query", "c=d", "url.scheme", "http", "server.address", "shop", "server.port", 80, "client.address", "me", "client.port", 5555, "http.route", "/a/{x}")},
		{"a server's url is split", Server,
			of("http.url", "http://shop:81/p?q=1"),
			of("url.scheme", "http", "url.path", "/p", "url.query", "q=1", "server.address", "shop", "server.port", 81)},
		{"zipkin tags are strings", Server,
			of("http.method", "get", "http.path", "/a", "http.status_code", "404"),
			of("http.request.method", "GET", "http.request.method_original", "get", "url.path", "/a", "http.response.status_code", 404)},
		{"an unknown method", Client, of("http.method", "PURGE"), of("http.request.method", "_OTHER", "http.request.method_original", "PURGE")},
		{"no response", Client, of("http.status_code", "0"), of()},
		{"host with port", Server, of("http.host", "shop:8080"), of("server.address", "shop", "server.port", 8080)},
		{"host of IPv6", Server, of("http.host", "[::1]:8080"), of("server.address", "::1", "server.port", 8080)},
		{"net.host.name is better than http.host", Server,
			of("http.host", "a:1", "net.host.name", "b", "net.host.port", 2), of("server.address", "b", "server.port", 2)},
		{"a client's relative url", Client, of("http.url", "/a?b"), of("url.path", "/a")},
		{"not convertible stays", Server, of("http.status_code", "abc"), of("http.status_code", "abc")},
		{"out of range stays", Server, of("http.status_code", 999), of("http.status_code", 999)},
		{"a list is no method", Server, of("http.method", []string{"GET"}), of("http.method", []string{"GET"})},
		{"a half valid source stays whole", Server, of("http.host", "a:b:c"), of("http.host", "a:b:c")},
		{"the new name wins", Client, of("http.request.method", "GET", "http.method", "POST"), of("http.request.method", "GET")},
		{"a live key gets its type", Client, of("http.response.status_code", "200", "server.port", "80"), of("http.response.status_code", 200, "server.port", 80)},
		{"a live key of the wrong form stays", Client, of("server.port", "http"), of("server.port", "http")},
		{"db of 1.24", Client,
			of("db.system", "mssql", "db.statement", "select 1", "db.name", "shop", "db.operation", "select", "db.redis.database_index", 3),
			of("db.system.name", "microsoft.sql_server", "db.query.text", "select 1", "db.namespace", "shop", "db.operation.name", "select")},
		{"redis", Client, of("db.system", "redis", "db.redis.database_index", 3), of("db.system.name", "redis", "db.namespace", "3")},
		{"transport", Client, of("net.transport", "ip_tcp", "net.sock.family", "inet6", "net.sock.peer.addr", "::1"), of("network.transport", "tcp", "network.type", "ipv6", "network.peer.address", "::1")},
		{"an older name through a chain", Resource, of("deployment.environment", "prod"), of("deployment.environment.name", "prod")},
		{"generic names stay", Client, of("state", "idle", "pool.name", "x", "type", "y"), of("state", "idle", "pool.name", "x", "type", "y")},
		{"own names stay", Internal, of("shop.order", 7, "http", "x"), of("shop.order", 7, "http", "x")},
		{"kind unknown: whose address is unknown", Internal, of("net.peer.name", "x"), of("net.peer.name", "x")},
		{"conforming", Client, of("http.request.method", "GET", "server.port", 80), of("http.request.method", "GET", "server.port", 80)},
		{"a client's own port", Client, of("net.host.port", 5000, "net.host.name", "10.0.0.1"), of("network.local.port", 5000, "network.local.address", "10.0.0.1")},
		{"a client's own name stays", Client, of("net.host.name", "laptop"), of("net.host.name", "laptop")},
		{"messaging", Consumer, of("messaging.operation", "deliver", "messaging.destination", "orders", "messaging.kafka.partition", 3),
			of("messaging.operation.type", "process", "messaging.operation.name", "deliver", "messaging.destination.name", "orders", "messaging.destination.partition.id", "3")},
		{"grpc", Client, of("rpc.system", "grpc", "rpc.grpc.status_code", 14), of("rpc.system.name", "grpc", "rpc.response.status_code", "UNAVAILABLE")},
		{"spdy", Client, of("http.flavor", "SPDY"), of("network.protocol.name", "spdy")},
		{"http2", Client, of("http.flavor", "2.0"), of("network.protocol.version", "2")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := translate(c.in, c.place)
			if got.String() != c.want.String() {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			again, r := translate(got, c.place)
			if again.String() != got.String() {
				t.Errorf("not idempotent\n got %s\nthen %s", got, again)
			}
			if len(r.Set)+len(r.Remove) > 0 {
				t.Errorf("the second time changed %+v", r)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	_, r := translate(of("http.request.method", "GET", "http.method", "POST"), Client)
	if r.Conflicts != 1 || r.Duplicates != 0 {
		t.Errorf("new and old that differ: %d conflicts, %d duplicates", r.Conflicts, r.Duplicates)
	}
	_, r = translate(of("http.method", "GET", "http.request.method", "GET"), Client)
	if r.Conflicts != 0 || r.Duplicates != 1 {
		t.Errorf("dual emission: %d conflicts, %d duplicates", r.Conflicts, r.Duplicates)
	}
	_, r = translate(of("http.status_code", "abc", "net.peer.port", "x"), Client)
	if len(r.Invalid) != 2 {
		t.Errorf("invalid: %v", r.Invalid)
	}
}

// FuzzTranslate: whatever the values, what comes out has the registry's type or its
// old name, nothing is set twice, and a second pass changes nothing.
func FuzzTranslate(f *testing.F) {
	f.Add("http.url", "http://[::1", "http.host", "a:b", uint8(4))
	f.Add("http.status_code", "200", "http.method", "get", uint8(2))
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string, place uint8) {
		if k1 == k2 {
			return
		}
		p := Place(1 << (place % 6))
		got, r := translate(of(k1, v1, k2, v2), p)
		seen := map[string]bool{}
		for i, s := range got {
			if seen[s.Key] {
				t.Fatalf("%s twice in %s", s.Key, got)
			}
			seen[s.Key] = true
			a := registry.Lookup(s.Key)
			if a != nil && a.Deprecation == registry.Live && a.Type&registry.Template == 0 && !s.Value.Is(a.Type) && s.Key != k1 && s.Key != k2 {
				t.Fatalf("%d: %s has not the type of the registry in %s (%+v)", i, s.Key, got, r)
			}
		}
		again, second := translate(got, p)
		if len(second.Set)+len(second.Remove) > 0 {
			t.Fatalf("not idempotent: %s then %s", got, again)
		}
	})
}

func TestEmbeddedRulesAreRead(t *testing.T) {
	table := Default()
	if len(table.targets) < 80 {
		t.Errorf("%d targets", len(table.targets))
	}
}

func TestBrokenRules(t *testing.T) {
	for text, want := range map[string]string{
		"- to: http.request.method\n  from:\n    - {key: a, as: nothing}": `translate: x.yaml:1: a: unknown conversion "nothing"`,
		"- to: url.full\n- to: nowhere":                                   `translate: x.yaml:2: target "nowhere" is no attribute of 1.44.0`,
		"- to: http.method":                                               `translate: x.yaml:1: target "http.method" is no attribute of 1.44.0`,
		"- to: url.full\n  from: [{key: a, kind: [clint]}]":               `translate: x.yaml:1: a: unknown span kind "clint"`,
		"to: x": `translate: x.yaml: `,
	} {
		_, err := parseRules("x.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func BenchmarkTranslate(b *testing.B) {
	old := of("http.method", "GET", "http.url", "https://shop:8443/a", "http.status_code", 200, "net.peer.name", "shop", "net.peer.port", 8443, "http.flavor", "1.1", "http.user_agent", "x", "net.transport", "ip_tcp", "thread.id", 5, "thread.name", "x")
	conforming, _ := translate(old, Client)
	for name, a := range map[string]attributes{"old": old, "conforming": conforming} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var r Result
			for b.Loop() {
				Default().Translate(a, Client, &r)
			}
		})
	}
}
