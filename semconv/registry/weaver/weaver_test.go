package weaver

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/definition"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// A fixture is a text: a first line with what to load, then files, each after a line
// "-- name --", the last one named want: the error, or what the registry has that the
// embedded one has not. Every fixture is loaded as folders and packed.
func TestLoad(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			load, files := parseFixture(string(text))
			want := files["want"]
			delete(files, "want")
			dir := t.TempDir()
			write(t, dir, files)
			got := result(dir, "", load)
			if *update {
				before, _, _ := strings.Cut(string(text), "-- want --\n")
				if err := os.WriteFile(name, []byte(before+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			for _, kind := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
				pack(t, filepath.Join(dir, "all"+kind), files)
				packed := strings.ReplaceAll(result(dir, "all"+kind, load), "all"+kind+"/", "")
				if packed != want {
					t.Errorf("%s: got\n%swant\n%s", kind, packed, want)
				}
			}
		})
	}
}

func parseFixture(text string) (load []string, files map[string]string) {
	files = map[string]string{}
	head, rest, _ := strings.Cut(text, "\n")
	name := ""
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --\n") {
			name = line[3 : len(line)-4]
			files[name] = ""
		} else {
			files[name] += line
		}
	}
	delete(files, "")
	return strings.Fields(head)[1:], files
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// result loads folders, in an archive if it has a name, and tells the outcome.
func result(dir, archive string, load []string) string {
	var paths []string
	for _, name := range load {
		if archive == "" {
			paths = append(paths, filepath.Join(dir, name))
		} else {
			paths = append(paths, filepath.Join(dir, archive)+"["+name+"]")
		}
	}
	r, err := Load(paths...)
	if err != nil {
		return strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "") + "\n"
	}
	return describe(r)
}

// describe lists what the registry has that the embedded one has not.
func describe(r *registry.Registry) string {
	var b strings.Builder
	for _, a := range r.Attributes() {
		if old := registry.Lookup(a.Key); old != nil && reflect.DeepEqual(*old, a) {
			continue
		}
		fmt.Fprintf(&b, "attribute %s %s %s on %04b%s\n", a.Key, a.Type, a.Stability, a.On, fateOf(a.Retirement))
		for _, m := range a.Members() {
			fmt.Fprintf(&b, "  %s=%s %s %s %s\n", m.ID, m.Value, m.Stability, m.Deprecation, m.RenamedTo)
		}
	}
	for _, s := range r.Spans() {
		if old := registry.LookupSpan(s.ID); old == nil || !reflect.DeepEqual(*old, s) {
			fmt.Fprintf(&b, "span %s %q %s %s%s\n", s.ID, s.Refines, s.Kind, s.Stability, fateOf(s.Retirement))
			writeUses(&b, s.Attributes)
		}
	}
	for _, m := range r.Metrics() {
		if old := registry.LookupMetric(m.Name); m.Refinement == "" && (old == nil || !reflect.DeepEqual(*old, m)) || strings.HasPrefix(m.Refinement, "acme") {
			fmt.Fprintf(&b, "metric %s %q %s %s %s %s %v%s\n", m.Name, m.Refinement, m.Instrument, m.Unit, m.ValueType, m.Stability, m.Entities, fateOf(m.Retirement))
			writeUses(&b, m.Attributes)
		}
	}
	for _, e := range r.Events() {
		if old := registry.LookupEvent(e.Name); old == nil || !reflect.DeepEqual(*old, e) && e.Refinement == "" || e.Refinement != "" {
			fmt.Fprintf(&b, "event %s %q %s%s\n", e.Name, e.Refinement, e.Stability, fateOf(e.Retirement))
			writeUses(&b, e.Attributes)
		}
	}
	for _, e := range r.Entities() {
		if old := registry.LookupEntity(e.Type); old == nil || !reflect.DeepEqual(*old, e) {
			fmt.Fprintf(&b, "entity %s %q %s%s\n", e.Type, e.Refinement, e.Stability, fateOf(e.Retirement))
			writeUses(&b, e.Attributes)
		}
	}
	return b.String()
}

func fateOf(r registry.Retirement) string {
	if r.Deprecation == registry.Live {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf(" %s %s", r.Deprecation, r.RenamedTo), " ")
}

func writeUses(b *strings.Builder, uses []registry.Use) {
	for _, u := range uses {
		fmt.Fprintf(b, "  %s %s", u.Key, u.Level)
		if u.Identifying {
			b.WriteString(" identifying")
		}
		b.WriteByte('\n')
	}
}

