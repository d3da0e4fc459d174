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
		if got := Default().Rename(c.name, c.place, c.text); got != c.want {
			t.Errorf("%q at %v: %q, want %q", c.name, c.place, got, c.want)
		}
	}
	old := New(Options{Target: "1.24.0"}, Embedded()...)
	if got := old.Rename("orders publish", Producer, message); got != "" {
		t.Errorf("%q, where the old form is right", got)
	}
	if got := old.Rename("/x", Server, server); got != "GET /x" {
		t.Errorf("%q", got)
	}
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
