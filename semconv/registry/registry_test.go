package registry

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		key         string
		typ         Type
		stability   Stability
		deprecation Deprecation
		to, since   string
	}{
		{"http.request.method", String | Enum, Stable, Live, "", ""},
		{"http.response.status_code", Int, Stable, Live, "", ""},
		{"http.method", String, Development, Renamed, "http.request.method", "1.21.0"},
		{"http.request.header", Strings | Template, Stable, Live, "", ""},
		{"db.user", String, Development, Obsoleted, "", "1.26.0"},
		{"net.sock.family", String | Enum, Development, Uncategorized, "", "1.21.0"},
		{"rpc.grpc.status_code", Int | Enum, Development, Uncategorized, "", "1.39.0"},
		{"rpc.system", String | Enum, Development, Renamed, "rpc.system.name", "1.39.0"},
		{"client.address", String, Stable, Live, "", ""}, // from a definition/2 file
		{"gen_ai.operation.name", String | Enum, Development, Live, "", ""},
		{"gen_ai.system", String | Enum, Development, Renamed, "gen_ai.provider.name", "1.37.0"},
		{"mcp.method.name", String | Enum, Development, Live, "", ""},
		{"messaging.message_id", Any, Development, Absent, "messaging.message.id", "1.17.0"},
		{"server.socket.address", Any, Development, Absent, "", "1.22.0"},
	} {
		a := Lookup(c.key)
		if a == nil {
			t.Errorf("%s: not found", c.key)
			continue
		}
		if a.Type != c.typ || a.Stability != c.stability || a.Deprecation != c.deprecation || a.RenamedTo != c.to || a.Since != c.since {
			t.Errorf("%s: got %+v", c.key, *a)
		}
	}
	for _, key := range []string{"", "http", "http.request.methods", "zzz", "my.own"} {
		if a := Lookup(key); a != nil {
			t.Errorf("%q: found %+v", key, *a)
		}
	}
}

