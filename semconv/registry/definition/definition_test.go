package definition

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPosition(t *testing.T) {
	for want, p := range map[string]Position{"a.yaml:3": {"a.yaml", 3}, "a.yaml": {File: "a.yaml"}} {
		if p.String() != want {
			t.Errorf("got %s, want %s", p, want)
		}
	}
}

func TestChainsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("groups:\n- {id: g0, type: attribute_group}\n")
	for i := 1; i < 200; i++ {
		fmt.Fprintf(&b, "- {id: g%d, type: attribute_group, extends: g%d}\n", i, i-1)
	}
	// The last one first, so that the whole chain is followed from it.
	b.WriteString("- {id: span.last, type: span, extends: g199}\n")
	lines := strings.SplitAfter(b.String(), "\n")
	text := lines[0] + lines[len(lines)-2] + strings.Join(lines[1:len(lines)-2], "")
	if err := readText(t, text); err == nil || !strings.Contains(err.Error(), "more than 64 others") {
		t.Errorf("got %v", err)
	}
}

// Aliases in associations, merge keys that merge themselves, and the like: whatever is
// written, reading ends, soon and without a panic.
func FuzzRead(f *testing.F) {
	fixtures, err := filepath.Glob("../weaver/testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range fixtures {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(data), "\n-- ") {
			_, text, _ := strings.Cut(part, "\n")
			f.Add([]byte(text), text)
		}
	}
	f.Add([]byte("groups: &a [*a]"), "")
	f.Add([]byte("groups:\n- &a {<<: *a, id: x, entity_associations: [&b {one_of: [*b, *b]}]}"), "")
	f.Fuzz(func(t *testing.T, data []byte, second string) {
		start := time.Now()
		problems := &Problems{}
		items := 1000
		var all raw
		for name, data := range map[string][]byte{"a.yaml": data, "b.yaml": []byte(second)} {
			(&file{name: name, problems: problems, items: &items}).read(data, &all)
		}
		b := &bundle{files: map[string][]byte{"manifest.yaml": data}}
		b.manifest(problems)
		set := resolve(&all, "", nil, problems)
		if problems.Err() == nil {
			resolve(&raw{}, "", []Base{set}, problems)
			set.Places()
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func readText(t *testing.T, text string) error {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Read(dir)
	return err
}