func pack(t *testing.T, path string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	names := slices.Sorted(maps.Keys(files))
	if strings.HasSuffix(path, ".zip") {
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(files[name])); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	} else {
		w := tar.NewWriter(&b)
		for _, name := range names {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(files[name])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	data := b.Bytes()
	if strings.HasSuffix(path, "gz") {
		var g bytes.Buffer
		w, err := gzip.NewWriterLevel(&g, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data = g.Bytes()
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoadRefusesHarmfulArchives(t *testing.T) {
	big := strings.Repeat("# nothing\n", 500_000)
	many := map[string]string{}
	for i := range 5001 {
		many[fmt.Sprintf("%d.yaml", i)] = ""
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"leaves":   {map[string]string{"../a.yaml": "groups: []"}, `entry "../a.yaml" leaves the archive`},
		"absolute": {map[string]string{"/a.yaml": "groups: []"}, `entry "/a.yaml" leaves the archive`},
		"drive":    {map[string]string{`c:\a.yaml`: "groups: []"}, `entry "c:\\a.yaml" leaves the archive`},
		"large":    {map[string]string{"a.yaml": big}, "a.yaml: larger than 4 MiB"},
		"many":     {many, "more than 5000 files"},
		"deep":     {map[string]string{strings.Repeat("d/", 40) + "a.yaml": "groups: []"}, "deeper than 32 folders"},
		"bomb": {map[string]string{
			"1.yaml": big[:4<<20], "2.yaml": big[:4<<20], "3.yaml": big[:4<<20], "4.yaml": big[:4<<20], "5.yaml": big[:4<<20],
			"6.yaml": big[:4<<20], "7.yaml": big[:4<<20], "8.yaml": big[:4<<20], "9.yaml": big[:4<<20],
		}, "larger than 32 MiB"},
		"skipped bomb": {map[string]string{"a.txt": strings.Repeat(big, 14)}, "unpacks to more than a registry may hold"},
		"empty":        {map[string]string{"a.txt": ""}, "no .yaml file in it"},
	} {
		for _, kind := range []string{".zip", ".tgz"} {
			if name == "skipped bomb" && kind == ".zip" {
				continue // a zip's entries are not read to skip them
			}
			path := filepath.Join(t.TempDir(), "a"+kind)
			pack(t, path, c.files)
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "registry: ") {
				t.Errorf("%s%s: got %v, want %s", name, kind, err, c.want)
			}
		}
	}
}

func TestLoadOtherInput(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.rar": "x", "a.zip": "x", "a.tgz": "x", "a.tar": "x"})
	for path, want := range map[string]string{
		"a.rar": "want a folder, a .zip", "a.zip": "not a valid zip file", "a.tgz": "EOF", "a.tar": "EOF", "none": "no such file",
	} {
		if _, err := Load(filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
	if r, err := Load(); err != nil || r != registry.Default() {
		t.Errorf("nothing: %v", err)
	}
}

// A released archive has everything in one folder.
func TestLoadArchiveWithRootFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acme-1.0.zip")
	pack(t, path, map[string]string{"acme-1.0/a.yaml": "groups:\n- id: registry.acme\n  type: attribute_group\n  attributes: [{id: acme.x, type: int}]\n"})
	r, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Lookup("acme.x"); a == nil || a.Link() != "" || a.Type != registry.Int {
		t.Errorf("got %+v", a)
	}
}

func TestErrorsAreBounded(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.yaml": "groups:\n" + strings.Repeat("- {id: g, type: nope}\n", 50)})
	_, err := Load(dir)
	if n := strings.Count(err.Error(), "\n"); n != 20 || !strings.Contains(err.Error(), "more errors") {
		t.Errorf("%d lines: %v", n+1, err)
	}
}

// An alias bomb: each list has ten times the items of the one before.
func TestAliasBombIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("groups:\n- id: a0\n  type: attribute_group\n  attributes: &l [")
	b.WriteString(strings.Repeat("{ref: http.route},", 1000) + "]\n")
	for i := 1; i < 1000; i++ {
		fmt.Fprintf(&b, "- {id: a%d, type: attribute_group, attributes: *l}\n", i)
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.yaml": b.String()})
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "more than 200000 items") {
		t.Errorf("got %v", err)
	}
}

func TestPlacesAgree(t *testing.T) {
	for kind, place := range map[definition.Kind]registry.Places{
		definition.Span: registry.OnSpan, definition.Metric: registry.OnMetric, definition.Event: registry.OnLog, definition.Entity: registry.OnResource,
	} {
		if 1<<kind != place {
			t.Errorf("%s is %d", kind, place)
		}
	}
}

// The loader leaves the embedded tables alone, and look-ups in what it made allocate
// nothing.
func TestMergedRegistryIsItsOwn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.yaml": `file_format: definition/2
attributes:
  - {key: acme.order.id, type: string}
  - {key: geo.locality.name, type: string, stability: stable}
spans:
  - {type: acme.order.server, kind: server, attributes: [{ref: acme.order.id}, {ref: http.route}]}
`})
	r, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if registry.Lookup("acme.order.id") != nil || registry.Lookup("geo.locality.name").Stability == registry.Stable {
		t.Error("the embedded registry has changed")
	}
	if r.Lookup("geo.locality.name").Stability != registry.Stable || len(r.Spans()) != len(registry.Spans())+1 {
		t.Error("the merged registry lacks what was loaded")
	}
	if n := testing.AllocsPerRun(100, func() {
		_ = r.Lookup("acme.order.id").Members()
		_ = r.LookupSpan("acme.order.server").Attribute("http.route")
		_ = r.Resolve("acme.order.id.x")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("groups:\n- {id: registry.acme, type: attribute_group, attributes: [{id: acme.x, type: int}]}\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(dir); err != nil {
			b.Fatal(err)
		}
	}
}
