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
type attributes []attribute

type attribute struct {
	Key   string
	Value Value
}

func (a attributes) input(place Place) *Input {
	in := &Input{Place: place, Language: "java"}
	for _, x := range a {
		in.Keys = append(in.Keys, x.Key)
		in.Values = append(in.Values, x.Value)
	}
	return in
}

// of makes attributes from key, value pairs of Go values.
func of(pairs ...any) attributes {
	var a attributes
	for i := 0; i < len(pairs); i += 2 {
		var v Value
		switch x := pairs[i+1].(type) {
		case string:
			v = StringValue(x)
		case int:
			v = IntValue(int64(x))
		case float64:
			v = DoubleValue(x)
		case bool:
			v = BoolValue(x)
		case []string:
			v = ListValue(x)
		case nil:
			v = Value{}
		}
		a = append(a, attribute{Key: pairs[i].(string), Value: v})
	}
	return a
}

// apply is what a carrier does with a result: the oracle of faster ones.
func (a attributes) apply(r *Result) attributes {
	out := slices.Clone(a)
	for _, n := range r.Renames {
		out[n.Index].Key = n.Key
	}
	for _, e := range r.Edits {
		v := e.Value
		switch {
		case e.Index >= 0 && v.Type == registry.Any:
			v = out[e.Index].Value
		case v.Type == registry.Any:
			v = a[e.Copy].Value
		}
		if e.Index >= 0 {
			out[e.Index] = attribute{e.Key, v}
		} else {
			out = append(out, attribute{e.Key, v})
		}
	}
	kept := out[:0]
	for i, x := range out {
		if !slices.Contains(r.Remove, i) {
			kept = append(kept, x)
		}
	}
	return kept
}

