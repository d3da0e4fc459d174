//go:build cgo

package treesitter

import (
	"slices"
	"testing"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// TestFieldsAreRenamed writes other names in the places of fields, which have to stay Rust.
func TestFieldsAreRenamed(t *testing.T) {
	for _, c := range []struct{ from, name, to string }{
		{`info_span!("x", http.method = 1)`, "http.request.method", `info_span!("x", http.request.method = 1)`},
		{`info_span!("x", "http.method" = 1)`, "http.request.method", `info_span!("x", "http.request.method" = 1)`},
		{`info_span!("x", messaging.operation = 1)`, "messaging.operation.type", `info_span!("x", "messaging.operation.type" = 1)`},
		{`info_span!("x", http.method)`, "http.request.method", `info_span!("x", http.request.method = http.method)`},
		{`info_span!("x", %http.method)`, "http.request.method", `info_span!("x", http.request.method = %http.method)`},
		{`info_span!(r#"a, "b""#, http.method = 1)`, "http.request.method", `info_span!(r#"a, "b""#, http.request.method = 1)`},
	} {
		src := "use tracing::info_span;\nfn f() { " + c.from + "; }\n"
		r := readText(t, "a.rs", src)
		i := slices.IndexFunc(r.uses, func(u source.Use) bool { return u.Role == source.Attribute })
		if i < 0 || r.uses[i].Rewrite == nil {
			t.Errorf("%s: no attribute to rename in %v", c.from, r.uses)
			continue
		}
		edited := src
		for _, e := range r.uses[i].Rewrite(c.name) {
			edited = edited[:e.Start] + e.Text + edited[e.End:]
		}
		if want := "use tracing::info_span;\nfn f() { " + c.to + "; }\n"; edited != want {
			t.Errorf("%s: renamed to %s, want %s", c.from, edited, want)
		}
	}
}

// readText reads a file of one language that has a text.
func readText(t *testing.T, path, src string) *reading {
	t.Helper()
	l, extension := byExtension(path)
	l.prepare()
	tree, err := parse(l.compiled[extension], l.parsed([]byte(src)))
	if err != nil {
		t.Fatal(err)
	}
	return read(l, &source.File{Path: path}, tree, newVocabulary(conventions()))
}

func TestMaskedKeepsLines(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"a\n#if 0\nb\n#else\nc\n#endif\n", "a\n#if 0\n \n#else\nc\n#endif\n"},
		{"#if 0\n#if X\nb\n#endif\nc\n#endif\nd", "#if 0\n     \n \n      \n \n#endif\nd"},
		{"#ifdef A\nb\n#endif\n", "#ifdef A\nb\n#endif\n"},
		{"# if 0 // never\nb\n", "# if 0 // never\nb\n"},
	} {
		if got := string(cppMasked([]byte(c.from))); got != c.to {
			t.Errorf("%q masked is %q, want %q", c.from, got, c.to)
		}
	}
}
