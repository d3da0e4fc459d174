package translate

import (
	"fmt"
	"slices"
	"testing"
)

func find(conversions []Conversion, from, to string) *Conversion {
	i := slices.IndexFunc(conversions, func(c Conversion) bool { return slices.Contains(c.From, from) && c.To == to })
	if i < 0 {
		return nil
	}
	return &conversions[i]
}

func TestConversions(t *testing.T) {
	all := Default().Conversions()
	for _, c := range []struct{ from, to, how string }{
		{"http.method", "http.request.method", "method"},
		{"rpc.service", "rpc.method", "joined by /"},
		{"db.system", "db.system.name", "values mapped"},
		{"http.server.duration", "http.server.request.duration", "from ms to s"},
		{"k8s.pod.labels.*", "k8s.pod.label.*", ""},
	} {
		got := find(all, c.from, c.to)
		if got == nil || got.How != c.how && c.from != "http.server.duration" {
			t.Errorf("%s to %s: %+v, want how %q", c.from, c.to, got, c.how)
		}
	}
	if again := New(Options{}, Embedded()...).Conversions(); !slices.EqualFunc(all, again, func(a, b Conversion) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Error("another order the second time")
	}
	if c := find(all, "cloud.platform", "cloud.platform"); c == nil || c.How != "azure_aks to azure.aks" || c.Since != "1.35.0" {
		t.Errorf("cloud.platform: %+v", c)
	}
	if c := find(all, "net.peer.name", "client.address"); c == nil || !slices.Equal(c.On, []string{"server", "consumer"}) {
		t.Errorf("net.peer.name to client.address: %+v", c)
	}
}

// TestDiffAgreesWithTables: a name that is in use at one target and stands in no line of a
// diff is in use at the other too, and one that does is not.
func TestDiffAgreesWithTables(t *testing.T) {
	for _, c := range [][2]string{{"1.21.0", "1.25.0"}, {"1.25.0", "1.28.0"}, {"1.28.0", "1.34.0"}, {"1.34.0", "1.37.0"}, {"1.37.0", "1.44.0"}, {"1.21.0", "1.44.0"}} {
		diff := Diff(c[0], c[1], Embedded()...)
		from, to := New(Options{Target: c[0]}, Embedded()...), New(Options{Target: c[1]}, Embedded()...)
		listed := func(signal, name string) bool {
			return slices.ContainsFunc(diff, func(d Conversion) bool { return d.Signal == signal && slices.Contains(d.From, name) })
		}
		all := from.options.registry().Attributes()
		for i := range all {
			a := &all[i]
			if !from.formers.inUse(a.Key) || bare(a.Key) {
				continue
			}
			converted := false
			for place := Resource; place <= Record; place <<= 1 {
				if was := from.Targets(a.Key, place); slices.ContainsFunc(was, func(k string) bool { return k != a.Key }) && !from.conditional(a.Key) {
					t.Errorf("at %s %s is in use and becomes %v", c[0], a.Key, was)
				}
				converted = converted || len(to.Targets(a.Key, place)) > len(from.Targets(a.Key, place))
			}
			if converted && !listed("attribute", a.Key) {
				t.Errorf("from %s to %s: %s is converted and not listed", c[0], c[1], a.Key)
			}
		}
		metrics := from.options.registry().Metrics()
		for i := range metrics {
			m := &metrics[i]
			if !metricFormers(&from.options).inUse(m.Name) || from.Metric(m.Name, m.Unit).Name != m.Name {
				continue
			}
			if got := to.Metric(m.Name, m.Unit).Name != m.Name; got != listed("metric", m.Name) {
				t.Errorf("from %s to %s: %s is converted: %v, listed: %v", c[0], c[1], m.Name, got, !got)
			}
		}
	}
}

// conditional says whether a key is read under conditions only: beside a mark of
// something else it means another thing.
func (t *Table) conditional(name string) bool {
	k, _ := t.lookup(name)
	return k == nil || !slices.ContainsFunc(k.gives, func(c contribution) bool {
		s := c.source
		return len(s.Has)+len(s.Lacks)+len(s.Any)+len(s.Equals) == 0 && len(s.Keys) == 1
	})
}

func TestDiff(t *testing.T) {
	diff := Diff("1.26.0", "1.27.0", Embedded()...)
	if find(diff, "deployment.environment", "deployment.environment.name") == nil {
		t.Errorf("deployment.environment is not among %+v", diff)
	}
	if c := find(diff, "http.method", "http.request.method"); c != nil {
		t.Errorf("http.method was retired before: %+v", c)
	}
	if c := find(Diff("1.25.0", "1.28.0", Embedded()...), "system.cpu.state", "cpu.mode"); c == nil || c.Since != "1.27.0" {
		t.Errorf("system.cpu.state: %+v", c)
	}
	labels := Diff("1.21.0", "1.22.0", Embedded()...)
	if i := slices.IndexFunc(labels, func(c Conversion) bool { return c.To == "system.cpu.state" }); i < 0 ||
		labels[i].Signal != "label" || labels[i].From[0] != "state" || !slices.Equal(labels[i].Metrics, []string{"system.cpu.time", "system.cpu.utilization"}) {
		t.Errorf("the label state is not among %+v", labels)
	}
	if c := find(Diff("1.30.0", "1.32.0", Embedded()...), "system.cpu.time", "cpu.time"); c == nil || c.Since != "1.31.0" {
		t.Errorf("system.cpu.time: %+v", c)
	}
	if n := len(Diff("1.44.0", "1.44.0", Embedded()...)); n != 0 {
		t.Errorf("%d changes between a version and itself", n)
	}
}
