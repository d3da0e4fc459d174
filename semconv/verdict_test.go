package semconv

import (
	"fmt"
	"slices"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

var judge = Default()

func describe(problems []Problem) string {
	s := ""
	for _, p := range problems {
		s += fmt.Sprintf("%s %s", p.Code, p.Key)
		if len(p.Instead) > 0 {
			s += fmt.Sprintf(" -> %v", p.Instead)
		}
		if p.Want != "" {
			s += fmt.Sprintf(" (%s, want %s)", p.Have, p.Want)
		}
		s += ";"
	}
	return s
}

func TestAttribute(t *testing.T) {
	for _, c := range []struct {
		use  Attribute
		want string
	}{
		{Attribute{Key: "http.request.method", Value: translate.StringValue("GET"), Place: translate.Client}, ""},
		{Attribute{Key: "http.method", Place: translate.Client}, "retired http.method -> [http.request.method http.request.method_original];"},
		{Attribute{Key: "net.peer.name", Place: translate.Client}, "retired net.peer.name -> [server.address];"},
		{Attribute{Key: "net.peer.name", Place: translate.Server}, "retired net.peer.name -> [client.address];"},
		{Attribute{Key: "db.user"}, "retired db.user;"},
		{Attribute{Key: "http.path", Place: translate.Server}, "retired http.path -> [url.path url.query];"},
		{Attribute{Key: "http.response.status_code", Value: translate.StringValue("200")}, "type http.response.status_code (string, want int);"},
		{Attribute{Key: "http.request.header.x-a", Value: translate.StringValue("a")}, "type http.request.header.x-a (string, want string[]);"},
		{Attribute{Key: "http.request.methods"}, "unknown http.request.methods;"},
		{Attribute{Key: "sql.query", Place: translate.Client}, "retired sql.query -> [db.query.text];"},
		{Attribute{Key: "opencensus.resourcetype"}, "retired opencensus.resourcetype;"},
		{Attribute{Key: "system.cpu.state"}, "retired system.cpu.state -> [cpu.mode];"},
		{Attribute{Key: "shop.order_id"}, ""},
		{Attribute{Key: "shop.orderId"}, "format shop.orderId -> [shop.order_id];"},
		{Attribute{Key: "Order-ID"}, "format Order-ID -> [order_id];"},
		{Attribute{Key: ""}, "format ;"},
		{Attribute{Key: "http.request.method", Place: translate.Resource}, "misplaced http.request.method;"},
		{Attribute{Key: "service.name", Place: translate.Resource}, ""},
		{Attribute{Key: "cloud.platform", Value: translate.StringValue("azure_vm")}, "retired_value cloud.platform -> [azure.vm];"},
		{Attribute{Key: "gen_ai.operation.name", Place: translate.Client}, ""},
	} {
		if got := describe(judge.Attribute(c.use)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.use.Key, got, c.want)
		}
	}
}

func TestMetricVerdict(t *testing.T) {
	unit := func(s string) *string { return &s }
	for _, c := range []struct {
		use  Metric
		want string
	}{
		{Metric{Name: "http.server.request.duration", Unit: unit("s"), Instrument: registry.Histogram}, ""},
		{Metric{Name: "http.server.request.duration", Unit: unit("ms")}, "unit http.server.request.duration (ms, want s);"},
		{Metric{Name: "http.server.request.duration", Instrument: registry.Gauge}, "instrument http.server.request.duration (gauge, want histogram);"},
		{Metric{Name: "http.server.duration", Unit: unit("ms")}, "retired http.server.duration -> [http.server.request.duration];"},
		{Metric{Name: "shop.orders", Unit: unit("{order}")}, ""},
		{Metric{Name: "shop_Orders"}, "format shop_Orders -> [shop_orders];"},
	} {
		if got := describe(judge.Metric(c.use)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.use.Name, got, c.want)
		}
	}
}

func spanOf(name string, kind translate.Place, attributes map[string]string) Span {
	s := Span{Name: name, Kind: kind, Text: func(k string) string { return attributes[k] }}
	for k := range attributes {
		s.Keys = append(s.Keys, k)
	}
	slices.Sort(s.Keys)
	return s
}

