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
		{Attribute{Key: "http.request.methods"}, "unknown http.request.methods -> [http.request.method];"},
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
		{Attribute{Key: "state", Place: translate.Client}, ""},
		{Attribute{Key: "pool.name", Place: translate.Client}, ""},
		{Attribute{Key: "state"}, ""},
		{Attribute{Key: "type", Place: translate.Client}, ""},
		{Attribute{Key: "status", Place: translate.Client}, ""},
		{Attribute{Key: "name", Place: translate.Client}, ""},
		{Attribute{Key: "url", Place: translate.Client}, ""},
		{Attribute{Key: "state", Place: translate.Point, Metric: &Metric{Name: "shop.orders"}}, ""},
		{Attribute{Key: "state", Place: translate.Point, Metric: &Metric{Name: "db.client.connections.usage"}}, "retired state -> [db.client.connection.state];"},
		{Attribute{Key: "state", Value: translate.StringValue("idle"), Place: translate.Point, Metric: &Metric{Name: "system.cpu.time"}}, "retired state -> [cpu.mode];"},
		{Attribute{Key: "messaging.system", Value: translate.StringValue("azure_eventhubs"), Place: translate.Producer}, "retired_value messaging.system -> [eventhubs];"},
		{Attribute{Key: "messaging.system", Place: translate.Producer}, ""},
		{Attribute{Key: "net.peer.name", Among: &translate.Input{Keys: []string{"net.peer.name"}, Values: []translate.Value{translate.StringValue("a")}, Place: translate.Server}}, "retired net.peer.name -> [client.address];"},
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
		{Metric{Name: "k8s.deployment.desired"}, "retired k8s.deployment.desired -> [k8s.deployment.pod.desired];"},
		{Metric{Name: "grpc.io/client/roundtrip_latency", Unit: unit("ms")}, "retired grpc.io/client/roundtrip_latency -> [rpc.client.call.duration];"},
		{Metric{Name: "grpc.io/client/roundtrip_latency"}, "retired grpc.io/client/roundtrip_latency -> [rpc.client.call.duration];"},
		{Metric{Name: "jvm.thread.count", Unit: unit("1")}, "unit jvm.thread.count (1, want {thread});"},
		{Metric{Name: "jvm.thread.count", Unit: unit("{thread}"), OnWire: true}, ""},
		{Metric{Name: "jvm.cpu.recent_utilization", Unit: unit("")}, "unit jvm.cpu.recent_utilization (, want 1);"},
		{Metric{Name: "jvm.cpu.recent_utilization", Unit: unit(""), OnWire: true}, ""},
		{Metric{Name: "k8s.deployment.pod.desired", Unit: unit("{pod}"), Instrument: registry.Gauge}, "instrument k8s.deployment.pod.desired (gauge, want updowncounter);"},
		{Metric{Name: "k8s.deployment.pod.desired", Unit: unit("{pod}"), Instrument: registry.Gauge, OnWire: true}, ""},
		{Metric{Name: "otel.sdk.exporter.span.exported", Instrument: registry.UpDownCounter, OnWire: true}, ""},
		{Metric{Name: "http.server.request.duration", Instrument: registry.Gauge, OnWire: true}, "instrument http.server.request.duration (gauge, want histogram);"},
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
		{spanOf("orders publish", translate.Producer, map[string]string{"messaging.system": "kafka", "messaging.destination.name": "orders", "messaging.operation.type": "send", "messaging.operation.name": "send"}),
			"messaging.kafka.send.producer", "name  -> [send orders];"},
		{spanOf("HTTP GET", translate.Server, map[string]string{"http.method": "GET", "http.scheme": "https", "http.target": "/a", "http.route": "/{x}"}), "http.server", "name  -> [GET /{x}];"},
		{spanOf("/{x}", translate.Server, map[string]string{"http.method": "GET", "http.scheme": "https", "http.target": "/a", "http.route": "/{x}"}), "http.server", "name  -> [GET /{x}];"},
		{spanOf("select * from t where id=7", translate.Client, map[string]string{"db.system.name": "postgresql", "db.operation.name": "SELECT", "db.collection.name": "t"}), "db.postgresql.client", "name  -> [SELECT t];"},
		{spanOf("SELECT", translate.Client, map[string]string{"db.system": "mssql"}), "db.sql_server.client", ""},
		{spanOf("SELECT", translate.Client, map[string]string{"db.system": "oracle"}), "db.oracledb.client", ""},
		{spanOf("read_item", translate.Client, map[string]string{"db.system": "cosmosdb"}), "azure.cosmosdb.client", "missing db.operation.name;"},
		{spanOf("GetItem", translate.Client, map[string]string{"db.system": "dynamodb", "db.operation": "GetItem"}), "dynamodb.getitem.client", "missing rpc.system.name;"},
		{spanOf("DynamoDB.GetItem", translate.Client, map[string]string{"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem"}), "dynamodb.getitem.client", ""},
		{spanOf("S/M", translate.Client, map[string]string{"rpc.system": "connect_rpc"}), "rpc.connect_rpc.call.client", "missing server.address;"},
		{spanOf("send hub", translate.Producer, map[string]string{"messaging.system": "azure_eventhubs"}), "messaging.eventhubs.send.producer", "missing messaging.operation.name;"},
		{spanOf("nightly", translate.Server, map[string]string{"faas.trigger": "timer"}), "faas.timer.server", ""},
		{spanOf("upload", translate.Server, map[string]string{"faas.trigger": "other"}), "faas.server", ""},
		{spanOf("resize", translate.Client, map[string]string{"faas.invoked_name": "resize"}), "faas.client", "missing faas.invoked_provider;"},
		{spanOf("query", translate.Server, map[string]string{"graphql.operation.type": "query"}), "graphql.server", ""},
		{spanOf("chat gpt-4", translate.Client, map[string]string{"gen_ai.operation.name": "chat", "gen_ai.system": "openai"}), "openai.inference.client", "missing gen_ai.request.model;"},
		{spanOf("execute_tool add", translate.Internal, map[string]string{"gen_ai.operation.name": "execute_tool"}), "gen_ai.execute_tool.internal", "missing gen_ai.tool.name;"},
		{spanOf("invoke_agent a", translate.Internal, map[string]string{"gen_ai.operation.name": "invoke_agent"}), "gen_ai.invoke_agent.internal", "missing gen_ai.provider.name;"},
		{spanOf("tools/call add", translate.Server, map[string]string{"mcp.method.name": "tools/call"}), "mcp.server", ""},
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
		{Attribute{Key: "db.query.text", Place: translate.Client}, "too_new db.query.text -> [db.statement] (, want 1.25.0);"},
		{Attribute{Key: "db.stored_procedure.name", Place: translate.Client}, "too_new db.stored_procedure.name (, want 1.25.0);"},
		{Attribute{Key: "deployment.environment.name", Place: translate.Client}, "too_new deployment.environment.name -> [deployment.environment] (, want 1.25.0);"},
		{Attribute{Key: "container.csi.volume.id", Value: translate.IntValue(1), Place: translate.Server}, "too_new container.csi.volume.id (, want 1.25.0);"},
		{Attribute{Key: "db.statment"}, "unknown db.statment -> [db.statement];"},
		{Attribute{Key: "db.query.txt"}, "unknown db.query.txt;"},
		{Attribute{Key: "system.disk.io.direction", Place: translate.Point}, "retired system.disk.io.direction -> [disk.io.direction];"},
	} {
		if got := describe(judge.Attribute(c.use)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.use, got, c.want)
		}
	}
	unit, s := "{pod}", "s"
	for _, c := range []struct {
		use  Metric
		want string
	}{
		{Metric{Name: "http.server.request.duration", Unit: &s}, ""},
		{Metric{Name: "k8s.deployment.desired_pods", Unit: &unit}, "too_new k8s.deployment.desired_pods (, want 1.25.0);"},
	} {
		if got := describe(judge.Metric(c.use)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.use.Name, got, c.want)
		}
	}
}
