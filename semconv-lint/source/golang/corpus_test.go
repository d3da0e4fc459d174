package golang

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/internal/gomodule"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// TestCorpus reads the archives by types and by syntax alone: both say the same.
func TestCorpus(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	cases := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, syntax := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/syntax=%v", filepath.Base(name), syntax), func(t *testing.T) {
				dir := gomodule.Unpack(t, archive)
				s := readAll(t, dir, Options{Syntax: syntax})
				for _, f := range archive.Files {
					if filepath.Ext(f.Name) == ".go" {
						cases += compare(t, f.Name, f.Data, s.uses[f.Name])
					}
				}
			})
		}
	}
	if cases < 2*100 {
		t.Errorf("only %d uses are expected", cases)
	}
}

// compare checks a file's uses by the comments on its lines.
func compare(t *testing.T, name string, content []byte, uses []source.Use) (expected int) {
	t.Helper()
	lines := source.LinesOf(content)
	byLine := map[int][]source.Use{}
	for _, u := range uses {
		if u.Tier <= source.B {
			line, _ := lines.Position(content, u.At.Start)
			byLine[line] = append(byLine[line], u)
		}
	}
	for i, text := range strings.Split(string(content), "\n") {
		_, wants, _ := strings.Cut(text, "// uses: ")
		left := byLine[i+1]
		for want := range strings.SplitSeq(wants, "; ") {
			if want == "" {
				continue
			}
			expected++
			found := slices.IndexFunc(left, func(u source.Use) bool { return matches(&u, want) })
			if found < 0 {
				t.Errorf("%s:%d: no use %q among %s", name, i+1, want, describeAll(left))
				continue
			}
			left = slices.Delete(slices.Clone(left), found, found+1)
		}
		if len(left) > 0 {
			t.Errorf("%s:%d: unexpected: %s", name, i+1, describeAll(left))
		}
	}
	return expected
}

var roles = map[source.Role]string{
	source.Attribute: "attribute", source.Metric: "metric", source.SpanName: "span", source.Event: "event",
	source.Package: "package", source.OptIn: "optin", source.Name: "name",
}

var placeNames = map[translate.Place]string{
	translate.Resource: "resource", translate.Scope: "scope", source.AnySpan: "span", translate.Event: "event",
	translate.Link: "link", translate.Point: "point", translate.Record: "record", translate.Producer: "producer",
}

var typeNames = map[registry.Type]string{registry.String: "string", registry.Int: "int", registry.Bool: "boolean", registry.Strings: "string[]"}

// words are what may be said of a use behind its key.
func words(u *source.Use) []string {
	all := []string{placeNames[u.Place], "type=" + typeNames[u.Type], "of=" + u.Of, fmt.Sprintf("varies=%v", u.Varies), fmt.Sprintf("instrument=%d", u.Instrument)}
	if u.Type == registry.Bool {
		all = append(all, "type=bool")
	}
	if u.Value != nil {
		all = append(all, "value="+u.Value.Text)
	}
	if u.Unit != nil {
		all = append(all, "unit="+u.Unit.Text)
	}
	if u.Read {
		all = append(all, "read")
	}
	if u.Varies {
		all = append(all, "varies", map[bool]string{true: "bounded", false: "unbounded"}[u.Bounded])
	}
	return all
}

func head(u *source.Use) string { return fmt.Sprintf("%v %s %s", u.Tier, roles[u.Role], u.Key) }

func matches(u *source.Use, want string) bool {
	rest, ok := strings.CutPrefix(want, head(u))
	if !ok || rest != "" && rest[0] != ' ' {
		return false
	}
	have := words(u)
	for _, word := range strings.Fields(rest) {
		if !slices.Contains(have, word) {
			return false
		}
	}
	return u.Read == slices.Contains(strings.Fields(rest), "read")
}

func describeAll(uses []source.Use) string {
	var all []string
	for _, u := range uses {
		all = append(all, head(&u)+" "+strings.Join(words(&u), " "))
	}
	return "[" + strings.Join(all, "; ") + "]"
}

// sink keeps what a reader says, by paths.
type sink struct {
	mu       sync.Mutex
	uses     map[string][]source.Use
	contents map[string][]byte
	notes    []string
}

func (s *sink) Uses(f *source.File, language string, content []byte, uses []source.Use) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses[f.Path] = append(s.uses[f.Path], uses...)
	s.contents[f.Path] = content
}

func (s *sink) Note(f *source.File, line int, reason, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, fmt.Sprintf("%s:%d: %s: %s", f.Path, line, reason, message))
}

func readAll(t testing.TB, dir string, o Options) *sink {
	t.Helper()
	files, err := source.Walk(context.Background(), dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{uses: map[string][]source.Use{}, contents: map[string][]byte{}}
	r := New(o)
	if err := r.Read(context.Background(), dir, source.ClaimAll(r, files), s); err != nil {
		t.Fatal(err)
	}
	slices.Sort(s.notes)
	return s
}
