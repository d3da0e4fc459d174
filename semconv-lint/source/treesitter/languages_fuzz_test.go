//go:build cgo

package treesitter

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// FuzzReshaped reads what no one would write in the languages that change their trees: whatever
// does not parse, ranges stay within the file and edits within what is read.
func FuzzReshaped(f *testing.F) {
	extensions := []string{"cs", "rb", "php", "rs", "cc"}
	seeds, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			for i, extension := range extensions {
				if filepath.Ext(file.Name) == "."+extension {
					f.Add(uint8(i), string(file.Data))
				}
			}
		}
	}
	names := newVocabulary(conventions())
	f.Fuzz(func(t *testing.T, which uint8, src string) {
		if len(src) > 1<<14 {
			return
		}
		l, extension := byExtension("a." + extensions[int(which)%len(extensions)])
		l.prepare()
		masked := l.parsed([]byte(src))
		if len(masked) != len(src) {
			t.Fatalf("masked: %d bytes of %d", len(masked), len(src))
		}
		tree, err := parse(l.compiled[extension], masked)
		if err != nil {
			return
		}
		for _, u := range read(l, &source.File{Path: "a." + extension}, tree, names).uses {
			if u.At.Start < 0 || u.At.Start > u.At.End || u.At.End > len(src) {
				t.Fatalf("use at %v of %d bytes", u.At, len(src))
			}
			if u.Rewrite == nil {
				continue
			}
			for _, e := range u.Rewrite("new.name") {
				if e.Start < 0 || e.Start > e.End || e.End > len(src) {
					t.Fatalf("edit at %v of %d bytes", e.Range, len(src))
				}
			}
		}
	})
}
