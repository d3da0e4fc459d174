package translate

import (
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// The outcomes that tables of conversions are written in.
const (
	none = "(absent)"
	bad  = "(invalid)"
)

func outcomeOf(t *testing.T, name string, v Value) string {
	t.Helper()
	convert := conversions[name]
	if convert == nil {
		t.Fatalf("no conversion %q", name)
	}
	got, o := convert(v)
	switch o {
	case absent:
		return none
	case invalid:
		return bad
	}
	text, ok := got.text()
	if !ok {
		t.Fatalf("%s: converted to a value that is no scalar", name)
	}
	return text
}

func TestConvertTexts(t *testing.T) {
	long := strings.Repeat("9", 400)
	for name, table := range map[string]map[string]string{
		"lower":           {"HTTP": "http", "": none, "ſ": "ſ"},
		"nonempty":        {"a": "a", " ": " ", "": none},
		"drop":            {"a": none, "": none},
		"kind":            {"CLIENT": "client", "SPAN_KIND_SERVER": "server", "unspecified": none, "": none, "broker": bad, "span_kind_": bad},
		"status":          {"OK": "OK", "Error": "ERROR", "UNSET": none, "": none, "2": bad},
		"method":          {"get": "GET", "GET": "GET", "PURGE": "_OTHER", "": none, "\x00": "_OTHER", "QUERY": "QUERY"},
		"method_original": {"get": "get", "GET": none, "PURGE": "PURGE", "": none},
		"status_code":     {"200": "200", "100": "100", "599": "599", "0": none, "": none, "99": bad, "600": bad, "-1": bad, "abc": bad, "200 OK": bad, long: bad},
		"status_text":     {"ok": none, "": none, "Not Found": "Not Found"},
		"protocol.name":   {"HTTP/1.1": "http", "1.1": none, "SPDY": "spdy", "SPDY/3.1": "spdy", "QUIC": "quic", "h2": none, "": none, "x": bad, "HTTP": bad, "http/": bad},
		"protocol.version": {"HTTP/1.1": "1.1", "1.1": "1.1", "HTTP/2": "2", "HTTP/2.0": "2", "2.0": "2", "3.0": "3", "h2c": "2", "h3": "3", "SPDY": none, "SPDY/3.1": "3.1",
			"QUIC": none, "": none, "1.": bad, ".1": bad, "1.1.1": bad, "-1": bad},
		"target.path":        {"/a?b": "/a", "/a": "/a", "*": "*", "http://h/a?b": "/a", "http://h": none, "?b": none, "": none, "/a#?b": "/a", "//h/a": "//h/a", "shop:443": bad, "a/b": "a/b"},
		"target.query":       {"/a?b": "b", "/a?b?c#d": "b?c", "/a": none, "/a#?b": none, "http://h?b": "b", "": none},
		"url.full":           {"http://h/a": "http://h/a", "http://u:p@h/a@b": "http://h/a@b", "http://u@x:p@h": "http://h", "/a": none, "": none, "h/a": bad, "http://h:99999/": bad, "http://[::1": bad, "://h": bad, "1http://h": bad, "http://h/\x00": bad, "http://h\r\n/": bad},
		"url.scheme":         {"HTTPS://h": "https", "/a": none, "": none, "x": bad},
		"url.host":           {"http://u:p@h:80/a": "h", "http://[::1]:80": "::1", "http://[::1]": "::1", "http:///a": none, "/a": none, "http://a b": bad, "http://h:x": bad},
		"url.port":           {"http://h:80": "80", "http://h": none, "http://h:": none, "http://[::1]:80/": "80", "http://h:0": none, "/a:80": none, "http://h:65536": bad},
		"url.path":           {"http://h/a%20b?c": "/a%20b", "http://h": none, "http://h?c": none, "/a?b": "/a", "*": "*", "": none, "a": bad},
		"url.query":          {"http://h?c=d#e": "c=d", "http://h#?c": none, "/a?b": "b", "?b": "b"},
		"url.relative.path":  {"/a?b": "/a", "http://h/a": none, "": none},
		"url.relative.query": {"/a?b": "b", "http://h/a?b": none},
		"host":               {"h": "h", "h:80": "h", "[::1]:80": "::1", "[::1]": "::1", "::1": "::1", "h:": "h", ":80": none, "": none, "a:b:c": bad, "h:x": bad, "[::1": bad, "[::1]80": bad, "[[::1]]": bad, "u@h": bad, "h/a": bad, "a b": bad},
		"port":               {"h": none, "h:80": "80", "[::1]:80": "80", "::1": none, ":80": "80", "h:0": none, "h:00": none, "h:65535": "65535", "h:65536": bad, "h:-1": bad, "h:+1": bad, "h:" + long: bad},
		"port.only":          {"80": "80", "0": none, "": none, "65536": bad, "x": bad, "8 0": bad},
		"ip":                 {"10.0.0.1": "10.0.0.1", "2001:DB8::0001": "2001:db8::1", "fe80::1%eth0": "fe80::1%eth0", "": none, "h": bad, "10.0.0.256": bad, "10.0.0": bad, "face": bad, "[::1]": bad},
		"first_hop":          {"a, b": "a", "a": "a", " a ": "a", "": none, ",b": none},
		"peer.ip":            {"10.0.0.1:80": "10.0.0.1", "/10.0.0.1:80": "10.0.0.1", "[::1]:80": "::1", "h:80": none, "jdbc:mysql://10.0.0.1/d": "10.0.0.1", "": none, "a:b:c": bad, ":80": bad, "x://": bad},
		"peer.host":          {"h:80": "h", "h": "h", "mysql://u:p@h:3306/d": "h", "jdbc:sqlserver://h;user=x": "h", "10.0.0.1": none, "": none},
		"peer.ip_port":       {"10.0.0.1:80": "80", "h:80": none, "10.0.0.1": none},
		"peer.host_port":     {"h:80": "80", "10.0.0.1:80": none, "h": none},
		"socket.ip":          {"10.0.0.1:80": "10.0.0.1", "h:80": bad, "": none},
		"socket.port":        {"10.0.0.1:80": "80", "10.0.0.1": none, "h:80": bad},
		"connection.host": {
			"postgresql://u:p@h:5432/d": "h", "mongodb://h1:27017,h2:27017/d": "h1", "jdbc:sqlserver://h;password=p": "h", "jdbc:sqlserver://h\\i:1433": "h",
			"jdbc:oracle:thin:@h:1521:sid": "h", "jdbc:oracle:thin:u/p@//h:1521/svc": "h", "jdbc:oracle:thin:@(DESCRIPTION=(HOST=h))": bad, "u:p@tcp(h:3306)/d": "h", "u:p@tcp(h:3306": bad,
			"Server=h;Password=p": "h", "Data Source=tcp:h\\i,1433;x": "h", "Password=Server=h;Host=g": "g", "host=h port=1": "h", "host='h i'": bad, "Server=(localdb)\\v11": bad,
			"jdbc:h2:mem:x": bad, "x": bad, "": none, "=": bad, "x://": bad, ";;;": bad, "host=": bad,
		},
		"connection.port": {
			"postgresql://u:p@h:5432/d": "5432", "postgresql://u:p@h/d": none, "jdbc:oracle:thin:@h:1521:sid": "1521", "jdbc:oracle:thin:@h": none, "u:p@tcp(h:3306)/d": "3306",
			"Server=h,1433": "1433", "Server=h:5432": "5432", "Port=5432;Host=h": "5432", "host=h port=x": bad, "": none,
		},
		"mongodb.database":    {"mongodb-shop": "shop", "mongodb-": none, "mongodb": none, "shop": none, "": none},
		"grpc.status_code":    {"0": "OK", "16": "UNAUTHENTICATED", "17": "17", "05": "NOT_FOUND", "not_found": "NOT_FOUND", "-1": "-1", "other": "other", "": none, long: long},
		"grpc.path":           {"/a.B/C": "a.B/C", "a.B/C": "a.B/C", "/": none, "": none},
		"opencensus.status":   {"0": "OK", "5": "ERROR", "x": bad, "": bad},
		"error":               {"true": "ERROR", "TRUE": "ERROR", "1": "ERROR", "false": none, "0": none, "boom": "ERROR", "": bad},
		"error.message":       {"true": none, "false": none, "boom": "boom", "": bad},
		"cluster.service":     {"outbound|80||cart.shop.svc.cluster.local": "cart", "outbound|80|v1|cart.example.com;": "cart.example.com", "cart": "cart", "-": none, "BlackHoleCluster": none, "": none, "inbound|80||": bad, "outbound|80": bad, "outbound|x||h": bad, "|||": bad, "a.b.svc": "a.b.svc"},
		"cluster.host":        {"outbound|80||cart.shop.svc.cluster.local": "cart.shop.svc.cluster.local", "cart": none},
		"cluster.port":        {"outbound|80||cart": "80", "cart": none},
		"node.instance":       {"edge-1": "edge-1", "sidecar~10.0.0.1~p.ns~d": none, "": none},
		"node.pod":            {"sidecar~10.0.0.1~a.b.ns~d": "a.b", "edge-1": none, "~~~": none},
		"node.pod_only":       {"sidecar~10.0.0.1~p.ns~d": "p", "edge-1": bad, "~~.ns~d": bad, "~~p.~d": bad, "": bad},
		"node.namespace":      {"sidecar~10.0.0.1~a.b.ns~d": "ns", "edge-1": none},
		"node.namespace_only": {"sidecar~10.0.0.1~p.ns~d": "ns", "~~~": bad},
		"not_dash":            {"a": "a", "-": none, "": none},
		"jaeger.name":         {"Go-2.30.0": "jaeger", "Jaeger-Other-1": "jaeger", "0.31.0": none, "beta-1": none, "": none},
		"jaeger.language":     {"Go-2.30.0": "go", "C++-0.5": "cpp", "Jaeger-Node-3": "nodejs", "Jaeger-Other-1": none, "0.31.0": none},
		"jaeger.version":      {"Go-2.30.0": "2.30.0", "Go-2.30.0-dev": "2.30.0-dev", "0.31.0": "0.31.0", "beta-1": "beta-1", "": none},
	} {
		for in, want := range table {
			if got := outcomeOf(t, name, StringValue(in)); got != want {
				t.Errorf("%s of %.60q: got %q, want %q", name, in, got, want)
			}
		}
	}
}

func TestConvertOtherTypes(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Value
		want string
	}{
		{"status_code", IntValue(404), "404"},
		{"status_code", DoubleValue(404), "404"},
		{"status_code", DoubleValue(404.5), bad},
		{"status_code", BoolValue(true), bad},
		{"ip", IntValue(167772161), "10.0.0.1"},
		{"ip", IntValue(-1), "255.255.255.255"},
		{"ip", IntValue(1 << 32), bad},
		{"ip", IntValue(-1 << 32), bad},
		{"ip", DoubleValue(1), bad},
		{"ip", ListValue([]string{"10.0.0.1"}), bad},
		{"error", BoolValue(true), "ERROR"},
		{"error", BoolValue(false), none},
		{"error", IntValue(2), "ERROR"},
		{"error", IntValue(0), none},
		{"error", DoubleValue(1), bad},
		{"error.message", BoolValue(true), none},
		{"error.message", ListValue(nil), bad},
		{"opencensus.status", IntValue(0), "OK"},
		{"port.only", IntValue(80), "80"},
		{"port.only", IntValue(-80), bad},
		{"grpc.status_code", IntValue(14), "UNAVAILABLE"},
		{"grpc.status_code", IntValue(-1), "-1"},
		{"grpc.status_code", DoubleValue(1e300), "1e+300"},
	} {
		if got := outcomeOf(t, c.name, c.in); got != c.want {
			t.Errorf("%s of %+v: got %q, want %q", c.name, c.in, got, c.want)
		}
	}
	for name, convert := range conversions {
		for _, v := range []Value{{Type: registry.Any}, ListValue([]string{"a", "b"}), ListValue(nil)} {
			if _, o := convert(v); o == converted {
				t.Errorf("%s made something of %+v", name, v)
			}
		}
	}
}

