package semconv

import (
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

func TestEvent(t *testing.T) {
	older := NewJudge(registry.Default(), translate.New(translate.Options{Target: "1.27.0"}, translate.Embedded()...))
	for _, c := range []struct{ name, want, older string }{
		{"exception", "", ""},
		{"", "", ""},
		{"sold out", "", ""},
		{"db. broke", "", ""},
		{"shop.sold", "", ""},
		{"browser.web_vital", "", ""},
		{"browser.web_vitals", "unknown browser.web_vitals -> [browser.web_vital];", "unknown browser.web_vitals -> [browser.web_vital];"},
		{"browsr.web_vital", "unknown browsr.web_vital -> [browser.web_vital];", "unknown browsr.web_vital -> [browser.web_vital];"},
		{"db.connection.lost", "unknown db.connection.lost;", "unknown db.connection.lost;"},
		{"rpc.message", "retired rpc.message;", "retired rpc.message;"},
		{"az.resource.log", "retired az.resource.log -> [azure.resource.log];", ""},
		{"azure.resource.log", "", "too_new azure.resource.log -> [az.resource.log] (, want 1.27.0);"},
	} {
		if got := describe(judge.Event(c.name)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if got := describe(older.Event(c.name)); got != c.older {
			t.Errorf("%s at 1.27.0: got %q, want %q", c.name, got, c.older)
		}
	}
}

// TestMissingIsNoneTooNew: nobody is asked for an attribute that the target version has not.
func TestMissingIsNoneTooNew(t *testing.T) {
	older := NewJudge(registry.Default(), translate.New(translate.Options{Target: "1.27.0"}, translate.Embedded()...))
	chat := spanOf("chat gpt-4", translate.Client, map[string]string{"gen_ai.operation.name": "chat"})
	if got, want := describe(judge.Span(chat)), "missing gen_ai.provider.name;"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := describe(older.Span(chat)); got != "" {
		t.Errorf("at 1.27.0: got %q", got)
	}
}
