package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/command"
)

type told struct {
	Findings []struct {
		Rule, Path, Key, Replacement string
		Line                         int
		Fixable                      bool
	}
	Summary struct{ Fixed, Fixable int }
}

func lintSource(t *testing.T, dir string, args ...string) told {
	t.Helper()
	var out, errs bytes.Buffer
	command.Run(t.Context(), append([]string{"source", "--syntax-only", "--format", "json"}, args...), command.Environment{
		In: strings.NewReader(""), Out: &out, Err: &errs, Dir: dir, Getenv: func(string) string { return "" }, Now: time.Now,
	}, parts())
	assert.Empty(t, errs.String())
	var d told
	require.NoError(t, json.Unmarshal(out.Bytes(), &d), out.String())
	return d
}

// What --fix writes, in every file of every reader's corpus, parses again (else there were a warning)
// and is found no more; a second run finds nothing to write and changes no byte.
func TestFixTheCorpora(t *testing.T) {
	archives, err := filepath.Glob("../../semconv-lint/source/*/testdata/*.txtar")
	require.NoError(t, err)
	more, err := filepath.Glob("../../semconv-lint/source/treesitter/testdata/*/*.txtar")
	require.NoError(t, err)
	archives = append(archives, more...)
	require.Greater(t, len(archives), 150)
	dir := t.TempDir()
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		name := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(path, "../../semconv-lint/source/"), ".txtar"), "testdata/", "")
		for _, f := range archive.Files {
			to := filepath.Join(dir, name, f.Name)
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.WriteFile(to, f.Data, 0o644))
		}
	}
	before := lintSource(t, dir)
	require.Greater(t, before.Summary.Fixable, 100)
	fixed := lintSource(t, dir, "--fix")
	assert.GreaterOrEqual(t, fixed.Summary.Fixed, before.Summary.Fixable)
	for _, f := range fixed.Findings {
		assert.False(t, f.Fixable, "%s:%d %s %s", f.Path, f.Line, f.Rule, f.Key)
	}
	contents := read(t, dir)
	again := lintSource(t, dir, "--fix")
	assert.Zero(t, again.Summary.Fixed)
	assert.Equal(t, fixed.Findings, again.Findings)
	assert.Equal(t, contents, read(t, dir))
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	}))
	return all
}