func TestResolve(t *testing.T) {
	for key, want := range map[string]string{
		"http.request.header.content-type": "http.request.header",
		"http.request.header.a.b":          "http.request.header",
		"http.request.header":              "http.request.header",
		"http.request.method":              "http.request.method",
		"http.request.method.x":            "", // no template
		"http.request.headers.x":           "",
		".":                                "",
	} {
		got := ""
		if a := Resolve(key); a != nil {
			got = a.Key
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}

// The figures of the core registry 1.44.0; what moved to the GenAI registry counts as
// live. Absent names come on top.
func TestCounts(t *testing.T) {
	count := func(name string, want map[Deprecation]int, each func(yield func(Deprecation))) {
		t.Helper()
		got := map[Deprecation]int{}
		each(func(d Deprecation) { got[d]++ })
		for d := Live; d <= Absent; d++ {
			if got[d] != want[d] {
				t.Errorf("%s: %d %s, want %d", name, got[d], d, want[d])
			}
		}
	}
	// 940 in the core: 734 live, 97 renamed, 87 uncategorized, 22 obsoleted. Of the
	// uncategorized, 58 are live in the GenAI registry and 8 renamed there.
	count("attributes", map[Deprecation]int{Live: 792, Renamed: 105, Uncategorized: 21, Obsoleted: 22, Absent: 79}, func(yield func(Deprecation)) {
		for _, a := range Attributes() {
			yield(a.Deprecation)
		}
	})
	// 541 in the core: 444 live, 71 renamed, 16 uncategorized (11 of them moved), 10
	// obsoleted.
	count("metrics", map[Deprecation]int{Live: 455, Renamed: 71, Uncategorized: 5, Obsoleted: 10, Absent: 33}, func(yield func(Deprecation)) {
		for _, m := range Metrics() {
			if m.Refinement == "" {
				yield(m.Deprecation)
			}
		}
	})
	count("events", map[Deprecation]int{Live: 25, Renamed: 1, Uncategorized: 5, Obsoleted: 1}, func(yield func(Deprecation)) {
		for _, e := range Events() {
			yield(e.Deprecation)
		}
	})
	count("entities", map[Deprecation]int{Live: 63, Obsoleted: 1}, func(yield func(Deprecation)) {
		for _, e := range Entities() {
			yield(e.Deprecation)
		}
	})
	count("spans", map[Deprecation]int{Live: 78}, func(yield func(Deprecation)) {
		for _, s := range Spans() {
			if s.Refines == "" {
				yield(s.Deprecation)
			}
		}
	})
	if n := len(Spans()) - 78; n != 35 {
		t.Errorf("%d refinements of spans, want 35", n)
	}
	if n := len(Metrics()) - 541 - 33; n != 21 {
		t.Errorf("%d refinements of metrics, want 21", n)
	}
}

func TestStabilityCounts(t *testing.T) {
	stable := map[string]int{}
	for _, a := range Attributes() {
		if a.Deprecation == Live && a.Stability == Stable {
			stable["attributes"]++
		}
	}
	for _, m := range Metrics() {
		if m.Deprecation == Live && m.Stability == Stable {
			stable["metrics"]++
		}
	}
	for _, s := range Spans() {
		if s.Stability == Stable {
			stable["spans"]++
		}
	}
	for _, e := range Entities() {
		if e.Stability == Stable {
			stable["entities"]++
		}
	}
	for what, want := range map[string]int{"attributes": 121, "metrics": 51, "spans": 8, "entities": 5} {
		if stable[what] != want {
			t.Errorf("%d stable %s, want %d", stable[what], what, want)
		}
	}
}

func TestTablesAreSorted(t *testing.T) {
	sorted(t, "attributes", Attributes(), func(a Attribute) string { return a.Key })
	sorted(t, "metrics", Metrics(), func(m Metric) string { return m.Name + "\x00" + m.Refinement })
	sorted(t, "spans", Spans(), func(s Span) string { return s.ID })
	sorted(t, "events", Events(), func(e Event) string { return e.Name })
	sorted(t, "entities", Entities(), func(e Entity) string { return e.Type })
	sorted(t, "groups", Groups(), func(g Group) string { return g.ID })
}

func sorted[T any](t *testing.T, what string, table []T, name func(T) string) {
	for i := 1; i < len(table); i++ {
		if cmp.Compare(name(table[i-1]), name(table[i])) >= 0 {
			t.Errorf("%s: %q is not before %q", what, name(table[i-1]), name(table[i]))
		}
	}
}

func TestAttributesAreConsistent(t *testing.T) {
	for i := range attributes {
		a := &attributes[i]
		if (a.Type&Enum != 0) != (len(a.Members()) > 0) {
			t.Errorf("%s: type %d with %d members", a.Key, a.Type, len(a.Members()))
		}
		if a.On == 0 {
			t.Errorf("%s may stand nowhere", a.Key)
		}
		consistent(t, a.Key, &a.Retirement, func(name string) *Retirement {
			if to := Lookup(name); to != nil {
				return &to.Retirement
			}
			return nil
		})
	}
}

func TestSignalsAreConsistent(t *testing.T) {
	use := func(name string, uses []Use) {
		sorted(t, name, uses, func(u Use) string { return u.Key })
		for _, u := range uses {
			if a := Lookup(u.Key); a == nil || a.Deprecation == Absent {
				t.Errorf("%s: unknown attribute %s", name, u.Key)
			}
		}
	}
	for _, m := range Metrics() {
		use(m.Name, m.Attributes)
		consistent(t, m.Name, &m.Retirement, func(name string) *Retirement {
			if to := LookupMetric(name); to != nil {
				return &to.Retirement
			}
			return nil
		})
		for _, e := range m.Entities {
			if LookupEntity(e) == nil {
				t.Errorf("%s: unknown entity %s", m.Name, e)
			}
		}
		if m.Deprecation != Absent && (m.Instrument == NoInstrument || m.Unit == "") {
			t.Errorf("%s: instrument %s, unit %q", m.Name, m.Instrument, m.Unit)
		}
	}
	for _, s := range Spans() {
		use(s.ID, s.Attributes)
		if s.Refines != "" && LookupSpan(s.Refines) == nil {
			t.Errorf("%s refines the unknown %s", s.ID, s.Refines)
		}
	}
	for _, e := range Events() {
		use(e.Name, e.Attributes)
		consistent(t, e.Name, &e.Retirement, func(name string) *Retirement {
			if to := LookupEvent(name); to != nil {
				return &to.Retirement
			}
			return nil
		})
	}
	for _, e := range Entities() {
		use(e.Type, e.Attributes)
	}
	for _, g := range Groups() {
		use(g.ID, g.Attributes)
	}
}

// consistent checks that a retirement says what its reason promises, and that its
// names resolve: a rename to a name that ends in use.
func consistent(t *testing.T, name string, r *Retirement, lookup func(string) *Retirement) {
	t.Helper()
	if r.Deprecation == Renamed && r.RenamedTo == "" || r.RenamedTo != "" && r.Deprecation != Renamed && r.Deprecation != Absent {
		t.Errorf("%s: %s to %q", name, r.Deprecation, r.RenamedTo)
	}
	to := r
	for hops := 0; to != nil && to.RenamedTo != ""; hops++ {
		if to = lookup(to.RenamedTo); hops == 8 {
			t.Fatalf("%s: renamed in circles", name)
		}
	}
	if to == nil || r.RenamedTo != "" && to.Deprecation != Live {
		t.Errorf("%s: renamed to %s, which is not in use", name, r.RenamedTo)
	}
	for _, instead := range r.Instead {
		if to := lookup(instead); to == nil || to.Deprecation != Live {
			t.Errorf("%s: instead %s, which is not in use", name, instead)
		}
	}
	if r.Deprecation == Live && (r.Since != "" || r.Instead != nil) {
		t.Errorf("%s is live, but retired since %q", name, r.Since)
	}
}

func TestMembers(t *testing.T) {
	method := Lookup("http.request.method")
	if m := method.Member("PATCH"); m == nil || m.Stability != Stable || m.ID != "patch" {
		t.Errorf("http.request.method has no PATCH: %+v", method.Members())
	}
	if m := method.Member("FROB"); m != nil {
		t.Errorf("found %+v", m)
	}
	if m := Lookup("messaging.operation.type").Member("publish"); m == nil || m.Deprecation != Renamed || m.RenamedTo != "send" {
		t.Errorf("publish: %+v", m)
	}
	if Lookup("url.full").Members() != nil {
		t.Error("url.full is no enum")
	}
	n, retired := 0, 0
	for _, a := range Attributes() {
		for _, m := range a.Members() {
			if n++; m.Deprecation != Live {
				retired++
			}
		}
	}
	if n < 989 || retired < 24 {
		t.Errorf("%d members, %d of them retired", n, retired)
	}
}

func TestInstead(t *testing.T) {
	for key, want := range map[string]string{
		"http.target":           "url.path url.query",
		"db.connection_string":  "server.address server.port",
		"code.namespace":        "code.function.name",
		"server.socket.address": "network.peer.address network.local.address",
		"type":                  "jvm.memory.type system.paging.fault.type system.filesystem.type process.context_switch.type",
		"event.name":            "",
	} {
		if got := strings.Join(Lookup(key).Instead, " "); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	if got := LookupMetric("rpc.server.duration").Instead; !slices.Equal(got, []string{"rpc.server.call.duration"}) {
		t.Errorf("rpc.server.duration: %v", got)
	}
}

func TestPlaces(t *testing.T) {
	for key, want := range map[string]Places{
		"k8s.pod.uid":         OnResource,
		"db.query.text":       OnSpan | OnMetric,
		"url.template":        OnSpan | OnMetric,
		"aws.s3.bucket":       OnSpan,
		"hw.sensor_location":  OnMetric,
		"session.id":          Anywhere, // a group of its own
		"network.peer.port":   Anywhere,
		"geo.locality.name":   Anywhere, // nowhere mentioned
		"state":               OnMetric, // the label of one metric
		"pool.name":           OnMetric,
		"type":                OnMetric,
		"exception.message":   Anywhere,
		"http.request.method": OnSpan | OnMetric,
	} {
		if a := Lookup(key); a == nil || a.On != want {
			t.Errorf("%s: %+v, want places %b", key, a, want)
		}
	}
}

func TestMetric(t *testing.T) {
	m := LookupMetric("http.server.request.duration")
	if m == nil || m.Instrument != Histogram || m.Unit != "s" || m.ValueType != Double || m.Stability != Stable {
		t.Fatalf("got %+v", m)
	}
	if u := m.Attribute("http.request.method"); u == nil || u.Level != Required {
		t.Errorf("http.request.method: %+v", u)
	}
	if u := m.Attribute("http.response.status_code"); u == nil || u.Level != ConditionallyRequired {
		t.Errorf("http.response.status_code: %+v", u)
	}
	if u := m.Attribute("db.query.text"); u != nil {
		t.Errorf("db.query.text: %+v", u)
	}
	if m := LookupMetric("http.server.duration"); m == nil || m.Deprecation != Absent || m.RenamedTo != "http.server.request.duration" {
		t.Errorf("http.server.duration: %+v", m)
	}
	if m := LookupMetric("gen_ai.client.token.usage"); m == nil || m.Deprecation != Live {
		t.Errorf("gen_ai.client.token.usage: %+v", m)
	}
	if LookupMetric("http.server.request") != nil {
		t.Error("found a prefix")
	}
	if m := LookupMetric("hw.status"); m == nil || m.Refinement != "" {
		t.Errorf("hw.status: %+v", m)
	}
	refined := MetricRefinements("hw.status")
	if len(refined) == 0 || refined[0].Name != "hw.status" || refined[0].Instrument != UpDownCounter {
		t.Errorf("hw.status is refined by %+v", refined)
	}
	if r := MetricRefinements("zzz"); len(r) != 0 {
		t.Errorf("zzz is refined by %+v", r)
	}
}

// Each resolved through several extends, or refinements and groups.
func TestRequiredOnSpans(t *testing.T) {
	for id, want := range map[string]string{
		"http.client":                      "http.request.method server.address server.port url.full",
		"span.http.server":                 "http.request.method url.path url.scheme",
		"db.client":                        "db.system.name",
		"rpc.call.client":                  "rpc.system.name",
		"messaging.send.producer":          "messaging.operation.name messaging.system",
		"faas.timer.server":                "faas.trigger",
		"faas.client":                      "faas.invoked_name faas.invoked_provider",
		"messaging.rocketmq.send.producer": "messaging.operation.name messaging.rocketmq.namespace messaging.system",
	} {
		s := LookupSpan(id)
		if s == nil {
			t.Errorf("%s: not found", id)
			continue
		}
		var required []string
		for _, u := range s.Attributes {
			if u.Level == Required {
				required = append(required, u.Key)
			}
		}
		if got := strings.Join(required, " "); got != want {
			t.Errorf("%s: requires %s, want %s", id, got, want)
		}
	}
	if s := LookupSpan("messaging.kafka.process.consumer"); s.Kind != Consumer || s.Refines != "messaging.process.consumer" {
		t.Errorf("got %+v", s)
	}
}

func TestEventsAndEntities(t *testing.T) {
	if e := LookupEvent("az.resource.log"); e == nil || e.RenamedTo != "azure.resource.log" {
		t.Errorf("az.resource.log: %+v", e)
	}
	pod := LookupEntity("k8s.pod")
	if pod == nil || !pod.Attribute("k8s.pod.uid").Identifying || pod.Attribute("k8s.pod.name").Identifying {
		t.Errorf("k8s.pod: %+v", pod)
	}
	if LookupEntity("k8s") != nil || LookupEvent("gen_ai") != nil || LookupSpan("span.") != nil || LookupGroup("") != nil {
		t.Error("found what is not there")
	}
	if EventRefinements("exception") != nil && len(EventRefinements("exception")) > 0 {
		t.Error("exception has refinements")
	}
}

func TestLink(t *testing.T) {
	for key, want := range map[string]string{
		"http.response.status_code": "https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/#http-response-status-code",
		"feature_flag.key":          "https://opentelemetry.io/docs/specs/semconv/registry/attributes/feature-flag/#feature-flag-key",
		"messaging.message_id":      "",
	} {
		if got := Lookup(key).Link(); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}

func TestLookupsAllocateNothing(t *testing.T) {
	for _, r := range map[string]*Registry{"embedded": Default(), "merged": Default().With(Conventions{})} {
		if n := testing.AllocsPerRun(100, func() {
			_ = r.Lookup("http.request.method").Member("PUT")
			_ = r.Resolve("http.request.header.accept")
			_ = r.LookupMetric("http.server.request.duration").Attribute("http.route")
			_ = r.MetricRefinements("hw.status")
			_ = r.LookupSpan("span.http.client")
			_ = r.LookupEvent("exception")
			_ = r.LookupEntity("service")
			_ = r.LookupGroup("client")
			_, _ = r.Attributes(), r.Metrics()
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Lookup("messaging.destination.name")
	}
}

func BenchmarkLookupMiss(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Lookup("acme.order.id")
	}
}

func BenchmarkResolveTemplate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Resolve("http.request.header.content-type")
	}
}

func BenchmarkLookupMetric(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		LookupMetric("http.server.request.duration")
	}
}

func BenchmarkLookupSpan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		LookupSpan("span.http.server")
	}
}

