package configs

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the golden parts")

// sink keeps what it is told.
type sink struct {
	mu    sync.Mutex
	uses  map[string][]source.Use
	notes []string
}

func (s *sink) Uses(f *source.File, _ string, _ []byte, uses []source.Use) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses[f.Path] = append(s.uses[f.Path], uses...)
}

func (s *sink) Note(f *source.File, line int, reason, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, fmt.Sprintf("%s:%d: note: %s", f.Path, line, reason))
}

// readAll reads files that are written into a folder first.
func readAll(t *testing.T, files map[string]string) *sink {
	t.Helper()
	root := t.TempDir()
	var all []*source.File
	for name, content := range files {
		abs := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(abs), 0o755))
		require.NoError(t, os.WriteFile(abs, []byte(content), 0o600))
		all = append(all, &source.File{Path: name, Abs: abs, Size: int64(len(content))})
	}
	s := &sink{uses: map[string][]source.Use{}}
	require.NoError(t, New().Read(context.Background(), root, source.ClaimAll(New(), all), s))
	return s
}

// TestCorpus: testdata's archives hold files, and behind them what is found in these.
func TestCorpus(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 30)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			files, want := map[string]string{}, ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files[f.Name] = string(f.Data)
			}
			found := readAll(t, files)
			got := found.String(files)
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o600))
				return
			}
			assert.Equal(t, want, got)
			for name, uses := range found.uses {
				checkRewrites(t, name, files[name], uses)
			}
		})
	}
}

// String has a use on each line.
func (s *sink) String(files map[string]string) string {
	lines := slices.Clone(s.notes)
	for name, uses := range s.uses {
		content := []byte(files[name])
		for _, u := range uses {
			lines = append(lines, describe(name, content, &u))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(sortable(a), sortable(b)) })
	return strings.Join(append(lines, ""), "\n")
}

// sortable orders by line as a number.
func sortable(line string) string {
	parts := strings.SplitN(line, ":", 4)
	if len(parts) < 4 {
		return line
	}
	return fmt.Sprintf("%s:%6s:%6s:%s", parts[0], parts[1], parts[2], parts[3])
}

var roles = map[source.Role]string{source.Attribute: "attribute", source.Metric: "metric", source.Event: "event", source.OptIn: "opt-in", source.PrometheusLabel: "label"}

var places = []struct {
	place translate.Place
	name  string
}{{translate.Resource, "resource"}, {translate.Scope, "scope"}, {source.AnySpan, "span"}, {translate.Event, "event"}, {translate.Point, "point"}, {translate.Record, "record"}}

func describe(name string, content []byte, u *source.Use) string {
	line, column := source.LinesOf(content).Position(content, u.At.Start)
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s %s %s", name, line, column, u.Tier, roles[u.Role], u.Key)
	if said := string(content[u.At.Start:u.At.End]); said != u.Key {
		fmt.Fprintf(&b, " (written %q)", said)
	}
	if u.Read {
		b.WriteString(" read")
	}
	var on []string
	for _, p := range places {
		if u.Place&p.place != 0 {
			on = append(on, p.name)
		}
	}
	if len(on) > 0 {
		b.WriteString(" on " + strings.Join(on, "|"))
	}
	if u.Of != "" {
		b.WriteString(" of " + u.Of)
	}
	if u.Value != nil {
		line, column := source.LinesOf(content).Position(content, u.Value.At.Start)
		fmt.Fprintf(&b, " value %s at %d:%d", u.Value.Text, line, column)
	}
	if u.Type != registry.Any && u.Value == nil {
		fmt.Fprintf(&b, " type %s", u.Type)
	}
	if u.Unit != nil {
		fmt.Fprintf(&b, " unit %s", u.Unit.Text)
	}
	if u.Callee != "" {
		b.WriteString(" by " + u.Callee)
	}
	if u.Rewrite == nil {
		b.WriteString(" (no rewrite)")
	}
	return b.String()
}

