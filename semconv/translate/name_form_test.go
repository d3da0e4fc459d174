package translate

import (
	"strings"
	"testing"
)

func TestRename(t *testing.T) {
	text := func(pairs ...string) func(string) string {
		return func(key string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == key {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	sql := text("db.operation.name", "SELECT", "db.namespace", "shop", "db.collection.name", "t")
	message := text("messaging.destination.name", "orders")
	server := text("http.route", "/x", "http.request.method", "GET")
	for _, c := range []struct {
		name  string
		place Place
		text  func(string) string
		want  string
	}{
		{"SELECT shop.t", Client, sql, "SELECT t"},
		{"SELECT shop.t", Server, sql, ""},
		{"SELECT t", Client, sql, ""},
		{"SELECT shop.tt", Client, sql, ""},
		{"SELECT shop.t", Client, text("db.operation.name", "SELECT"), ""},
		{"orders publish", Producer, message, "send orders"},
		{"orders process", Consumer, message, "process orders"},
		{"process orders", Consumer, message, ""},
		{"orders cancel", Consumer, message, ""},
		{"/x", Server, server, "GET /x"},
		{"GET /x", Server, server, ""},
		{"/x", Client, server, ""},
		{"/x", Server, text("http.route", "/x"), ""},
		{"", Server, text(), ""},
	} {
		if got := nameOf(Default(), c.name, c.place, c.text); got != c.want {
			t.Errorf("%q at %v: %q, want %q", c.name, c.place, got, c.want)
		}
	}
	old := New(Options{Target: "1.24.0"}, Embedded()...)
	if got := nameOf(old, "orders publish", Producer, message); got != "" {
		t.Errorf("%q, where the old form is right", got)
	}
	if got := nameOf(old, "/x", Server, server); got != "GET /x" {
		t.Errorf("%q", got)
	}
}

// nameOf translates a span with the attributes that forms are of.
func nameOf(table *Table, name string, place Place, text func(string) string) string {
	in := Input{Place: place}
	for _, key := range []string{"db.operation.name", "db.namespace", "db.collection.name", "messaging.destination.name", "http.route", "http.request.method"} {
		if v := text(key); v != "" {
			in.Keys, in.Values = append(in.Keys, key), append(in.Values, StringValue(v))
		}
	}
	in.Keys, in.Values = append(in.Keys, "http.flavor"), append(in.Values, StringValue("1.1")) // an old one
	var r Result
	table.Translate(&in, &r)
	return r.NameOf(name, text)
}

func TestFormErrors(t *testing.T) {
	for rule, want := range map[string]string{
		`{was: "{a", to: "b"}`:             "a brace without its other one",
		`{was: "a}", to: "b"}`:             "a brace without its other one",
		`{was: "{}", to: "b"}`:             "a brace without its other one",
		`{was: "plain", to: "b"}`:          "no attribute in was",
		`{was: "{a}"}`:                     "needs to",
		`{to: "{a}"}`:                      "needs to",
		`{was: "{a}", to: "b", as: lower}`: "stand alone",
		`{was: "{a}", to: "b", since: x}`:  "is no version",
	} {
		_, err := ParseVocabulary("own.yaml", []byte("vocabulary: own\nspans:\n  - "+rule+"\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "vocabulary own.yaml:3:") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", rule, err, want)
		}
	}
}
