package translate

import "testing"

// TestSchemaFileMistakes: where OpenTelemetry's schema file says nothing, or something
// that is not so, by the kind of the mistake.
func TestSchemaFileMistakes(t *testing.T) {
	for kind, cases := range map[string][]struct {
		place    Place
		in, want attributes
	}{
		"renamed in the model alone": {
			{Client, of("net.sock.peer.addr", "10.0.0.1"), of("network.peer.address", "10.0.0.1")},
			{Client, of("net.sock.peer.port", 80), of("network.peer.port", 80)},
			{Client, of("net.transport", "ip_tcp"), of("network.transport", "tcp")},
			{Server, of("http.server_name", "shop"), of("server.address", "shop")},
			{Server, of("http.request_content_length_uncompressed", 7), of("http.request.body.size", 7)},
			{Server, of("http.response_content_length_uncompressed", 7), of("http.response.body.size", 7)},
			{Client, of("db.elasticsearch.path_parts.index", "carts"), of("db.operation.parameter.index", "carts")},
			// Fields of a scope, which is not its spans' to set.
			{Client, of("otel.library.name", "x", "otel.library.version", "1"), of("otel.scope.name", "x", "otel.scope.version", "1")},
		},
		"ends at a name that is gone": {
			{Server, of("net.host.ip", "10.0.0.1"), of("network.local.address", "10.0.0.1")},
			{Server, of("net.sock.host.addr", "10.0.0.1"), of("network.local.address", "10.0.0.1")},
			{Server, of("net.sock.host.port", 80), of("network.local.port", 80)},
			{Client, of("net.peer.ip", "10.0.0.1"), of("network.peer.address", "10.0.0.1")},
			{Client, of("net.sock.peer.name", "x"), of("net.sock.peer.name", "x")},
			{Consumer, of("messaging.consumer_id", "x"), of("messaging.consumer_id", "x")},
			{Producer, of("messaging.destination_kind", "queue"), of("messaging.destination_kind", "queue")},
			{Producer, of("messaging.message_payload_compressed_size_bytes", 7), of("messaging.message_payload_compressed_size_bytes", 7)},
			{Event, of("message.id", 7), of("message.id", 7)},
		},
		"ends at a retired name": {
			{Producer, of("messaging.kafka.client_id", "x"), of("messaging.client.id", "x")},
			{Producer, of("messaging.rocketmq.client_id", "x"), of("messaging.client.id", "x")},
			{Producer, of("messaging.client_id", "x"), of("messaging.client.id", "x")},
			{Internal, of("feature_flag.evaluation.error.message", "x"), of("feature_flag.error.message", "x")},
			{Client, of("gen_ai.system", "openai"), of("gen_ai.provider.name", "openai")},
		},
		"renames a name in use": {
			{Server, of("enduser.id", "x"), of("enduser.id", "x")},
			{Record, of("system.device", "sda"), of("system.device", "sda")},
		},
		"contradicts the model": {
			{Server, of("http.request_content_length", 7), of("http.request.body.size", 7)},
			{Server, of("http.response_content_length", 7), of("http.response.body.size", 7)},
			{Client, of("db.sql.table", "carts"), of("db.collection.name", "carts")},
			{Internal, of("code.namespace", "shop.Cart", "code.function", "add"), of("code.function.name", "shop.Cart.add")},
			{Server, of("enduser.role", "admin"), of("user.roles", []string{"admin"})},
			{Consumer, of("messaging.kafka.destination.partition", 7), of("messaging.destination.partition.id", "7")},
		},
		"misspells or forgets a step": {
			{Resource, of("io.state", "active"), of("ios.app.state", "active")},
			{Resource, of("ios.state", "active"), of("ios.app.state", "active")},
			{Record, of("system.disk.direction", "read"), of("disk.io.direction", "read")},
			{Record, of("system.network.direction", "receive"), of("network.io.direction", "receive")},
		},
		"does not look at the side": {
			{Server, of("net.host.name", "shop"), of("server.address", "shop")},
			{Client, of("net.host.name", "shop"), of("net.host.name", "shop")},
			{Server, of("net.peer.name", "a"), of("client.address", "a")},
			{Client, of("net.peer.name", "a"), of("server.address", "a")},
			{Server, of("net.peer.port", 80), of("client.port", 80)},
			{Client, of("net.peer.port", 80), of("server.port", 80)},
			{Server, of("http.url", "http://shop/a?b"), of("server.address", "shop", "url.path", "/a", "url.query", "b", "url.scheme", "http")},
			{Client, of("http.url", "http://shop/a?b"), of("server.address", "shop", "url.full", "http://shop/a?b")},
		},
		"a label is anybody's word": {
			{Client, of("state", "x", "pool.name", "y"), of("state", "x", "pool.name", "y")},
			{Client, of("tls.client.server_name", "x", "server.address", "y"), of("tls.client.server_name", "x", "server.address", "y")},
		},
	} {
		for _, c := range cases {
			var r Result
			in := c.in.input(c.place)
			Default().Translate(in, &r)
			if got := c.in.apply(&r); !sameWords(got.String(), c.want.String()) {
				t.Errorf("%s: %s became %s, want %s", kind, c.in, got, c.want)
			}
		}
	}
}

// TestSchemaFileMistakesInMetrics is the same of metrics and their labels.
func TestSchemaFileMistakesInMetrics(t *testing.T) {
	for _, c := range []struct{ name, unit, to, label, want string }{
		{"messaging.receive.messages", "{message}", "messaging.client.consumed.messages", "", ""},
		{"messaging.process.messages", "{message}", "messaging.client.consumed.messages", "", ""},
		{"messaging.publish.duration", "s", "messaging.client.operation.duration", "", ""},
		{"messaging.receive.duration", "s", "messaging.client.operation.duration", "", ""},
		{"system.network.dropped", "{packet}", "system.network.packet.dropped", "", ""},
		{"system.network.packets", "{packet}", "system.network.packet.count", "", ""},
		// system.device is network.interface.name of a network, and itself of a disk.
		{"system.network.io", "By", "system.network.io", "system.device", "network.interface.name"},
		{"system.disk.io", "By", "system.disk.io", "system.device", ""},
		// The file has jvm.threads.count, which there was never.
		{"process.runtime.jvm.threads.count", "{thread}", "jvm.thread.count", "daemon", "jvm.thread.daemon"},
		{"system.disk.io", "By", "system.disk.io", "direction", "disk.io.direction"},
		{"system.network.io", "By", "system.network.io", "direction", "network.io.direction"},
		// The file maps name; the model of 1.21 had gc.
		{"process.runtime.jvm.gc.duration", "s", "jvm.gc.duration", "gc", "jvm.gc.name"},
		{"process.runtime.jvm.gc.duration", "s", "jvm.gc.duration", "name", "jvm.gc.name"},
		{"db.client.connections.usage", "{connection}", "db.client.connection.count", "state", "db.client.connection.state"},
		{"my.own", "1", "my.own", "state", ""},
	} {
		m := Default().Metric(c.name, c.unit)
		got := ""
		if to := m.Points.Targets(c.label, m.Place); len(to) > 0 {
			got = to[0]
		}
		if m.Name != c.to || got != c.want {
			t.Errorf("%s with %q became %s with %q, want %s with %q", c.name, c.label, m.Name, got, c.to, c.want)
		}
	}
}
