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
		{"system.cpu.time", "s", "system.cpu.time", "s", 1, Point, of("cpu.mode", "user", "state", "idle"), of("cpu.mode", "user")},
		{"system.cpu.time", "s", "system.cpu.time", "s", 1, Point, of("cpu.mode", "kernel", "system.cpu.state", "idle"), of("cpu.mode", "system")},
		{"process.cpu.time", "s", "process.cpu.time", "s", 1, Point, of("state", "idle", "cpu.mode", "user"), of("cpu.mode", "user")},
		{"process.cpu.time", "s", "process.cpu.time", "s", 1, Point, of("process.cpu.state", "idle", "cpu.mode", "user"), of("cpu.mode", "user")},
		{"rpc.client.duration", "ms", "rpc.client.call.duration", "s", 1000, Client, of("rpc.method", "a.S/m", "rpc.service", "a.S"), of("rpc.method", "a.S/m")},
		{"system.cpu.time", "s", "system.cpu.time", "s", 1, Point, of("cpu", "3"), of("cpu.logical_number", 3)},
		{"k8s.deployment.desired_pods", "{pod}", "k8s.deployment.pod.desired", "{pod}", 1, Point, nil, nil},
		// One number for several series, and page faults with the major ones among them.
		{"k8s.pod.phase", "", "k8s.pod.phase", "", 1, Point, nil, nil},
		{"k8s.node.condition_ready", "{condition}", "k8s.node.condition_ready", "{condition}", 1, Point, nil, nil},
		{"k8s.node.memory.page_faults", "1", "k8s.node.memory.page_faults", "1", 1, Point, nil, nil},
		{"k8s.pod.memory.major_page_faults", "1", "k8s.pod.memory.major_page_faults", "1", 1, Point, nil, nil},
		{"container.memory.page_faults", "1", "container.memory.page_faults", "1", 1, Point, nil, nil},
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

// TestLabelsGiveWay: beside the new label the old ones are counted, as attributes are.
func TestLabelsGiveWay(t *testing.T) {
	for _, c := range []struct {
		labels                attributes
		conflicts, duplicates int
	}{
		{of("cpu.mode", "user", "state", "idle"), 1, 0},
		{of("cpu.mode", "user", "system.cpu.state", "idle"), 1, 0},
		{of("cpu.mode", "user", "state", "user"), 0, 1},
		{of("cpu.mode", "kernel", "state", "kernel"), 0, 1},
		{of("cpu.mode", "user", "state", "idle", "system.cpu.state", "user"), 1, 1},
	} {
		var r Result
		Default().Metric("system.cpu.time", "s").Points.Translate(c.labels.input(Point), &r)
		if r.Conflicts != c.conflicts || r.Duplicates != c.duplicates {
			t.Errorf("%s: %d conflicts, %d duplicates", c.labels, r.Conflicts, r.Duplicates)
		}
	}
	var r Result
	in := of("cpu.mode", "kernel", "state", "idle")
	New(Options{OldWins: true}, Embedded()...).Metric("system.cpu.time", "s").Points.Translate(in.input(Point), &r)
	if got := in.apply(&r); got.String() != `cpu.mode="idle"` || r.Conflicts != 1 {
		t.Errorf("where the old wins: got %s, %d conflicts", got, r.Conflicts)
	}
}

func TestOverride(t *testing.T) {
	table := custom(t, Options{}, "  - to: cpu.mode\n    from: [a, {key: b, override: true}]\n")
	for _, c := range []struct{ in, want attributes }{
		{of("cpu.mode", "user", "a", "idle"), of("cpu.mode", "user")},
		{of("cpu.mode", "user", "a", "idle", "b", "nice"), of("cpu.mode", "nice")},
		{of("cpu.mode", "kernel", "b", "nice"), of("cpu.mode", "nice")},
		{of("a", "idle", "b", "nice"), of("cpu.mode", "idle")},
	} {
		var r Result
		table.Translate(c.in.input(Point), &r)
		if got := c.in.apply(&r); got.String() != c.want.String() {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}
