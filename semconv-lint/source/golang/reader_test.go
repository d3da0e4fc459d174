package golang

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/internal/gomodule"
	"github.com/koine-otel/koine/semconv-lint/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClaims(t *testing.T) {
	r := New(Options{})
	for name, want := range map[string]bool{
		"a.go": true, "a/b_test.go": true, "a.go.txt": false, "README.md": false, "vendor/x/a.go": false,
		"a/testdata/a.go": false, "_old/a.go": false, ".cache/a.go": false, "a/_a.go": false,
	} {
		if r.Claims(name) != want {
			t.Errorf("Claims(%q) is %v", name, !want)
		}
	}
}

// TestNotes reads files that are none, or only in part.
func TestNotes(t *testing.T) {
	dir := t.TempDir()
	gomodule.Write(t, filepath.Join(dir, "go.mod"), []byte("module example.com/notes\n\nrequire go.opentelemetry.io/otel v0.0.1\n"))
	head := "package a\n\nimport \"go.opentelemetry.io/otel/attribute\"\n\n"
	for name, content := range map[string]string{
		"broken/a.go": head + "func {",
		"binary/a.go": head + "\x00\x01\xff",
		"deep/a.go":   head + "var _ = " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		"long/a.go":   head + "var _ = 1" + strings.Repeat("+1", 200_000),
		"empty/a.go":  "",
		"good/a.go":   head + "import \"example.com/missing\"\n\nvar _ = attribute.String(\"http.method\", missing.Name)\n",
	} {
		gomodule.Write(t, filepath.Join(dir, name), []byte(content))
	}
	s := readAll(t, dir, Options{})
	want := []string{
		"binary/a.go:5: syntax error:", "broken/a.go:5: syntax error:", "deep/a.go:0: nested too deeply:",
		"good/a.go:0: no types:", "long/a.go:5: syntax error:",
	}
	if len(s.notes) != len(want) {
		t.Fatalf("%q, want %q", s.notes, want)
	}
	for i, prefix := range want {
		if !strings.HasPrefix(s.notes[i], prefix) {
			t.Errorf("%q, want %q", s.notes[i], prefix)
		}
	}
	if uses := s.uses["good/a.go"]; len(uses) != 1 || uses[0].Key != "http.method" || uses[0].Tier != source.A {
		t.Errorf("without types: %s", describeAll(uses))
	}
}

func TestLargeFileIsNoted(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.go")
	gomodule.Write(t, name, []byte("package a // "+strings.Repeat("x", source.MaxFileBytes)))
	s := &sink{uses: map[string][]source.Use{}}
	f := &source.File{Path: "a.go", Abs: name, Size: source.MaxFileBytes + 13}
	if err := New(Options{}).Read(context.Background(), dir, []*source.File{f}, s); err != nil || len(s.notes) != 1 {
		t.Errorf("%v %q", err, s.notes)
	}
}

// TestModules reads a workspace, a module in a module, and files of none.
func TestModules(t *testing.T) {
	uses := "import \"go.opentelemetry.io/otel/attribute\"\n\nvar _ = attribute.String(\"http.method\", \"x\")\n"
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{
		{Name: "a/a.go", Data: []byte("package a\n\n" + uses)},
		{Name: "left/go.mod", Data: []byte("module example.com/left\n")},
		{Name: "left/b.go", Data: []byte("package left\n\n" + uses)},
		{Name: "go.work", Data: []byte("go 1.26.0\n\nuse .\n")},
	}})
	s := readAll(t, dir, Options{})
	for _, name := range []string{"a/a.go", "left/b.go"} {
		if len(s.uses[name]) != 1 {
			t.Errorf("%s: %s", name, describeAll(s.uses[name]))
		}
	}
	if len(s.notes) > 0 { // the workspace has the types, of a module that it leaves out as well
		t.Errorf("%q", s.notes)
	}
	alone := t.TempDir()
	gomodule.Write(t, filepath.Join(alone, "a.go"), []byte("package a\n\n"+uses))
	if s := readAll(t, alone, Options{}); len(s.uses["a.go"]) != 1 {
		t.Errorf("without a module: %s", describeAll(s.uses["a.go"]))
	}
}

// TestUnbuilt reads files that this system does not build, and their package's tests.
func TestUnbuilt(t *testing.T) {
	set := "var _ = attribute.String(key, \"x\")\n"
	imports := "import \"go.opentelemetry.io/otel/attribute\"\n\n"
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{
		{Name: "a/keys.go", Data: []byte("package a\n\nconst key = \"http.url\"\n")},
		{Name: "a/a_plan9.go", Data: []byte("package a\n\n" + imports + "const own = \"http.host\"\n\nvar _ = attribute.String(own, \"x\")\n")},
		{Name: "a/a_test.go", Data: []byte("package a\n\n" + imports + set)},
		{Name: "a/x_test.go", Data: []byte("package a_test\n\n" + imports + "var _ = attribute.Int(\"http.target\", 1)\n")},
	}})
	for _, syntax := range []bool{false, true} {
		s := readAll(t, dir, Options{Syntax: syntax})
		for name, key := range map[string]string{"a/keys.go": "http.url", "a/a_plan9.go": "http.host", "a/x_test.go": "http.target"} {
			if uses := s.uses[name]; len(uses) != 1 || uses[0].Key != key || uses[0].Tier != source.A {
				t.Errorf("syntax=%v %s: %s", syntax, name, describeAll(uses))
			}
		}
		if len(s.notes) > 0 {
			t.Errorf("%q", s.notes)
		}
	}
}

