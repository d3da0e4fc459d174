package golangci_test

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	_ "github.com/koine-otel/koine/semconv-lint/golangci"
	"github.com/koine-otel/koine/semconv-lint/internal/gomodule"
)

// TestPlugin finds the plugin as golangci-lint does, and runs its analyzer.
func TestPlugin(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/module.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := gomodule.Unpack(t, archive)
	create, err := register.GetPlugin("semconv")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := create(map[string]any{"tier": "A", "target": "1.30.0", "least": "note", "rules": map[string]string{"old-convention-package": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	if mode := plugin.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("the load mode is %s", mode)
	}
	all, err := plugin.BuildAnalyzers()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	analysistest.Run(t, dir, all[0], "./...")
}

func TestBadSettings(t *testing.T) {
	create, err := register.GetPlugin("semconv")
	if err != nil {
		t.Fatal(err)
	}
	for _, settings := range []map[string]any{
		{"tier": "Z"}, {"least": "loud"}, {"unknown": 1}, {"rules": map[string]string{"retired-attribute": "loud"}},
	} {
		if _, err := create(settings); err == nil {
			t.Errorf("%v is taken", settings)
		}
	}
	if _, err := create(nil); err != nil {
		t.Error(err)
	}
}