func (a attributes) String() string {
	m := map[string]string{}
	for _, s := range a {
		v := s.Value
		switch v.Type {
		case registry.Strings:
			m[s.Key] = fmt.Sprint(v.List())
		case registry.String:
			m[s.Key] = fmt.Sprintf("%q", v.Str())
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
	Default().Translate(a.input(place), &r)
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
		{"a client's relative url", Client, of("http.url", "/a?b"), of("url.path", "/a", "url.query", "b")},
		{"not convertible stays", Server, of("http.status_code", "abc"), of("http.status_code", "abc")},
		{"out of range stays", Server, of("http.status_code", 999), of("http.status_code", 999)},
		{"a list is no method", Server, of("http.method", []string{"GET"}), of("http.method", []string{"GET"})},
		{"a half valid source stays whole", Server, of("http.host", "a:b:c"), of("http.host", "a:b:c")},
		{"the new name wins", Client, of("http.request.method", "GET", "http.method", "POST"), of("http.request.method", "GET")},
		{"a bad new value gives way", Client, of("http.response.status_code", "abc", "http.status_code", 200), of("http.response.status_code", 200)},
		{"two bad values stay", Client, of("http.response.status_code", "abc", "http.status_code", "def"), of("http.response.status_code", "abc", "http.status_code", "def")},
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
		{"grpc before 1.38", Client, of("rpc.service", "shop.Cart", "rpc.method", "Add"), of("rpc.method", "shop.Cart/Add")},
		{"grpc's full method beside the service", Client, of("rpc.service", "shop.Cart", "rpc.method", "shop.Cart/Add"), of("rpc.method", "shop.Cart/Add")},
		{"grpc's method alone", Client, of("rpc.method", "shop.Cart/Add"), of("rpc.method", "shop.Cart/Add")},
		{"code", Internal, of("code.namespace", "shop.Cart", "code.function", "add", "code.lineno", 5), of("code.function.name", "shop.Cart.add", "code.line.number", 5)},
		{"labels", Resource, of("k8s.pod.labels.app", "cart"), of("k8s.pod.label.app", "cart")},
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
			if r.Changes() {
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
	_, r = translate(of("http.status_code", 200, "http.response.status_code", "200"), Client)
	if r.Conflicts != 0 || r.Duplicates != 1 {
		t.Errorf("dual emission with another type: %d conflicts, %d duplicates", r.Conflicts, r.Duplicates)
	}
	_, r = translate(of("http.status_code", "abc", "net.peer.port", "x"), Client)
	if len(r.Invalid) != 2 {
		t.Errorf("invalid: %v", r.Invalid)
	}
	// Three times: the third time the order of the keys is known.
	for range 3 {
		_, r = translate(of("net.peer.port", 70000, "net.host.port", 0, "net.sock.peer.port", 80), Server)
		if len(r.Invalid) != 2 {
			t.Errorf("no ports: %v are invalid", r.Invalid)
		}
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
		if second.Changes() {
			t.Fatalf("not idempotent: %s then %s", got, again)
		}
	})
}

func TestEmbeddedRulesAreRead(t *testing.T) {
	if _, err := ParseVocabularies(ruleFiles, "rules/*.yaml"); err != nil {
		t.Fatal(err)
	}
	table := Default()
	if len(table.targets) < 80 {
		t.Errorf("%d targets", len(table.targets))
	}
}

func TestBrokenRules(t *testing.T) {
	const head = "vocabulary: x\nattributes:\n"
	for text, want := range map[string]string{
		head + "  - to: http.request.method\n    from:\n      - {key: a, as: nothing}": `vocabulary x.yaml:5: a: unknown conversion "nothing"`,
		head + "  - to: url.full\n  - to: nowhere":                                     `vocabulary x.yaml:4: target "nowhere" is no attribute of 1.44.0`,
		head + "  - to: http.method":                                                   `vocabulary x.yaml:3: target "http.method" is no attribute of 1.44.0`,
		head + "  - to: url.full\n    from: [{key: a, on: [clint]}]":                   `vocabulary x.yaml:4: unknown place "clint"`,
		head + "  - to: url.full\n    form: [a]":                                       `vocabulary x.yaml:4: unknown key "form", want one of to, own, on, from`,
		head + "  - to: url.full\n    from: [{keys: [a, b]}]":                          `vocabulary x.yaml:4: a + b: join must say what stands between them`,
		head + "  - to: url.full\n    from: [{set: x}]":                                `vocabulary x.yaml:3: set "x": has or any must say when`,
		head + "  - to: http.request.header\n":                                         `vocabulary x.yaml:3: target "http.request.header": a template ends in .*, and nothing else does`,
		head + "  - to: \"@nowhere\"\n":                                                `vocabulary x.yaml:3: unknown field "@nowhere"`,
		head + "  - to: url.full\n    from: [{key: a, since: new}]":                    `vocabulary x.yaml:4: "new" is no version such as 1.26.0`,
		head + "  - {to: url.full, until: 1.2}\n":                                      `vocabulary x.yaml:3: "1.2" is no version such as 1.26.0`,
		head + "  - {to: my.own, until: 1.26.0}\n":                                     `vocabulary x.yaml:3: target "my.own" is no attribute of 1.44.0`,
		head + "  - {to: url.full, was: [{values: {a: b}}]}\n":                         `vocabulary x.yaml:3: a former name (was) without key`,
		head + "  - {to: url.full, was: [{key: a, as: b}]}\n":                          `vocabulary x.yaml:3: a: unknown conversion "b"`,
		"vocabulary: x\nspans:\n  - {as: lower}\n":                                     `vocabulary x.yaml:3: a span's name without prefix: every name would be one`,
		"vocabulary: x\nspans:\n  - {prefix: a, as: b}\n":                              `vocabulary x.yaml:3: a: unknown conversion "b"`,
		"vocabulary: x\nspans:\n  - {prefix: a, as: lower, kind: resource}\n":          `vocabulary x.yaml:3: a: unknown kind "resource"`,
		"vocabulary: x\nevents:\n  - {to: a}\n":                                        `vocabulary x.yaml:3: an event without a target (to) and a source (from)`,
		"vocabulary: x\nevents:\n  - {to: a, from: [b], since: c}\n":                   `vocabulary x.yaml:3: "c" is no version such as 1.26.0`,
		"vocabulary: x\nmetrics:\n  - {to: a, from: [b], until: c}\n":                  `vocabulary x.yaml:3: "c" is no version such as 1.26.0`,
		"vocabulary: x\ndrop: [{keys: [a, b]}]\n":                                      `vocabulary x.yaml:2: a + b: join must say what stands between them`,
		"attributes: []": `vocabulary x.yaml:1: no name (vocabulary)`,
		"- a":            `vocabulary x.yaml:1: not a mapping`,
		"":               `vocabulary x.yaml: empty`,
		"a: [":           `vocabulary x.yaml:1: did not find expected node content`,
	} {
		_, err := ParseVocabulary("x.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// custom compiles a vocabulary of the test's own.
func custom(t *testing.T, o Options, text string) *Table {
	t.Helper()
	v, err := ParseVocabulary("test.yaml", []byte("vocabulary: test\nattributes:\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return New(o, v)
}

func TestOptions(t *testing.T) {
	const rules = "  - to: http.request.method\n    from: [http.method]\n"
	both := of("http.request.method", "GET", "http.method", "POST")
	for _, c := range []struct {
		name     string
		o        Options
		in, want attributes
	}{
		{"replace", Options{}, of("http.method", "GET"), of("http.request.method", "GET")},
		{"duplicate", Options{KeepOld: true}, of("http.method", "GET"), of("http.method", "GET", "http.request.method", "GET")},
		{"duplicate twice", Options{KeepOld: true}, of("http.method", "GET", "http.request.method", "GET"), of("http.method", "GET", "http.request.method", "GET")},
		{"new wins", Options{}, both, of("http.request.method", "GET")},
		{"old wins", Options{OldWins: true}, both, of("http.request.method", "POST")},
		{"skipped", Options{Skip: func(to, from string) bool { return from == "http.method" }}, of("http.method", "GET"), of("http.method", "GET")},
	} {
		var r Result
		custom(t, c.o, rules).Translate(c.in.input(Client), &r)
		if got := c.in.apply(&r); got.String() != c.want.String() {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestConditions(t *testing.T) {
	table := custom(t, Options{}, `
  - to: db.system.name
    from:
      - {set: redis, has: [redis.command]}
  - to: db.operation.name
    from: [redis.command]
  - to: rpc.system.name
    from:
      - {key: component, equals: {component: grpc}, as: lower, keep: true}
  - to: http.route
    from:
      - {key: uri, has: [outcome], lacks: [http.route]}
  - to: http.request.header.*
    from: [http.request.headers.*]
  - to: "@status.code"
    on: [span]
    from:
      - {key: error, equals: {error: "true"}, values: {"true": ERROR}}
  - to: acme.tier
    own: true
    from: [tier]
`)
	for _, c := range []struct {
		in, want attributes
		fields   int
	}{
		{of("redis.command", "GET"), of("db.system.name", "redis", "db.operation.name", "GET"), 0},
		{of("redis.command", "GET", "db.system.name", "valkey"), of("db.system.name", "valkey", "db.operation.name", "GET"), 0},
		{of("component", "gRPC"), of("component", "gRPC", "rpc.system.name", "grpc"), 0},
		{of("component", "proxy"), of("component", "proxy"), 0},
		{of("uri", "/a"), of("uri", "/a"), 0},
		{of("uri", "/a", "outcome", "SUCCESS"), of("http.route", "/a", "outcome", "SUCCESS"), 0},
		{of("uri", "/a", "outcome", "SUCCESS", "http.route", "/b"), of("uri", "/a", "outcome", "SUCCESS", "http.route", "/b"), 0},
		{of("http.request.headers.x-a", "1"), of("http.request.header.x-a", []string{"1"}), 0},
		{of("http.request.header.x-a", "1"), of("http.request.header.x-a", []string{"1"}), 0},
		{of("error", true), of(), 1},
		{of("error", "false"), of("error", "false"), 0},
		{of("tier", "gold"), of("acme.tier", "gold"), 0},
	} {
		var r Result
		table.Translate(c.in.input(Client), &r)
		if got := c.in.apply(&r); got.String() != c.want.String() || len(r.Fields) != c.fields {
			t.Errorf("%s: got %s and fields %v, want %s and %d", c.in, got, r.Fields, c.want, c.fields)
		}
	}
}

func TestPlansDoNotDependOnOrder(t *testing.T) {
	table := custom(t, Options{}, "  - to: http.request.method\n    from: [http.method]\n")
	a, b := of("http.method", "GET", "x", 1, "server.port", 80), of("x", 1, "server.port", "80", "http.method", "GET")
	var r Result
	table.Translate(a.input(Client), &r)
	table.Translate(b.input(Client), &r)
	if got := b.apply(&r); got.String() != a.apply(&Result{}).String() && got.String() != of("http.request.method", "GET", "x", 1, "server.port", 80).String() {
		t.Errorf("got %s", got)
	}
	if hits, misses := r.TakePlanStats(); hits != 1 || misses != 1 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
	table.Translate(a.input(Server), &r)
	if hits, misses := r.TakePlanStats(); hits != 0 || misses != 1 {
		t.Errorf("another place: %d hits, %d misses", hits, misses)
	}
}

func TestConformingAllocatesNothing(t *testing.T) {
	in := of("http.request.method", "GET", "server.port", 80, "own", 1).input(Client)
	var r Result
	table := Default()
	table.Translate(in, &r)
	if n := testing.AllocsPerRun(100, func() { table.Translate(in, &r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTranslate(b *testing.B) {
	old := of("http.method", "GET", "http.url", "https://shop:8443/a", "http.status_code", 200, "net.peer.name", "shop", "net.peer.port", 8443, "http.flavor", "1.1", "http.user_agent", "x", "net.transport", "ip_tcp", "thread.id", 5, "thread.name", "x")
	conforming, _ := translate(old, Client)
	for name, a := range map[string]attributes{"old": old, "conforming": conforming} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var r Result
			in := a.input(Client)
			for b.Loop() {
				Default().Translate(in, &r)
			}
		})
	}
}
