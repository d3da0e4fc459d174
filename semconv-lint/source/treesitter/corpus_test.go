//go:build cgo

package treesitter

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
)

var update = flag.Bool("update", false, "rewrite the expected uses")

// conventions are those of the newest version.
var conventions = sync.OnceValue(func() *semconvlint.Conventions {
	c, err := semconvlint.NewConventions("")
	if err != nil {
		panic(err)
	}
	return c
})

// TestCorpus reads the repositories in testdata and compares the uses with those expected.
func TestCorpus(t *testing.T) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return f.Name == "uses" })
			got := found(t, files)
			if *update {
				archive.Files = append(files, txtar.File{Name: "uses", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := ""
			for _, f := range archive.Files {
				if f.Name == "uses" {
					want = string(f.Data)
				}
			}
			if got != want {
				t.Errorf("uses:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// found reads a repository and prints its uses, a line each.
func found(t testing.TB, repository []txtar.File) string {
	root := t.TempDir()
	var files []*source.File
	for _, f := range repository {
		abs := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(abs, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, &source.File{Path: f.Name, Abs: abs, Size: int64(len(f.Data))})
	}
	sink := &printer{}
	r := New(conventions())
	if err := r.Read(context.Background(), root, source.ClaimAll(r, files), sink); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(sink.lines, func(a, b line) int {
		return cmp.Or(strings.Compare(a.path, b.path), a.number-b.number, a.column-b.column, strings.Compare(a.text, b.text))
	})
	var b strings.Builder
	for _, l := range sink.lines {
		fmt.Fprintf(&b, "%s:%d:%d %s\n", l.path, l.number, l.column, l.text)
	}
	return b.String()
}

// printer is a sink that prints.
type printer struct {
	mu    sync.Mutex
	lines []line
}

type line struct {
	path           string
	number, column int
	text           string
}

func (p *printer) Note(f *source.File, number int, reason, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line{f.Path, number, 0, "note: " + reason})
}

var roles = map[source.Role]string{
	source.Attribute: "attribute", source.Metric: "metric", source.SpanName: "span", source.Event: "event",
	source.Name: "name", source.Package: "package", source.OptIn: "opt-in",
}

func (p *printer) Uses(f *source.File, _ string, content []byte, uses []source.Use) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := source.LinesOf(content)
	for i := range uses {
		u := &uses[i]
		number, column := lines.Position(content, u.At.Start)
		p.lines = append(p.lines, line{f.Path, number, column, describe(u, content)})
	}
}

// describe prints a use: its tier, role and name, and what else is known of it.
func describe(u *source.Use, content []byte) string {
	text := fmt.Sprintf("%s %s %s", u.Tier, roles[u.Role], u.Key)
	if written := string(content[u.At.Start:u.At.End]); written != u.Key {
		text += fmt.Sprintf(" as %q", written)
	}
	add := func(is bool, format string, args ...any) {
		if is {
			text += " " + fmt.Sprintf(format, args...)
		}
	}
	add(u.Callee != "", "in %s", u.Callee)
	add(u.Place != 0, "place %d", u.Place)
	add(u.Of != "", "of %s", u.Of)
	add(u.Type != registry.Any, "type %s", u.Type)
	if u.Value != nil {
		add(true, "value %q", u.Value.Text)
	}
	if u.Unit != nil {
		add(true, "unit %q", u.Unit.Text)
	}
	add(u.Instrument != 0, "%s", u.Instrument)
	add(u.Varies, "varies")
	add(u.Bounded, "bounded")
	add(u.Read, "read")
	add(u.Rewrite == nil, "fixed")
	return strings.ReplaceAll(text, "\n", `\n`)
}
