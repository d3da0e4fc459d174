package dashboards

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write what is found to testdata")

var conventions = sync.OnceValue(func() *semconvlint.Conventions {
	c, err := semconvlint.NewConventions("")
	if err != nil {
		panic(err)
	}
	return c
})

var mangled = sync.OnceValue(func() *source.Mangled { return source.NewMangled(conventions()) })

func lint(t testing.TB, root string) *source.Result {
	linter := &source.Linter{
		Judge:   source.NewJudge(conventions(), source.JudgeOptions{Least: source.C}),
		Readers: []source.Reader{New(mangled())},
	}
	result, err := linter.Lint(t.Context(), root)
	require.NoError(t, err)
	return result
}

// TestCorpus: an archive of testdata holds files, and behind them what is found in these.
func TestCorpus(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 30)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			root, want := t.TempDir(), ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				abs := filepath.Join(root, filepath.FromSlash(f.Name))
				require.NoError(t, os.MkdirAll(filepath.Dir(abs), 0o755))
				require.NoError(t, os.WriteFile(abs, f.Data, 0o600))
			}
			found := lint(t, root)
			got := shown(found)
			checkFixes(t, root, found)
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o600))
				return
			}
			assert.Equal(t, want, got)
		})
	}
}

func shown(r *source.Result) string {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "%s:%d:%d: %s %s %s", f.Path, f.Line, f.Column, f.Tier, f.Rule, f.Key)
		if f.Replacement != "" {
			fmt.Fprintf(&b, " > %s", f.Replacement)
		}
		if f.Fixable() {
			b.WriteString(" (fix)")
		}
		b.WriteString("\n")
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "%s:%d: note: %s\n", n.Path, n.Line, n.Reason)
	}
	return b.String()
}

// checkFixes holds that what is fixed is gone when the files are read again, and nothing is new.
func checkFixes(t *testing.T, root string, before *source.Result) {
	byPath := map[string][]source.Finding{}
	for _, f := range before.Findings {
		byPath[f.Path] = append(byPath[f.Path], f)
	}
	fixable := 0
	for path, findings := range byPath {
		abs := filepath.Join(root, filepath.FromSlash(path))
		fixed, err := source.Fix(&source.File{Path: path, Abs: abs}, findings)
		require.NoError(t, err)
		fixable += len(fixed.Done)
		require.NoError(t, os.WriteFile(abs, fixed.After, 0o600))
	}
	after := lint(t, root)
	assert.Empty(t, slices.DeleteFunc(slices.Clone(after.Findings), func(f source.Finding) bool { return !f.Fixable() }), "fixed again")
	assert.Equal(t, before.Notes, after.Notes)
	assert.GreaterOrEqual(t, len(before.Findings)-fixable, len(after.Findings), "what was not fixed, stays")
}

func TestClaims(t *testing.T) {
	r := New(mangled())
	for _, path := range []string{"a.json", "x/a.yaml", "a.YML", "alerts.rules", "dash.json.tpl", "rules.yaml.j2"} {
		assert.True(t, r.Claims(path), path)
	}
	for _, path := range []string{"a.go", "a.tpl", "json", "a.yaml.txt", "a.html.tmpl"} {
		assert.False(t, r.Claims(path), path)
	}
}

func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, json := range []bool{false, true} {
			in, _, _ := read(mangled(), json, content)
			uses := in.uses(in.recorded)
			for i := range uses {
				u := &uses[i]
				require.True(t, 0 <= u.At.Start && u.At.Start <= u.At.End && u.At.End <= len(content), "%+v", u)
				if u.Rewrite != nil {
					require.Equal(t, u.Key, string(content[u.At.Start:u.At.End]))
				}
			}
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add([]byte("a: {{ .x }}\n{{- if y }}\nb: {{ `{{ z }}` }}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		masked := mask(content)
		require.Len(t, masked, len(content))
		require.Equal(t, bytes.Count(content, []byte("\n")), bytes.Count(masked, []byte("\n")))
	})
}

func BenchmarkRead(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/large.txtar")
	require.NoError(b, err)
	content := archive.Files[0].Data
	mangled().Known("") // not to count what is built once
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		in, _, err := read(mangled(), true, content)
		require.NoError(b, err)
		require.Len(b, in.uses(nil), 1)
	}
}
