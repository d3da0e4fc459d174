package symbols

import "testing"

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		path, name string
		want       Symbol
	}{
		{"v1.17.0", "DBSystemMySQL", Symbol{Value, "DBSystemMySQL", "db.system", "String", "mysql"}},
		{"v1.24.0", "HTTPMethodKey", Symbol{Key, "HTTPMethodKey", "http.method", "", ""}},
		{"v1.24.0", "PeerService", Symbol{Function, "PeerService", "peer.service", "string", ""}},
		{"v1.40.0", "DBSystemNameMySQL", Symbol{Value, "DBSystemNameMySQL", "db.system.name", "String", "mysql"}},
		{"v1.40.0/httpconv", "NewClientActiveRequests", Symbol{Metric, "NewClientActiveRequests", "http.client.active_requests", "", ""}},
		{"v1.40.0", "NoSuch", Symbol{}},
		{"v1.40.0", "DBSystemMySQL", Symbol{}},
	} {
		got, _ := Of(Root + c.path).Lookup(c.name)
		if got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.path, c.name, got, c.want)
		}
	}
	for _, path := range []string{"", "fmt", Root + "v1.3.0", Root + "v1.40.0/noconv", Root} {
		if Of(path) != nil {
			t.Errorf("%q is known", path)
		}
	}
}

func TestOfKey(t *testing.T) {
	found := Of(Root+"v1.40.0").OfKey(Key, "http.route")
	if len(found) != 1 || found[0].Name != "HTTPRouteKey" {
		t.Errorf("%+v", found)
	}
	if n := len(loaded().versions); n < 39 || loaded().versions[n-1] < "v1.43.0" {
		t.Errorf("%v", loaded().versions)
	}
}