// checkRewrites: where a name is written in a use's place it is found there, with the same role.
func checkRewrites(t *testing.T, name, content string, uses []source.Use) {
	t.Helper()
	for _, u := range uses {
		if u.Rewrite == nil {
			continue
		}
		edits := u.Rewrite("koine.rewritten.name")
		require.Len(t, edits, 1)
		e := edits[0]
		require.Equal(t, u.Key, content[e.Start:e.End])
		edited := content[:e.Start] + e.Text + content[e.End:]
		again := readAll(t, map[string]string{name: edited})
		assert.True(t, slices.ContainsFunc(again.uses[name], func(v source.Use) bool {
			return v.At.Start == e.Start && v.Key == e.Text && v.Role == u.Role
		}), "%s: %s rewritten at %d is not found again", name, u.Key, e.Start)
	}
}

func TestClaims(t *testing.T) {
	for path, want := range map[string]bool{
		"a/b.yaml": true, "x.yml": true, "deploy/values.json": true, "app.properties": true, ".env": true, ".env.prod": true, "a/Dockerfile": true, "Dockerfile.dev": true,
		"my.dockerfile": true, "run.sh": true, "x.service": true, "templates/_helpers.tpl": true, "main.tf": true, "Makefile": true, "c.yaml.j2": true, "c.env.example": true,
		"main.go": false, "a.py": false, "README.md": false, "environment": false, "dockerfiles/x": false, "a.py.j2": false, "a.example": false,
	} {
		assert.Equal(t, want, New().Claims(path), path)
	}
}

// TestHostile: what nobody wrote costs neither time nor memory, and ends in a note at most.
func TestHostile(t *testing.T) {
	prefix := "receivers: {otlp: }\nprocessors: {batch: }\n"
	bomb := prefix + "a: &a |\n  OTEL_RESOURCE_ATTRIBUTES: a.b=c\n  x: y\n" + "b: [" + strings.Repeat("*a,", 300_000) + "]\n"
	nested := prefix
	for i := range 20 {
		nested += fmt.Sprintf("k%d: &k%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*k%d,", max(i-1, 0)), 9))
	}
	for name, content := range map[string]string{
		"large.yaml":            prefix + strings.Repeat("#", source.MaxFileBytes),
		"deep.yaml":             prefix + "x: " + strings.Repeat("[", 500_000),
		"deep.json":             `{"receivers": ` + strings.Repeat("[", 500_000),
		"bomb.yaml":             bomb,
		"nested.yaml":           nested,
		"settings.sh":           strings.Repeat("OTEL_RESOURCE_ATTRIBUTES='a.b=c", 30_000),
		"list.env":              "OTEL_RESOURCE_ATTRIBUTES=" + strings.Repeat("a.b=c,", 100_000),
		"actions.yaml":          prefix + strings.Repeat("{{", 400_000),
		"statement.yaml":        prefix + "x: {}\nservice: {pipelines: {}}\n" + `y: "` + strings.Repeat("(", 100_000) + `"`,
		"ottl.yaml":             "processors: {transform: {trace_statements: ['" + strings.Repeat("not ", 200_000) + "']}}\nservice: {pipelines: {}}\n",
		"binary.yaml":           "receivers\x00\xff\xfe",
		"broken.json":           `{"receivers": `,
		"block.yaml":            prefix + "a: |\n" + strings.Repeat("  OTEL: x\n", 80_000),
		"properties.properties": "otel.resource.attributes=" + strings.Repeat("a.b=c,", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			readAll(t, map[string]string{name: content})
			assert.Less(t, time.Since(start), 10*time.Second)
		})
	}
}

func TestParses(t *testing.T) {
	p := New().(source.Parser)
	for path, contents := range map[string][2]string{
		"a.yaml": {"a: {{ .b }}\n", "a: [\n"},
		"b.yaml": {"processors: {filter: {traces: {span: ['name == \"x\"']}}}\nservice: {pipelines: {}}", "processors: {filter: {traces: {span: ['name == \"x']}}}\nservice: {pipelines: {}}"},
		"a.json": {"{}", "{"},
	} {
		assert.NoError(t, p.Parses(path, []byte(contents[0])), path)
		assert.Error(t, p.Parses(path, []byte(contents[1])), path)
	}
	assert.NoError(t, p.Parses("a.sh", []byte("if")))
}