func TestSpanVerdict(t *testing.T) {
	for _, c := range []struct {
		span       Span
		convention string
		want       string
	}{
		{spanOf("GET /a", translate.Server, map[string]string{"http.request.method": "GET", "url.scheme": "https", "url.path": "/a"}), "http.server", ""},
		{spanOf("GET", translate.Client, map[string]string{"http.method": "GET", "http.url": "https://a:1/b", "net.peer.name": "a"}), "http.client", "missing server.port;"},
		{spanOf("GET", translate.Client, map[string]string{"http.method": "GET", "http.url": "https://a:1/b"}), "http.client", ""},
		{spanOf("GET", translate.Client, map[string]string{"http.method": "GET", "http.url": "https://a/b"}), "http.client", "missing server.port;"},
		{spanOf("GET", translate.Client, map[string]string{"http.method": "GET", "net.peer.name": "a", "net.peer.port": "1"}), "http.client", "missing url.full;"},
		{spanOf("get /orders/1234567", translate.Server, map[string]string{"http.request.method": "GET", "url.scheme": "https", "url.path": "/a", "http.route": "/orders/{id}"}),
			"http.server", "name  -> [GET /orders/{id}];"},
		{spanOf("SELECT shop", translate.Client, map[string]string{"db.system.name": "postgresql"}), "db.postgresql.client", ""},
		{spanOf("SELECT shop", translate.Internal, map[string]string{"db.system": "mysql"}), "db.mysql.client", "kind  (INTERNAL, want CLIENT);"},
		{spanOf("SELECT", translate.Client, map[string]string{"db.system.name": "acme"}), "db.client", ""},
		{spanOf("shop.Cart/Add", translate.Server, map[string]string{"rpc.system": "grpc"}), "rpc.grpc.call.server", "missing rpc.response.status_code;"},
		{spanOf("orders publish", translate.Producer, map[string]string{"messaging.system": "kafka", "messaging.operation": "publish"}), "messaging.kafka.send.producer", ""},
		{spanOf("load", translate.Internal, nil), "", ""},
		{spanOf("load 550e8400-e29b-41d4-a716-446655440000", translate.Internal, nil), "", "name ;"},
		{spanOf("v2 step 12", translate.Internal, nil), "", ""},
	} {
		got := ""
		if s := judge.Convention(c.span); s != nil {
			got = s.ID
		}
		if got != c.convention {
			t.Errorf("%s: convention %q, want %q", c.span.Name, got, c.convention)
		}
		if got := describe(judge.Span(c.span)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.span.Name, got, c.want)
		}
	}
}

// TestVerdictAgreesWithTranslation: what the translation makes of a span, the judge
// finds right.
func TestVerdictAgreesWithTranslation(t *testing.T) {
	for _, a := range registry.Attributes() {
		for _, place := range []translate.Place{translate.Resource, translate.Server, translate.Client, translate.Internal} {
			for _, to := range translate.Default().Targets(a.Key, place) {
				if problems := judge.Attribute(Attribute{Key: to}); len(problems) > 0 && to[0] != '@' {
					t.Errorf("%s becomes %s, of which the judge says %s", a.Key, to, describe(problems))
				}
			}
		}
	}
}

// TestOlderTarget: what is retired later than the target is right.
func TestOlderTarget(t *testing.T) {
	judge := NewJudge(registry.Default(), translate.New(translate.Options{Target: "1.25.0"}, translate.Embedded()...))
	for _, c := range []struct {
		use  Attribute
		want string
	}{
		{Attribute{Key: "db.statement"}, ""},
		{Attribute{Key: "messaging.client_id"}, ""},
		{Attribute{Key: "messaging.kafka.client_id", Place: translate.Producer}, "retired messaging.kafka.client_id -> [messaging.client_id];"},
		{Attribute{Key: "http.method", Place: translate.Client}, "retired http.method -> [http.request.method http.request.method_original];"},
		{Attribute{Key: "cloud.platform", Value: translate.StringValue("azure_vm")}, ""},
	} {
		if got := describe(judge.Attribute(c.use)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.use, got, c.want)
		}
	}
	unit := "{pod}"
	if got := describe(judge.Metric(Metric{Name: "k8s.deployment.desired_pods", Unit: &unit})); got != "" {
		t.Errorf("k8s.deployment.desired_pods: got %s", got)
	}
}