func TestValuesAreFoundInAnyCase(t *testing.T) {
	s := Source{Values: map[string]string{"IP.TCP": "tcp", "other": ""}, As: "lower"}
	convert := s.conversion()
	for in, want := range map[string]string{"ip.tcp": "tcp", "IP.TCP": "tcp", "OTHER": "", "Pipe": "pipe"} {
		if got, _ := convert(StringValue(in)); got.Str() != want {
			t.Errorf("%s: got %q, want %q", in, got.Str(), want)
		}
	}
	plain := Source{Values: map[string]string{"a": "b"}}
	if got, _ := plain.conversion()(IntValue(7)); !got.Equal(IntValue(7)) {
		t.Errorf("a value that is not mapped became %+v", got)
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		parts     []string
		separator string
		want      string
	}{
		{[]string{"a", "b"}, "/", "a/b"},
		{[]string{"", "b"}, "/", "b"},
		{[]string{"a", "a/b"}, "/", "a/b"},
		{[]string{"a", "ab"}, "/", "a/ab"},
		{[]string{"a", ""}, "/", "a/"},
		{[]string{"a", "b", "c"}, "; ", "a; b; c"},
	} {
		if got, _ := join(c.parts, c.separator); got.Str() != c.want {
			t.Errorf("%q: got %q, want %q", c.parts, got.Str(), c.want)
		}
	}
}