// TestHistory: the versions between which names were in use, and what took over first.
func TestHistory(t *testing.T) {
	for _, c := range []struct{ key, introduced, since, via string }{
		{"messaging.kafka.consumer_group", "", "1.17.0", "messaging.kafka.consumer.group"},
		{"messaging.kafka.consumer.group", "", "1.27.0", ""},
		{"messaging.consumer.group.name", "1.27.0", "", ""},
		{"net.app.protocol.name", "", "1.20.0", "net.protocol.name"},
		// The schema file has these in 1.25, whose model still had the old names.
		{"db.statement", "", "1.26.0", ""},
		{"db.query.text", "1.26.0", "", ""},
		// It names a typo, and renames to what never was: neither is a step.
		{"io.state", "1.31.0", "1.31.0", ""},
		{"system.network.io.direction", "1.24.0", "1.24.0", ""},
		{"protocol", "", "1.22.0", ""},
	} {
		if a := Lookup(c.key); a == nil || a.Introduced != c.introduced || a.Since != c.since || a.Via != c.via {
			t.Errorf("%s: got %+v", c.key, a)
		}
	}
	for _, c := range []struct{ name, introduced, since, via string }{
		{"cpu.time", "1.31.0", "1.35.0", ""},
		{"k8s.replication_controller.desired_pods", "1.30.0", "1.31.0", "k8s.replicationcontroller.desired_pods"},
		{"rpc.client.call.duration", "1.39.0", "", ""},
	} {
		if m := LookupMetric(c.name); m == nil || m.Introduced != c.introduced || m.Since != c.since || m.Via != c.via {
			t.Errorf("%s: got %+v", c.name, m)
		}
	}
	if m := Lookup("cloud.platform").Member("azure_vm"); m.Since != "1.35.0" || m.RenamedTo != "azure.vm" {
		t.Errorf("azure_vm: got %+v", *m)
	}
}
