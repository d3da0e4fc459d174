//go:build cgo

package treesitter

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source"
)

func TestClaims(t *testing.T) {
	r := New(conventions())
	for path, want := range map[string]bool{
		"a.py": true, "src/a.ts": true, "a.tsx": true, "a.mjs": true, "A.java": true, "A.kt": true,
		"a.go": false, "a.yaml": false, "py": false, "README.md": false, "": false,
	} {
		if got := r.Claims(path); got != want {
			t.Errorf("Claims(%q) = %v", path, got)
		}
	}
}

// A file that is not read is a note.
func TestNotes(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"large.py", strings.Repeat("x = \"http.method\"\n", source.MaxFileBytes/18+1), "large.py:0:0 note: large\n"},
		{"binary.py", "import opentelemetry\x00\"http.method\"", "binary.py:0:0 note: binary\n"},
		{"long.js", "require('@opentelemetry/api');" + strings.Repeat("a('http.method');", 500), "long.js:0:0 note: minified\n"},
		{"broken.py", "import opentelemetry\nx = 'http.method'\ndef f(:\n", "broken.py:2:6 B name http.method\nbroken.py:3:0 note: syntax error\n"},
		{"nested.py", "import opentelemetry\nx = 'http.method'\ny = " + strings.Repeat("[\n", 1<<18), "note"},
		{"empty.py", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := found(t, []txtar.File{{Name: c.name, Data: []byte(c.content)}})
			if got != c.want && !(c.want == "note" && strings.Contains(got, "note: ")) {
				t.Errorf("got %.300q, want %q", got, c.want)
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	sink := &printer{}
	f := &source.File{Path: "a.py", Abs: filepath.Join(t.TempDir(), "a.py")}
	if err := New(conventions()).Read(context.Background(), "", []*source.File{f}, sink); err != nil {
		t.Fatal(err)
	}
	if len(sink.lines) != 1 || sink.lines[0].text != "note: unreadable" {
		t.Error(sink.lines)
	}
}

func TestEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := New(conventions()).Read(ctx, "", nil, &printer{}); err == nil {
		t.Error("no error of an ended context")
	}
}

// What a rewrite writes parses as before, has the name, and is found again.
func TestRewrites(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.py", "import opentelemetry\ns.set_attribute('http.method', 1)\n", "import opentelemetry\ns.set_attribute('http.request.method', 1)\n"},
		{"a.py", "import opentelemetry\ns.set_attribute(\"http.\" 'method', 1)\n", "import opentelemetry\ns.set_attribute(\"http.request.method\", 1)\n"},
		{"a.py", "from opentelemetry.semconv.trace import SpanAttributes\nx = {SpanAttributes.HTTP_METHOD: 1}\n", "from opentelemetry.semconv.trace import SpanAttributes\nx = {\"http.request.method\": 1}\n"},
		{"a.ts", "import { SEMATTRS_HTTP_METHOD } from '@opentelemetry/semantic-conventions';\nx = { [SEMATTRS_HTTP_METHOD]: 1 };\n", "import { SEMATTRS_HTTP_METHOD } from '@opentelemetry/semantic-conventions';\nx = { ['http.request.method']: 1 };\n"},
		{"a.ts", "import '@opentelemetry/api';\ns.setAttribute(`http.method`, 1);\n", "import '@opentelemetry/api';\ns.setAttribute(`http.request.method`, 1);\n"},
		{"A.java", "import io.opentelemetry.semconv.incubating.HttpIncubatingAttributes;\nclass A { Object x = HttpIncubatingAttributes.HTTP_METHOD; }\n", "import io.opentelemetry.semconv.incubating.HttpIncubatingAttributes;\nimport io.opentelemetry.semconv.HttpAttributes;\nclass A { Object x = HttpAttributes.HTTP_REQUEST_METHOD; }\n"},
		{"A.java", "import io.opentelemetry.semconv.HttpAttributes;\nimport io.opentelemetry.semconv.incubating.HttpIncubatingAttributes;\nclass A { Object x = HttpIncubatingAttributes.HTTP_METHOD; }\n", "import io.opentelemetry.semconv.HttpAttributes;\nimport io.opentelemetry.semconv.incubating.HttpIncubatingAttributes;\nclass A { Object x = HttpAttributes.HTTP_REQUEST_METHOD; }\n"},
		{"A.java", "import io.opentelemetry.semconv.SemanticAttributes;\nclass A { Object x = SemanticAttributes.HTTP_METHOD; }\n", ""},
		{"A.kt", "import io.opentelemetry.semconv.incubating.HttpIncubatingAttributes\n\nval x = HttpIncubatingAttributes.HTTP_METHOD\n", "import io.opentelemetry.semconv.incubating.HttpIncubatingAttributes\nimport io.opentelemetry.semconv.HttpAttributes\n\nval x = HttpAttributes.HTTP_REQUEST_METHOD\n"},
	} {
		r := parsed(t, c.name, []byte(c.content))
		i := slices.IndexFunc(r.uses, func(u source.Use) bool { return u.Role == source.Attribute })
		if i < 0 {
			t.Errorf("%s: no use in %q", c.name, c.content)
			continue
		}
		rewrite := r.uses[i].Rewrite
		if rewrite == nil {
			if c.want != "" {
				t.Errorf("%s: no rewrite of %q", c.name, c.content)
			}
			continue
		}
		got := c.content
		edits := rewrite("http.request.method")
		slices.SortFunc(edits, func(a, b source.Edit) int { return b.Start - a.Start })
		for _, e := range edits {
			got = got[:e.Start] + e.Text + got[e.End:]
		}
		if got != c.want {
			t.Errorf("%s: %q\nwant %q", c.name, got, c.want)
		}
	}
}