// TestImportIsUpgraded rewrites the import of a version whose symbols are all in the other one.
func TestImportIsUpgraded(t *testing.T) {
	file := func(body string) []byte {
		return []byte("package a\n\nimport semconv \"go.opentelemetry.io/otel/semconv/v1.24.0\"\n\nvar _ = " + body + "\n")
	}
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{
		{Name: "same/a.go", Data: file("semconv.ServiceNameKey")},
		{Name: "gone/a.go", Data: file("semconv.HTTPMethodKey")},
	}})
	const to = "go.opentelemetry.io/otel/semconv/v1.39.0"
	s := readAll(t, dir, Options{})
	imported := func(name string) source.Use {
		for _, u := range s.uses[name] {
			if u.Role == source.Package {
				return u
			}
		}
		t.Fatalf("%s: no import", name)
		return source.Use{}
	}
	same, gone := imported("same/a.go"), imported("gone/a.go")
	if edits := same.Rewrite(to); len(edits) != 1 || edits[0].Text != to || len(same.Lacks(to)) > 0 {
		t.Errorf("%+v %q", edits, same.Lacks(to))
	}
	if same.Rewrite("go.opentelemetry.io/otel/semconv/v1.43.0") != nil {
		t.Error("a version that the module does not have is written")
	}
	if lacks := gone.Lacks(to); gone.Rewrite(to) != nil || len(lacks) != 1 || lacks[0] != "HTTPMethodKey" {
		t.Errorf("%q", lacks)
	}
}

// TestRewrites writes other names in place of constants, texts and functions.
func TestRewrites(t *testing.T) {
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{{Name: "a.go", Data: []byte(`package a

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.26.0"
)

const folded = "http." + "url"

var _ = []attribute.KeyValue{
	attribute.String("http.method", "x"), attribute.String(folded, "x"), attribute.Key(` + "`http.flavor`" + `).String("x"),
	semconv.DBSystemKey.String("x"), semconv.ServiceName("x"), semconv.NetPeerName("x"), semconv.MessagingOperationTypePublish,
}
`)}}})
	s := readAll(t, dir, Options{})
	content := string(s.contents["a.go"])
	for key, want := range map[string]struct{ to, text string }{
		"http.method":              {"http.request.method", `"http.request.method"`},
		"http.url":                 {"url.full", `= "url.full"`},
		"http.flavor":              {"network.protocol.version", "`network.protocol.version`"},
		"db.system":                {"db.collection.name", "semconv.DBCollectionNameKey.String"},
		"service.name":             {"service.namespace", `semconv.ServiceNamespace("x")`},
		"net.peer.name":            {"network.protocol.name", `semconv.NetworkProtocolName("x")`},
		"messaging.operation.type": {"db.system", ""},
	} {
		for _, u := range s.uses["a.go"] {
			if u.Key != key {
				continue
			}
			var edits []source.Edit
			if u.Rewrite != nil {
				edits = u.Rewrite(want.to)
			}
			if want.text == "" {
				if len(edits) > 0 {
					t.Errorf("%s: %+v", key, edits)
				}
				continue
			}
			if len(edits) != 1 {
				t.Errorf("%s: %+v", key, edits)
				continue
			}
			got := content[:edits[0].Start] + edits[0].Text + content[edits[0].End:]
			if !strings.Contains(got, want.text) {
				t.Errorf("%s: %s", key, got)
			}
		}
	}
}

func TestReadOnly(t *testing.T) {
	for flags, want := range map[string]string{"": "", "-mod=mod": "", "-tags=a --mod=mod -v": "-tags=a -v", "-mod=vendor": "-mod=vendor"} {
		if got := readOnly(flags); got != want {
			t.Errorf("readOnly(%q) is %q", flags, got)
		}
	}
}

// TestWithoutGo reads by syntax where there is no go command.
func TestWithoutGo(t *testing.T) {
	dir := gomodule.Unpack(t, &txtar.Archive{Files: []txtar.File{
		{Name: "a.go", Data: []byte("package a\n\nimport \"go.opentelemetry.io/otel/attribute\"\n\nvar _ = attribute.Int(\"http.method\", 1)\n")},
	}})
	t.Setenv("PATH", t.TempDir())
	s := readAll(t, dir, Options{})
	if uses := s.uses["a.go"]; len(uses) != 1 || len(s.notes) != 1 || !strings.Contains(s.notes[0], "executable file not found") {
		t.Errorf("%s %q", describeAll(uses), s.notes)
	}
}
