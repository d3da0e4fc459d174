package translate

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// targets are versions between which something was renamed in every area.
var targets = []string{"1.21.0", "1.22.0", "1.23.0", "1.25.0", "1.26.0", "1.28.0", "1.30.0", "1.32.0", "1.34.0", "1.37.0", "1.40.0", "1.44.0"}

// TestNamesAtTargets: what one name is called at each target. A row's name of a version
// holds until the next one's.
func TestNamesAtTargets(t *testing.T) {
	vocabularies, err := ParseVocabularies(os.DirFS("../dialects"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vocabularies = slices.Concat(Embedded(), vocabularies)
	tables := map[string]*Table{}
	for _, target := range targets {
		tables[target] = New(Options{Target: target}, vocabularies...)
	}
	for _, c := range []struct {
		place Place
		in    attributes
		want  string // version: attributes; version: attributes
	}{
		// http
		{Server, of("http.method", "GET"), `1.21.0: http.request.method="GET"`},
		{Client, of("http.retry_count", 1), `1.21.0: http.resend_count=1; 1.23.0: http.request.resend_count=1`},
		{Client, of("http.request.resend_count", 1), `1.21.0: http.resend_count=1; 1.23.0: http.request.resend_count=1`},
		{Client, of("http.url", "https://shop/cart"), `1.21.0: url.full="https://shop/cart" server.address="shop"`},
		{Server, of("uri", "redirected", "method", "GET", "outcome", "SUCCESS", "status", "200"), `1.21.0: http.request.method="GET" status="200"; 1.22.0: http.request.method="GET" http.response.status_code=200`},
		// db
		{Client, of("db.statement", "select 1"), `1.21.0: db.statement="select 1"; 1.26.0: db.query.text="select 1"`},
		{Client, of("sql.query", "select 1"), `1.21.0: db.statement="select 1"; 1.26.0: db.query.text="select 1"`},
		{Client, of("db.query.text", "select 1"), `1.21.0: db.statement="select 1"; 1.26.0: db.query.text="select 1"`},
		{Client, of("db.cassandra.keyspace", "shop"), `1.21.0: db.name="shop"; 1.26.0: db.namespace="shop"`},
		{Client, of("db.instance", "shop"), `1.21.0: db.name="shop"; 1.26.0: db.namespace="shop"`},
		{Client, of("db.mongodb.collection", "carts"), `1.21.0: db.mongodb.collection="carts"; 1.26.0: db.collection.name="carts"`},
		{Client, of("db.system", "mssql"), `1.21.0: db.system="mssql"; 1.30.0: db.system.name="microsoft.sql_server"`},
		{Client, of("db.type", "mssql"), `1.21.0: db.system="mssql"; 1.30.0: db.system.name="microsoft.sql_server"`},
		{Client, of("db.system.name", "microsoft.sql_server"), `1.21.0: db.system="mssql"; 1.30.0: db.system.name="microsoft.sql_server"`},
		{Client, of("db.system.name", "firstsql"), `1.21.0: db.system="firstsql"; 1.27.0: db.system="other_sql"; 1.30.0: db.system.name="firstsql"`},
		{Client, of("db.system", "cache"), `1.21.0: db.system="cache"; 1.28.0: db.system="intersystems_cache"; 1.30.0: db.system.name="intersystems.cache"`},
		// messaging
		{Producer, of("messaging.kafka.client_id", "a"), `1.21.0: messaging.client_id="a"; 1.26.0: messaging.client.id="a"`},
		{Producer, of("messaging.client.id", "a"), `1.21.0: messaging.client_id="a"; 1.26.0: messaging.client.id="a"`},
		{Consumer, of("messaging.kafka.consumer_group", "a"), `1.21.0: messaging.kafka.consumer.group="a"; 1.28.0: messaging.consumer.group.name="a"`},
		{Consumer, of("messaging.message_payload_size_bytes", 7), `1.21.0: messaging.message.payload_size_bytes=7; 1.22.0: messaging.message.body.size=7`},
		{Consumer, of("messaging.kafka.partition", 7), `1.21.0: messaging.kafka.destination.partition=7; 1.25.0: messaging.destination.partition.id="7"`},
		{Consumer, of("messaging.operation", "process"), `1.21.0: messaging.operation="process"; 1.26.0: messaging.operation.type="process" messaging.operation.name="process"`},
		{Producer, of("messaging.system", "azure_eventhubs"), `1.21.0: messaging.system="azure_eventhubs"; 1.25.0: messaging.system="eventhubs"`},
		{Producer, of("messaging.operation.type", "publish"), `1.21.0: messaging.operation.type="publish"; 1.28.0: messaging.operation.type="send"`},
		// rpc
		{Server, of("rpc.system", "grpc", "net.peer.name", "10.0.0.1", "net.peer.port", 80), `1.21.0: rpc.system="grpc" client.address="10.0.0.1" client.port=80; ` +
			`1.40.0: rpc.system.name="grpc" network.peer.address="10.0.0.1" network.peer.port=80`},
		{Client, of("rpc.system", "apache_dubbo"), `1.21.0: rpc.system="apache_dubbo"; 1.40.0: rpc.system.name="dubbo"`},
		{Client, of("rpc.service", "shop.Cart", "rpc.method", "Add"), `1.21.0: rpc.service="shop.Cart" rpc.method="Add"; 1.40.0: rpc.method="shop.Cart/Add"`},
		{Client, of("rpc.grpc.status_code", 14), `1.21.0: rpc.grpc.status_code=14; 1.40.0: rpc.response.status_code="UNAVAILABLE"`},
		{Client, of("grpc.status_code", "14"), `1.21.0: rpc.grpc.status_code=14 rpc.system="grpc"; 1.40.0: rpc.response.status_code="UNAVAILABLE" rpc.system.name="grpc"`},
		{Client, of("grpc.path", "/shop.Cart/Add"), `1.21.0: rpc.service="shop.Cart" rpc.method="Add" rpc.system="grpc"; 1.40.0: rpc.method="shop.Cart/Add" rpc.system.name="grpc"`},
		// code
		{Internal, of("code.lineno", 7), `1.21.0: code.lineno=7; 1.30.0: code.line.number=7`},
		{Internal, of("code.namespace", "shop.Cart", "code.function", "add"), `1.21.0: code.namespace="shop.Cart" code.function="add"; ` +
			`1.30.0: code.namespace="shop.Cart" code.function.name="add"; 1.32.0: code.function.name="shop.Cart.add"`},
		{Server, of("mvc.controller.class", "Cart", "mvc.controller.method", "add"), `1.21.0: code.namespace="Cart" code.function="add"; 1.30.0: code.function.name="Cart.add"`},
		// network
		{Client, of("net.sock.peer.addr", "10.0.0.1"), `1.21.0: server.socket.address="10.0.0.1"; 1.22.0: network.peer.address="10.0.0.1"`},
		{Server, of("net.sock.peer.addr", []string{"x"}, "grpc.method.name", "/shop.Cart/Add"), `1.21.0: net.sock.peer.addr=[x] rpc.service="shop.Cart" rpc.method="Add" rpc.system="grpc"; ` +
			`1.40.0: net.sock.peer.addr=[x] rpc.method="shop.Cart/Add" rpc.system.name="grpc"`},
		{Server, of("net.sock.peer.port", 80), `1.21.0: client.socket.port=80; 1.22.0: network.peer.port=80`},
		{Server, of("net.sock.host.addr", "10.0.0.1"), `1.21.0: server.socket.address="10.0.0.1"; 1.22.0: network.local.address="10.0.0.1"`},
		{Client, of("messaging.protocol", "AMQP"), `1.21.0: network.protocol.name="amqp"`},
		{Client, of("peer.service", "cart"), `1.21.0: peer.service="cart"; 1.40.0: service.peer.name="cart"`},
		// system, process
		{Record, of("system.processes.status", "running"), `1.21.0: system.processes.status="running"; 1.25.0: system.process.status="running"; 1.40.0: process.state="running"`},
		{Record, of("process.executable.build_id.profiling", "x"), `1.21.0: process.executable.build_id.profiling="x"; 1.30.0: process.executable.build_id.htlhash="x"`},
		// k8s, resources
		{Resource, of("k8s.pod.labels.app", "x"), `1.21.0: k8s.pod.labels.app="x"; 1.25.0: k8s.pod.label.app="x"`},
		{Resource, of("k8s.pod.label.app", "x"), `1.21.0: k8s.pod.labels.app="x"; 1.25.0: k8s.pod.label.app="x"`},
		{Resource, of("deployment.environment.name", "prod"), `1.21.0: deployment.environment="prod"; 1.28.0: deployment.environment.name="prod"`},
		{Resource, of("cloud.platform", "azure_vm"), `1.21.0: cloud.platform="azure_vm"; 1.37.0: cloud.platform="azure.vm"`},
		{Resource, of("ios.state", "active"), `1.21.0: ios.state="active"; 1.32.0: ios.app.state="active"`},
		// Others that went by a name in between.
		{Internal, of("feature_flag.evaluation.error.message", "x"), `1.21.0: feature_flag.evaluation.error.message="x"; 1.34.0: error.message="x"; 1.40.0: feature_flag.error.message="x"`},
		{Event, of("message.id", 7), `1.21.0: message.id=7; 1.26.0: rpc.message.id=7; 1.40.0: message.id=7`},
		// What the schema file says and no model ever had is not produced.
		{Resource, of("io.state", "active"), `1.21.0: io.state="active"; 1.23.0: ios.state="active"; 1.32.0: ios.app.state="active"`},
		{Record, of("disk.io.direction", "read"), `1.21.0: disk.io.direction="read"; 1.22.0: system.disk.direction="read"; 1.25.0: disk.io.direction="read"`},
		{Record, of("system.network.io.direction", "receive"), `1.21.0: system.network.io.direction="receive"; 1.22.0: system.network.direction="receive"; 1.25.0: network.io.direction="receive"`},
		{Internal, of("enduser.id", "x"), `1.21.0: enduser.id="x"`},
	} {
		for _, target := range targets {
			var r Result
			table := tables[target]
			in := c.in.input(c.place)
			table.Translate(in, &r)
			got := c.in.apply(&r)
			if want := wanted(c.want, target); !sameWords(got.String(), want) {
				t.Errorf("%s at %s: got %s, want %s", c.in, target, got, want)
			}
			table.Translate(got.input(c.place), &r)
			if again := got.apply(&r); again.String() != got.String() {
				t.Errorf("%s at %s: %s, and then %s", c.in, target, got, again)
			}
		}
	}
}

// wanted is what a list of versions has for a target.
func wanted(list, target string) string {
	found := ""
	for part := range strings.SplitSeq(list, "; ") {
		version, want, _ := strings.Cut(part, ": ")
		if compareVersions(version, target) <= 0 {
			found = want
		}
	}
	return found
}

func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// TestMetricsAtTargets is TestNamesAtTargets of metrics, with a label of their points.
func TestMetricsAtTargets(t *testing.T) {
	vocabularies, err := ParseVocabularies(os.DirFS("../dialects"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vocabularies = slices.Concat(Embedded(), vocabularies)
	tables := map[string]*Table{}
	for _, target := range targets {
		tables[target] = New(Options{Target: target}, vocabularies...)
	}
	for _, c := range []struct {
		name, unit, label string
		want              string // version: name unit divisor label
	}{
		{"http.server.duration", "ms", "http.method", `1.21.0: http.server.duration s 1000 http.request.method; 1.22.0: http.server.request.duration s 1000 http.request.method`},
		{"http.server.duration", "s", "http.method", `1.21.0: http.server.duration s 1 http.request.method; 1.22.0: http.server.request.duration s 1 http.request.method`},
		{"http.server.request.duration", "s", "x", `1.21.0: http.server.duration s 1 x; 1.22.0: http.server.request.duration s 1 x`},
		{"db.client.connections.usage", "{connection}", "state", `1.21.0: db.client.connections.usage {connection} 1 state; ` +
			`1.26.0: db.client.connection.count {connection} 1 db.client.connections.state; 1.28.0: db.client.connection.count {connection} 1 db.client.connection.state`},
		{"db.client.connections.use_time", "ms", "pool.name", `1.21.0: db.client.connections.use_time ms 1 pool.name; ` +
			`1.26.0: db.client.connection.use_time s 1000 db.client.connections.pool.name; 1.28.0: db.client.connection.use_time s 1000 db.client.connection.pool.name`},
		{"messaging.publish.messages", "{message}", "x", `1.21.0: messaging.publish.messages {message} 1 x; 1.28.0: messaging.client.sent.messages {message} 1 x`},
		{"messaging.publish.duration", "ms", "x", `1.21.0: messaging.publish.duration s 1000 x; 1.28.0: messaging.client.operation.duration s 1000 x`},
		{"rpc.client.duration", "ms", "rpc.system", `1.21.0: rpc.client.duration ms 1 rpc.system; 1.40.0: rpc.client.call.duration s 1000 rpc.system.name`},
		{"grpc.io/client/roundtrip_latency", "ms", "grpc_client_status", `1.21.0: rpc.client.duration ms 1 rpc.grpc.status_code; 1.40.0: rpc.client.call.duration s 1000 rpc.response.status_code`},
		{"process.runtime.jvm.memory.usage", "By", "pool", `1.21.0: process.runtime.jvm.memory.usage By 1 pool; 1.22.0: jvm.memory.usage By 1 jvm.memory.pool.name; 1.25.0: jvm.memory.used By 1 jvm.memory.pool.name`},
		{"process.runtime.jvm.buffer.usage", "By", "pool", `1.21.0: process.runtime.jvm.buffer.usage By 1 pool; 1.22.0: jvm.buffer.memory.usage By 1 jvm.buffer.pool.name; 1.28.0: jvm.buffer.memory.used By 1 jvm.buffer.pool.name`},
		{"process.runtime.jvm.threads.count", "{thread}", "daemon", `1.21.0: process.runtime.jvm.threads.count {thread} 1 daemon; 1.22.0: jvm.thread.count {thread} 1 thread.daemon; 1.23.0: jvm.thread.count {thread} 1 jvm.thread.daemon`},
		{"process.runtime.jvm.cpu.utilization", "1", "x", `1.21.0: process.runtime.jvm.cpu.recent_utilization 1 1 x; 1.22.0: jvm.cpu.recent_utilization 1 1 x`},
		{"system.cpu.time", "s", "state", `1.21.0: system.cpu.time s 1 state; 1.22.0: system.cpu.time s 1 system.cpu.state; ` +
			`1.28.0: system.cpu.time s 1 cpu.mode; 1.32.0: cpu.time s 1 cpu.mode; 1.37.0: system.cpu.time s 1 cpu.mode`},
		{"cpu.time", "s", "cpu", `1.21.0: system.cpu.time s 1 cpu; 1.22.0: system.cpu.time s 1 system.cpu.logical_number; ` +
			`1.32.0: cpu.time s 1 cpu.logical_number; 1.37.0: system.cpu.time s 1 cpu.logical_number`},
		{"process.cpu.time", "s", "state", `1.21.0: process.cpu.time s 1 state; 1.25.0: process.cpu.time s 1 process.cpu.state; 1.28.0: process.cpu.time s 1 cpu.mode`},
		{"system.network.io", "By", "device", `1.21.0: system.network.io By 1 device; 1.22.0: system.network.io By 1 system.device; 1.30.0: system.network.io By 1 network.interface.name`},
		{"system.network.io", "By", "direction", `1.21.0: system.network.io By 1 direction; 1.22.0: system.network.io By 1 system.network.direction; 1.25.0: system.network.io By 1 network.io.direction`},
		{"system.network.dropped", "{packet}", "state", `1.21.0: system.network.dropped {packet} 1 state; 1.22.0: system.network.dropped {packet} 1 system.network.state; ` +
			`1.30.0: system.network.dropped {packet} 1 network.connection.state; 1.37.0: system.network.packet.dropped {packet} 1 network.connection.state`},
		{"system.disk.io", "By", "direction", `1.21.0: system.disk.io By 1 direction; 1.22.0: system.disk.io By 1 system.disk.direction; 1.25.0: system.disk.io By 1 disk.io.direction`},
		{"system.paging.faults", "{fault}", "type", `1.21.0: system.paging.faults {fault} 1 type; 1.22.0: system.paging.faults {fault} 1 system.paging.type; 1.40.0: system.paging.faults {fault} 1 system.paging.fault.type`},
		{"system.processes.count", "{process}", "status", `1.21.0: system.processes.count {process} 1 status; 1.22.0: system.processes.count {process} 1 system.processes.status; ` +
			`1.25.0: system.process.count {process} 1 system.process.status; 1.40.0: system.process.count {process} 1 process.state`},
		{"process.open_file_descriptors", "{count}", "x", `1.21.0: process.open_file_descriptors {count} 1 x; 1.25.0: process.open_file_descriptor.count {count} 1 x; 1.40.0: process.unix.file_descriptor.count {file_descriptor} 1 x`},
		{"k8s.replication_controller.desired_pods", "{pod}", "x", `1.21.0: k8s.replication_controller.desired_pods {pod} 1 x; ` +
			`1.32.0: k8s.replicationcontroller.desired_pods {pod} 1 x; 1.40.0: k8s.replicationcontroller.pod.desired {pod} 1 x`},
		{"k8s.deployment.pod.desired", "{pod}", "x", `1.21.0: k8s.deployment.pod.desired {pod} 1 x; 1.30.0: k8s.deployment.desired_pods {pod} 1 x; 1.40.0: k8s.deployment.pod.desired {pod} 1 x`},
		{"k8s.pod.memory.paging.faults", "{fault}", "x", `1.21.0: k8s.pod.memory.paging.faults {fault} 1 x; 1.44.0: k8s.pod.paging.faults {fault} 1 x`},
	} {
		for _, target := range targets {
			m := tables[target].Metric(c.name, c.unit)
			label := c.label
			if to := m.Points.Targets(c.label, m.Place); len(to) > 0 {
				label = to[0]
			}
			got := strings.Join([]string{m.Name, m.Unit, DoubleValue(m.Divide).mustText(), label}, " ")
			if want := wanted(c.want, target); got != want {
				t.Errorf("%s in %s at %s: got %s, want %s", c.name, c.unit, target, got, want)
			}
		}
	}
}

func (v Value) mustText() string {
	text, _ := v.text()
	return text
}

// TestConvergenceAtTargets: what has been translated to an older target has only names of
// then, does not change a second time, and translated on is what it would have been.
func TestConvergenceAtTargets(t *testing.T) {
	vocabularies, err := ParseVocabularies(os.DirFS("../dialects"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vocabularies = slices.Concat(Embedded(), vocabularies)
	newest := New(Options{}, vocabularies...)
	backward := backwards(vocabularies)
	for _, target := range targets {
		table := New(Options{Target: target}, vocabularies...)
		names := table.formers
		for seed := range uint64(1000) {
			e := backward.element(rand.New(rand.NewPCG(seed, 21)))
			if e.has("feature_flag.evaluation.error.message") {
				continue // error.message, which it was for a while, does not say whose it was
			}
			var r Result
			table.Translate(e.old.input(e.place), &r)
			then := e.old.apply(&r)
			for _, x := range then {
				a := registry.Resolve(x.Key)
				if a == nil || names.inUse(a.Key) || slices.ContainsFunc(e.old, func(y attribute) bool { return x.Key == y.Key }) {
					continue
				}
				t.Fatalf("%s, seed %d: %s became %s, and %s is no name of then", target, seed, e.old, then, x.Key)
			}
			table.Translate(then.input(e.place), &r)
			if again := then.apply(&r); again.String() != then.String() {
				t.Fatalf("%s, seed %d: %s became %s and then %s", target, seed, e.old, then, again)
			}
			newest.Translate(then.input(e.place), &r)
			if got := then.apply(&r); got.String() != e.target.String() {
				t.Fatalf("%s, seed %d: %s\n became %s\n and on %s\nnot at once %s", target, seed, e.old, then, got, e.target)
			}
		}
	}
}
