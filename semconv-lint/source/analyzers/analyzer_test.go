package analyzers_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/internal/gomodule"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/analyzers"
)

func unpack(t *testing.T) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/module.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return gomodule.Unpack(t, archive)
}

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, unpack(t), analyzers.Analyzer, "./...")
}

func TestSettings(t *testing.T) {
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{{Name: "a.go", Data: []byte(`package a

import "go.opentelemetry.io/otel/attribute"

var names = []string{"http.url"}

var method = attribute.String("http.method", "GET") // want ` + "`http.method is retired`" + `
`)}}})
	analysistest.Run(t, dir, analyzers.New(analyzers.Options{Tier: source.A}), ".")
	a := analyzers.New(analyzers.Options{})
	for name, value := range map[string]string{"tier": "a", "target": "1.30.0", "least": "error", "rule": "unknown-attribute=off"} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	for name, value := range map[string]string{"tier": "x", "least": "loud", "rule": "unknown-attribute"} {
		if a.Flags.Set(name, value) == nil {
			t.Errorf("-%s %s is taken", name, value)
		}
	}
	analysistest.Run(t, dir, a, ".")
	a.Flags.VisitAll(func(f *flag.Flag) {
		if f.Usage == "" {
			t.Errorf("-%s says nothing", f.Name)
		}
	})
	off := analyzers.New(analyzers.Options{Severities: map[string]semconvlint.Severity{"retired-attribute": semconvlint.Off}})
	if result := analysistest.Run(quiet{t}, dir, off, "."); len(result) != 1 || len(result[0].Diagnostics) != 0 {
		t.Errorf("%+v", result)
	}
}

// quiet takes it well that what is wanted is not found.
type quiet struct{ t *testing.T }

func (q quiet) Errorf(format string, args ...any) { q.t.Logf(format, args...) }

func TestIsVet(t *testing.T) {
	for args, want := range map[string]bool{
		"": false, "-V=full": true, "-flags": true, "vet.cfg": true, "-json b001/vet.cfg": true,
		"source .": false, "-V=full x": false, "source vet.cfg": false, "a.cfg": false, "--config=a.cfg": false,
	} {
		if got := analyzers.IsVet(strings.Fields(args)); got != want {
			t.Errorf("IsVet(%q) is %v", args, got)
		}
	}
}

// TestVet builds the tool and lets go vet call it, for findings and for fixes.
func TestVet(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	tool := filepath.Join(t.TempDir(), "vettool")
	if out, err := exec.Command("go", "build", "-o", tool, "./testdata/vettool").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := unpack(t)
	run := func(args ...string) (string, error) {
		command := exec.Command("go", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off", "PWD="+dir)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	out, err := run("vet", "-vettool="+tool, "./...")
	if err == nil {
		t.Error("nothing fails")
	}
	for _, want := range []string{
		"shop/shop.go:20:39: ", "peer.service is retired since 1.39.0: write service.peer.name", "(retired-attribute)",
		"the span's name differs with id", "http.status_code is retired since 1.21.0",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "plain.go") || strings.Contains(out, "db.user") {
		t.Errorf("too much:\n%s", out)
	}
	if out, _ := run("vet", "-vettool="+tool, "-fix", "./shop"); strings.Contains(out, "cannot") {
		t.Error(out)
	}
	if out, err := run("build", "./..."); err != nil {
		t.Errorf("what is fixed does not compile: %s", out)
	}
	fixed, err := os.ReadFile(filepath.Join(dir, "shop", "shop.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`attribute.String("service.peer.name", "users")`, `folded = "user_agent.original"`, `tags.Tag(span, "db.namespace", "shop")`} {
		if !strings.Contains(string(fixed), want) {
			t.Errorf("no %s in:\n%s", want, fixed)
		}
	}
	if out, _ := run("vet", "-vettool="+tool, "./..."); strings.Contains(out, "peer.service is") {
		t.Errorf("still there after the fix:\n%s", out)
	}
}