// parsed reads one file's content.
func parsed(t testing.TB, name string, content []byte) *reading {
	l, extension := byExtension(name)
	l.prepare()
	tree, err := parse(l.compiled[extension], content)
	if err != nil {
		t.Fatal(err)
	}
	return read(l, &source.File{Path: name}, tree, newVocabulary(conventions()))
}

// FuzzRead reads anything as a file of each language: nothing panics, and every range is one of
// the file, a literal's with the name in it.
func FuzzRead(f *testing.F) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if l, _ := byExtension(file.Name); l != nil && len(file.Data) < 4<<10 {
				f.Add(strings.TrimPrefix(filepath.Ext(file.Name), "."), file.Data)
			}
		}
	}
	names := newVocabulary(conventions())
	f.Fuzz(func(t *testing.T, extension string, content []byte) {
		l, extension := byExtension("a." + extension)
		if l == nil || len(content) > 64<<10 {
			return
		}
		l.prepare()
		worthParsing(l, content, names)
		tree, err := parse(l.compiled[extension], content)
		if err != nil {
			return
		}
		r := read(l, &source.File{Path: "a." + extension}, tree, names)
		r.exported()
		for _, u := range r.uses {
			if u.At.Start < 0 || u.At.Start > u.At.End || u.At.End > len(content) {
				t.Fatalf("range %v of %d bytes", u.At, len(content))
			}
			if u.Within >= len(content) {
				t.Fatalf("within %d of %d bytes", u.Within, len(content))
			}
			if u.Rewrite != nil && u.Constant == "" && !bytes.ContainsAny(content[u.At.Start:u.At.End], "\"'`\\\n\r") && string(content[u.At.Start:u.At.End]) != u.Key {
				t.Fatalf("%q stands for %q", content[u.At.Start:u.At.End], u.Key)
			}
		}
	})
}

// pythonRepository is one of the size of a large project: 800 files, 5 MB, a quarter of which use telemetry.
func pythonRepository(t testing.TB) (string, []*source.File, int64) {
	root := t.TempDir()
	var files []*source.File
	var total int64
	for i := range 800 {
		var b strings.Builder
		if i%4 == 0 {
			b.WriteString("from opentelemetry import trace\nfrom opentelemetry.semconv.trace import SpanAttributes\n")
		}
		for j := 0; b.Len() < 6300; j++ {
			fmt.Fprintf(&b, "class Handler%d(Base):\n    \"\"\"Handles %d.\"\"\"\n\n    def handle(self, request, span=None):\n        # does what it must\n", j, j)
			fmt.Fprintf(&b, "        values = [x.value for x in request.items if x.kind == \"kind-%d\"]\n        result = {\"name\": request.name, \"count\": len(values)}\n", j)
			if i%4 == 0 {
				fmt.Fprintf(&b, "        span.set_attribute(SpanAttributes.HTTP_METHOD, request.method)\n        span.set_attribute(\"http.status_code\", %d)\n", j)
			}
			b.WriteString("        return self.render(\"template.html\", result, status=200)\n\n")
		}
		path := fmt.Sprintf("app/module%d.py", i)
		abs := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(abs, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, &source.File{Path: path, Abs: abs, Size: int64(b.Len())})
		total += int64(b.Len())
	}
	return root, files, total
}

// counting is a sink that counts files with uses.
type counting struct{ printer }

func (c *counting) Uses(*source.File, string, []byte, []source.Use) {}

func BenchmarkRead(b *testing.B) {
	root, files, total := pythonRepository(b)
	r := New(conventions())
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Read(context.Background(), root, files, &counting{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A parse ends in time whatever the text: the bound is far above what people write takes.
func TestParseEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	python.prepare()
	start := time.Now()
	for _, unit := range []string{"(", "f\"{", "a if ", "lambda x: ", "\"\"\"", "{'a':", "x[\"a.b\"]+"} {
		_, _ = parse(python.compiled["py"], []byte(strings.Repeat(unit, (1<<18)/len(unit))))
	}
	if took := time.Since(start); took > 10*parseTime {
		t.Errorf("took %v", took)
	}
}

// What is written in place of names parses again, and nothing that is fixed is found once more.
func TestFixed(t *testing.T) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	judge := source.NewJudge(conventions(), source.JudgeOptions{})
	fixed := 0
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if l, _ := byExtension(f.Name); l == nil {
				continue
			}
			before := parsed(t, f.Name, f.Data)
			findings := judge.Uses(f.Name, before.language.name, f.Data, before.uses)
			dir := t.TempDir()
			abs := filepath.Join(dir, "a")
			if err := os.WriteFile(abs, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			done, err := source.Fix(&source.File{Path: f.Name, Abs: abs}, findings)
			if err != nil {
				t.Fatal(path, f.Name, err)
			}
			if done == nil {
				continue
			}
			fixed++
			after := parsed(t, f.Name, done.After)
			if before.broken < 0 && after.broken >= 0 {
				t.Errorf("%s: %s does not parse again:\n%s", path, f.Name, done.After)
			}
			for _, again := range judge.Uses(f.Name, after.language.name, done.After, after.uses) {
				if again.Fixable() {
					t.Errorf("%s: %s: %s is found again", path, f.Name, again.Key)
				}
			}
		}
	}
	if fixed < len(archives)/2 {
		t.Errorf("only %d files were fixed", fixed)
	}
}
