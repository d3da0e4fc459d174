package configs

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// FuzzRead: whatever is in a file, what is found lies in it, and what may be rewritten stands
// there.
func FuzzRead(f *testing.F) {
	names := []string{"a.yaml", "a.json", "a.properties", "a.env", "Dockerfile"}
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if file.Name == "want" {
				continue
			}
			for i, name := range names {
				if formOf(name) == formOf(file.Name) {
					f.Add(i, file.Data)
					break
				}
			}
		}
	}
	abs := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, form int, content []byte) {
		name := names[uint(form)%uint(len(names))]
		require.NoError(t, os.WriteFile(abs, content, 0o600))
		s := &sink{uses: map[string][]source.Use{}}
		file := &source.File{Path: name, Abs: abs, Size: int64(len(content))}
		require.NoError(t, New().Read(context.Background(), "", []*source.File{file}, s))
		for _, u := range s.uses[name] {
			check(t, content, u.At, u.Key, u.Rewrite)
			if u.Value != nil {
				check(t, content, u.Value.At, u.Value.Text, u.Value.Rewrite)
			}
		}
	})
}

func check(t *testing.T, content []byte, at source.Range, text string, rewrite source.Rewrite) {
	t.Helper()
	require.LessOrEqual(t, 0, at.Start)
	require.LessOrEqual(t, at.Start, at.End)
	require.LessOrEqual(t, at.End, len(content))
	if rewrite != nil {
		require.Equal(t, text, string(content[at.Start:at.End]))
	}
}
