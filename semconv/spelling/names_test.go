package spelling

import "testing"

func TestNearest(t *testing.T) {
	names := New()
	for _, name := range []string{"http.request.method", "http.request.size", "http.route", "db.namespace", "db.name.space"} {
		names.Add(name)
	}
	for name, want := range map[string]string{
		"http.request.metod":   "http.request.method",
		"http.requset.method":  "http.request.method",
		"http.rqust.method":    "http.request.method",
		"http.rqst.method":     "",
		"http.request.method":  "", // it is right
		"db.name_space":        "db.namespace",
		"db.nam.space":         "db.name.space",
		"htp.request.method":   "", // another namespace
		"http.request.methods": "http.request.method",
		"db.nam":               "", // a word of four letters, and the name goes on
		"":                     "",
	} {
		if got := names.Nearest(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"htp", "http", 1}, {"htpt", "http", 1}, {"ab", "ba", 1}, {"abc", "cab", 2}, {"code", "node", 1}, {"kitten", "mitts", 3},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: got %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("%s, %s: got %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
