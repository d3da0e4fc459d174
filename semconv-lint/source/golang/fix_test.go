package golang

import (
	"context"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/internal/gomodule"
	"github.com/koine-otel/koine/semconv-lint/source"
)

// TestFix writes what is safe to write: the files parse, what compiled compiles, and nothing is
// left that could be written.
func TestFix(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	conventions, err := semconvlint.NewConventions("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir := gomodule.Unpack(t, archive)
			built := compiles(t, dir)
			l := source.Linter{Judge: source.NewJudge(conventions, source.JudgeOptions{}), Readers: []source.Reader{New(Options{})}}
			if fixed := fixAll(t, &l, dir); fixed == 0 && filepath.Base(name) != "names.txtar" && filepath.Base(name) != "negatives.txtar" {
				t.Error("nothing is fixed")
			}
			if fixed := fixAll(t, &l, dir); fixed > 0 {
				t.Errorf("%d files are fixed a second time", fixed)
			}
			if built && !compiles(t, dir) {
				t.Error("what is fixed does not compile")
			}
		})
	}
}

// fixAll counts the files that it writes.
func fixAll(t *testing.T, l *source.Linter, dir string) int {
	t.Helper()
	result, err := l.Lint(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	byFile := map[string][]source.Finding{}
	for _, f := range result.Findings {
		if f.Fixable() {
			byFile[f.Path] = append(byFile[f.Path], f)
		}
	}
	for path, findings := range byFile {
		name := filepath.Join(dir, path)
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fixed, err := source.Fix(&source.File{Path: path, Abs: name, Size: int64(len(content))}, findings)
		if err != nil {
			t.Fatal(err)
		}
		if err := fixed.Write(); err != nil {
			t.Fatal(err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Error(err)
		}
	}
	return len(byFile)
}

func compiles(t *testing.T, dir string) bool {
	t.Helper()
	command := exec.Command("go", "vet", "-mod=mod", "./...")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "PWD="+dir)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Logf("%s", out)
	}
	return err == nil
}
