// Package gomodule makes modules for tests of what reads Go, with the dependencies that are there
// anyway: this module's own.
package gomodule

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// path is the module's.
const path = "example.com/corpus"

// Unpack writes an archive as a module that may import what this one does.
func Unpack(t testing.TB, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/koine-otel/koine").Output()
	if err != nil {
		t.Fatal(err)
	}
	own := strings.TrimSpace(string(root))
	mod, sum := read(t, filepath.Join(own, "go.mod")), read(t, filepath.Join(own, "go.sum"))
	mod = bytes.Replace(mod, []byte("module github.com/koine-otel/koine"), []byte("module "+path), 1)
	mod = bytes.ReplaceAll(mod, []byte("=> ./"), []byte("=> "+own+"/"))
	Write(t, filepath.Join(dir, "go.mod"), mod)
	Write(t, filepath.Join(dir, "go.sum"), sum)
	for _, f := range archive.Files {
		Write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
	return dir
}

// Write writes a file, with the folders that it stands in.
func Write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
