// Package house checks the rules of the tree: who may import whom.
package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "github.com/koine-otel/koine"

// allowed says, by top folder, which other top folders its packages may import, tests
// aside. A folder that is not listed here fails the test: it needs a rule first.
var allowed = map[string][]string{
	"semconv": {},
	// A service that imports it inherits neither the collector's nor the linter's dependencies.
	"instrumentation": {"semconv"},
	"examples":        {"instrumentation"},
	"spans":           {},
	"memory":          {},
	"tracegen":        {},
	"zipkin":          {"spans"},
	"receivers":       {"semconv", "spans", "memory", "zipkin"},
	"processors":      {"semconv", "spans", "memory", "zipkin"},
	"extensions":      {"semconv", "spans", "memory", "zipkin"},
	"connectors":      {"semconv", "spans", "memory", "zipkin", "semconv-lint"},
	"semconv-lint":    {"semconv", "spans", "memory", "zipkin"},
	"cmd":             {"semconv", "spans", "memory", "zipkin", "tracegen", "receivers", "processors", "extensions", "connectors", "semconv-lint"},
	"test":            {},
	"bench":           {"memory", "spans", "tracegen"},
}

// components are folders whose packages are components of their own and never import
// each other's.
var components = map[string]bool{"receivers": true, "processors": true, "extensions": true, "connectors": true}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	for _, dir := range []string{"../..", "../../semconv", "../../instrumentation", "../../instrumentation/koinegrpc", "../../instrumentation/koinesql", "../../instrumentation/koinekafka", "../../examples/shop/checkout"} {
		for _, p := range list(t, dir) {
			from := folders(p.ImportPath)
			if len(from) == 0 {
				continue
			}
			rule, known := allowed[from[0]]
			require.True(t, known, "no rule for the folder of %s", p.ImportPath)
			for _, path := range p.Imports {
				if to := folders(path); to != nil {
					checkImport(t, p.ImportPath, from, to, rule)
				}
				if from[0] == "semconv" || from[0] == "instrumentation" {
					assert.NotContains(t, path, "go.opentelemetry.io/collector", "%s is for anyone to import", p.ImportPath)
				}
			}
		}
	}
}

func checkImport(t *testing.T, importer string, from, to []string, rule []string) {
	t.Helper()
	if from[0] != to[0] {
		assert.Contains(t, rule, to[0], "%s imports %s", importer, strings.Join(to, "/"))
		return
	}
	if components[from[0]] && len(from) > 1 && len(to) > 1 {
		assert.Equal(t, from[1], to[1], "%s imports another component, %s", importer, strings.Join(to, "/"))
	}
}

// TestNoDrawer: a package is named after what it is about.
func TestNoDrawer(t *testing.T) {
	for _, dir := range []string{"../..", "../../semconv"} {
		for _, p := range list(t, dir) {
			for _, folder := range folders(p.ImportPath) {
				assert.NotContains(t, []string{"pkg", "util", "utils", "common", "helper", "helpers", "misc", "shared"}, folder, p.ImportPath)
			}
		}
	}
}

// folders are a package's path below the root, nil for packages of others.
func folders(path string) []string {
	below, ours := strings.CutPrefix(path, root+"/")
	if !ours {
		return nil
	}
	return strings.Split(below, "/")
}

func list(t *testing.T, dir string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	require.NoError(t, err)
	var packages []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	return packages
}