// TestConversionsCutTexts: what is a part of its source costs no memory.
func TestConversionsCutTexts(t *testing.T) {
	for name, in := range map[string]string{
		"url.full": "https://shop:8443/a?b=c", "url.host": "https://shop:8443/a", "url.query": "https://shop/a?b", "url.path": "/a?b",
		"target.path": "/a?b", "host": "shop:8080", "port": "[::1]:8080", "method": "GET", "protocol.version": "HTTP/1.1", "peer.host": "shop:80",
		"connection.host": "postgresql://u:p@h:5432/d", "grpc.status_code": "14", "cluster.service": "outbound|80||a.b.svc.cluster.local",
		"node.pod": "sidecar~10.0.0.1~p.ns~d", "ip": "2001:db8::1", "first_hop": "a, b", "kind": "CLIENT", "error": "true",
	} {
		v, convert := StringValue(in), conversions[name]
		if n := testing.AllocsPerRun(50, func() { convert(v) }); n != 0 {
			t.Errorf("%s of %q: %v allocations", name, in, n)
		}
	}
}

// FuzzConversions: whatever the text, a conversion that gives one gives a text that was
// in it or is one of the conversion's own, and the same the next time.
func FuzzConversions(f *testing.F) {
	for _, seed := range []string{
		"http://u:p@[::1%25eth0]:80/a?b#c", "//", "://", "[", "]:", "[]", "a:b:c", "HTTP/", "outbound|||", "~~~.", "jdbc:oracle:thin:@", "@tcp(", "=;=", "Jaeger--", "\xff\xfe", "%zz", "-0", "1e9", "９",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, convert := range conversions {
			v, o := convert(StringValue(s))
			again, p := convert(StringValue(s))
			if o != p || !v.Equal(again) {
				t.Fatalf("%s of %q: %+v, then %+v", name, s, v, again)
			}
			if text, _ := v.text(); o == converted && text == "" {
				t.Fatalf("%s of %q: converted to nothing", name, s)
			}
			if strings.HasSuffix(name, "port") && o == converted && !isPort(v.Str()) {
				t.Fatalf("%s of %q: %s is no port", name, s, v.Str())
			}
		}
	})
}

func BenchmarkConversions(b *testing.B) {
	for name, in := range map[string]string{
		"url.full": "https://shop:8443/a?b=c", "url.host": "https://shop:8443/a", "host": "shop:8080", "ip": "10.0.0.1",
		"connection.host": "Server=tcp:db.example.com,1433;Database=shop;User Id=sa", "grpc.status_code": "14",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			v, convert := StringValue(in), conversions[name]
			for b.Loop() {
				convert(v)
			}
		})
	}
}
