package translate

import "testing"

func TestMetric(t *testing.T) {
	for _, c := range []struct {
		name, unit   string
		to, toUnit   string
		divide       float64
		place        Place
		labels, want attributes
	}{
		{"http.server.duration", "ms", "http.server.request.duration", "s", 1000, Server,
			of("http.method", "GET", "net.peer.name", "me"), of("http.request.method", "GET", "client.address", "me")},
		{"http.server.duration", "s", "http.server.request.duration", "s", 1, Server, nil, nil},
		{"http.server.duration", "", "http.server.duration", "", 1, Server, nil, nil},
		{"http.client.request.duration", "s", "http.client.request.duration", "s", 1, Client, nil, nil},
		{"db.client.connections.usage", "{connection}", "db.client.connection.count", "{connection}", 1, Client,
			of("state", "idle", "pool.name", "a"), of("db.client.connection.state", "idle", "db.client.connection.pool.name", "a")},
		{"db.client.connection.count", "{connection}", "db.client.connection.count", "{connection}", 1, Client,
			of("state", "idle"), of("db.client.connection.state", "idle")},
		{"my.own", "ms", "my.own", "ms", 1, Point, of("state", "idle", "http.method", "GET"), of("state", "idle", "http.request.method", "GET")},
		{"messaging.receive.duration", "ms", "messaging.client.operation.duration", "s", 1000, Producer,
			of("messaging.system", "kafka"), of("messaging.system", "kafka", "messaging.operation.name", "receive")},
		{"messaging.client.operation.duration", "s", "messaging.client.operation.duration", "s", 1, Producer,
			of("messaging.system", "kafka"), of("messaging.system", "kafka")},
		{"system.cpu.time", "s", "system.cpu.time", "s", 1, Point, of("state", "kernel", "cpu", "cpu0"), of("cpu.mode", "system", "cpu", "cpu0")},
		{"system.cpu.time", "s", "system.cpu.time", "s", 1, Point, of("cpu", "3"), of("cpu.logical_number", 3)},
		{"k8s.deployment.desired_pods", "{pod}", "k8s.deployment.pod.desired", "{pod}", 1, Point, nil, nil},
		{"process.runtime.jvm.memory.usage", "By", "jvm.memory.used", "By", 1, Point, of("type", "heap", "pool", "eden"), of("jvm.memory.type", "heap", "jvm.memory.pool.name", "eden")},
		{"jvm.system.cpu.load_1m", "1", "jvm.system.cpu.load_1m", "{run_queue_item}", 1, Point, nil, nil},
	} {
		m := Default().Metric(c.name, c.unit)
		if m.Name != c.to || m.Unit != c.toUnit || m.Divide != c.divide || m.Place != c.place {
			t.Errorf("%s in %s: got %s in %s, divided by %v, at %b", c.name, c.unit, m.Name, m.Unit, m.Divide, m.Place)
		}
		var r Result
		m.Points.Translate(c.labels.input(m.Place), &r)
		got := c.labels.apply(&r)
		if got.String() != c.want.String() {
			t.Errorf("%s: points got %s, want %s", c.name, got, c.want)
		}
		again := Default().Metric(m.Name, m.Unit)
		if again.Name != m.Name || again.Unit != m.Unit || again.Divide != 1 {
			t.Errorf("%s: the second time %+v", m.Name, again)
		}
		again.Points.Translate(got.input(again.Place), &r)
		if then := got.apply(&r); then.String() != got.String() {
			t.Errorf("%s: the second time points got %s", m.Name, then)
		}
	}
}
