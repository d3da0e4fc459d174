package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/command"
)

func lint(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = command.Run(context.Background(), args, command.Environment{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Dir: t.TempDir(), Getenv: func(string) string { return "" }, Now: time.Now,
	}, parts())
	require.Empty(t, stderr.String())
	return code, stdout.String()
}

// TestRulesPage: the page of rules says what the rules say. go generate writes it.
func TestRulesPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/lint-rules.md")
	require.NoError(t, err)
	_, want := lint(t, "rules", "--markdown")
	assert.Equal(t, want, string(page), "run go generate ./cmd/semconv-lint")
}

// TestNormalize: what the collector puts right is not found any more.
func TestNormalize(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},"scopeSpans":[{"scope":{"name":"lib"},
"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"GET /cart","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2",
"attributes":[{"key":"http.method","value":{"stringValue":"GET"}}]}]}]}]}`), 0o600))
	_, out := lint(t, "check", file)
	assert.Contains(t, out, "http.method → http.request.method  [retired-attribute]")
	_, out = lint(t, "check", file, "--normalize")
	assert.NotContains(t, out, "retired-attribute")
	assert.Contains(t, out, file, "it is still known where things stand")
}

// TestStartUp: a hook runs the linter on every commit. Tables that are built when a package is
// imported would be paid for each time: it starts hardly slower than a program that does nothing.
func TestStartUp(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds two programs")
	}
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.go")
	require.NoError(t, os.WriteFile(empty, []byte("package main\n\nfunc main() {}\n"), 0o600))
	ours, nothing := build(t, dir, "semconv-lint", "."), build(t, dir, "empty", empty)
	extra := median(t, ours, "version") - median(t, nothing)
	t.Logf("starts %v after an empty program", extra)
	// 5 ms where this was written; a loaded machine is slower.
	assert.Less(t, extra, 100*time.Millisecond)
}

func build(t *testing.T, dir, name, what string) string {
	t.Helper()
	program := filepath.Join(dir, name)
	out, err := exec.Command("go", "build", "-o", program, what).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

func median(t *testing.T, program string, args ...string) time.Duration {
	t.Helper()
	var times []time.Duration
	for range 11 {
		begun := time.Now()
		require.NoError(t, exec.Command(program, args...).Run())
		times = append(times, time.Since(begun))
	}
	slices.Sort(times)
	return times[len(times)/2]
}
