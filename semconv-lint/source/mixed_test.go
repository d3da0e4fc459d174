package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines reads files of lines: role and key.
type lines struct{}

func (lines) Name() string            { return "lines" }
func (lines) Claims(path string) bool { return strings.HasSuffix(path, ".txt") }
func (lines) Read(ctx context.Context, _ string, files []*File, to Sink) error {
	Each(ctx, files, func(f *File) {
		content, err := f.Content()
		if err != nil {
			to.Note(f, 0, "unreadable", err.Error())
			return
		}
		var uses []Use
		at := 0
		for line := range strings.SplitSeq(string(content), "\n") {
			kind, key, _ := strings.Cut(line, " ")
			role := map[string]Role{"set": Attribute, "import": Package}[kind]
			if role != 0 {
				uses = append(uses, Use{Role: role, Tier: A, At: Range{at + len(kind) + 1, at + len(line)}, Key: key, Within: -1})
			}
			at += len(line) + 1
		}
		to.Uses(f, "lines", content, uses)
	})
	return nil
}

func TestMixed(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a/go.mod":        "",
		"a/one.txt":       "set http.method\nimport go.opentelemetry.io/otel/semconv/v1.24.0",
		"a/two.txt":       "set http.request.method\nimport go.opentelemetry.io/otel/semconv/v1.37.0",
		"a/tests/old.txt": "set http.url\nset url.full\nimport go.opentelemetry.io/otel/semconv/v1.4.0",
		"b/package.json":  "{}",
		"b/one.txt":       "set db.statement\nset http.method",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	result, err := (&Linter{Judge: judge(t, JudgeOptions{}), Readers: []Reader{lines{}}}).Lint(t.Context(), dir)
	require.NoError(t, err)
	var mixed []string
	for _, f := range result.Findings {
		if f.Rule == MixedConventions {
			mixed = append(mixed, f.Path+": "+f.Message)
		}
	}
	assert.Equal(t, []string{
		"a/one.txt: sets http.method here and http.request.method at a/two.txt:1",
		"a/one.txt: imports go.opentelemetry.io/otel/semconv/v1.24.0 here and go.opentelemetry.io/otel/semconv/v1.37.0 at a/two.txt:2",
	}, mixed)
}
