package golang

import (
	"go/token"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/golang/extract"
)

// FuzzSyntax reads any bytes as a file: ranges lie in it, and edits keep to them.
func FuzzSyntax(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		for _, u := range readBytes(content) {
			checkUse(t, &u, content)
		}
	})
}

// readBytes reads one file by syntax, without a disk.
func readBytes(content []byte) []source.Use {
	m := &module{root: "/m", path: "example.com/m", telemetry: true, folders: map[string][]*scanned{}}
	p := &parsed{content: content, file: &source.File{Path: "a.go", Abs: "/m/a.go"}}
	s := &sink{uses: map[string][]source.Use{}, contents: map[string][]byte{}}
	fset := token.NewFileSet()
	hasDotted(content)
	if generated(content) || !p.parse(fset, "/m/a.go", s) {
		return nil
	}
	g := &group{folder: "/m", path: "example.com/m", name: p.syntax.Name.Name, files: []*parsed{p}}
	return extract.Uses(m.check(fset, g, newImporter(fset, nil, []*group{g}))).Uses[0]
}

func checkUse(t *testing.T, u *source.Use, content []byte) {
	t.Helper()
	ranges := []source.Range{u.At}
	if u.Value != nil {
		ranges = append(ranges, u.Value.At)
	}
	if u.Unit != nil {
		ranges = append(ranges, u.Unit.At)
	}
	if u.Rewrite != nil {
		for _, e := range u.Rewrite("http.request.method") {
			ranges = append(ranges, e.Range)
		}
	}
	for _, r := range ranges {
		if r.Start < 0 || r.End < r.Start || r.End > len(content) {
			t.Fatalf("%s: range %v of %d bytes", u.Key, r, len(content))
		}
	}
	if u.Key == "" || u.Tier == 0 || u.Role == 0 || u.Within >= len(content) {
		t.Fatalf("%+v", u)
	}
}

// BenchmarkSyntax reads this folder's own corpus.
func BenchmarkSyntax(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/attributes.txtar")
	if err != nil {
		b.Fatal(err)
	}
	content := archive.Files[0].Data
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if len(readBytes(content)) == 0 {
			b.Fatal("nothing found")
		}
	}
}
