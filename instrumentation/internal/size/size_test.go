// Package size measures what telemetry costs a service: lines, modules and bytes.
package size

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ceilings (T8). Measured on linux/amd64, Go 1.26, OTel v1.47: 9 lines, 55 modules, 13.7 MiB
// more (10.6 MiB with the build tag grpcnotrace, as the collector's distributions have it).
// autoexport links every exporter that a variable can name; OTLP/HTTP alone imports gRPC too.
const (
	maxLines   = 10
	maxModules = 60
	maxMiB     = 15.0
)

func TestHelloIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("links two binaries")
	}
	dir := t.TempDir()
	hello, plain := build(t, dir, "hello"), build(t, dir, "plain")
	grown := float64(sizeOf(t, hello)-sizeOf(t, plain)) / (1 << 20)
	info, err := buildinfo.ReadFile(hello)
	require.NoError(t, err)
	lines := telemetryLines(t)
	t.Logf("%d lines, %d modules, %.1f MiB more than %.1f MiB", len(lines), len(info.Deps), grown, float64(sizeOf(t, plain))/(1<<20))
	require.LessOrEqual(t, len(lines), maxLines, strings.Join(lines, "\n"))
	require.LessOrEqual(t, len(info.Deps), maxModules)
	require.LessOrEqual(t, grown, maxMiB)

	unwanted := regexp.MustCompile(`aws-sdk|cloud\.google|Azure|azure|GoogleCloudPlatform|k8s\.io|go\.opentelemetry\.io/collector|koine-otel/koine$|koine/semconv|detectors/`)
	for _, d := range info.Deps {
		require.NotRegexp(t, unwanted, d.Path)
	}
}

// TestNoUnwantedPackages asks for what the guard and the test helper add: the conventions, and
// nothing of the collector or the linter.
func TestNoUnwantedPackages(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../../guard", "../../koinetest/...").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "koine/semconv")
	require.NotRegexp(t, `aws-sdk|go\.opentelemetry\.io/collector|koine/semconv-lint|koine/spans|k8s\.io`, string(out))
}

func build(t *testing.T, dir, name string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "./"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return file
}

func sizeOf(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.Size()
}

// telemetryLines are the lines of hello that plain does not have.
func telemetryLines(t *testing.T) (added []string) {
	t.Helper()
	read := func(name string) []string {
		text, err := os.ReadFile(filepath.Join(name, "main.go"))
		require.NoError(t, err)
		_, code, _ := strings.Cut(string(text), "package main")
		return strings.Split(code, "\n")
	}
	had := map[string]int{}
	for _, line := range read("plain") {
		had[line]++
	}
	for _, line := range read("hello") {
		if had[line]--; had[line] < 0 && strings.TrimSpace(line) != "" {
			added = append(added, line)
		}
	}
	return added
}
