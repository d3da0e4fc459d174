package yamlsyntax

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestLocate(t *testing.T) {
	for data, want := range map[string]int{
		"a: [":                          1,
		"a: 1\nb:\n  - c: 2\n   d: 3\n": 4,
		"a: 1\n\tb: 2\n":                2,
		"a: \"1\nb: 2\n":                3, // the quote ends nowhere
	} {
		var n yaml.Node
		err := yaml.Unmarshal([]byte(data), &n)
		if err == nil {
			t.Errorf("%q is right", data)
			continue
		}
		if line, text := Locate([]byte(data), err); line != want || text == "" {
			t.Errorf("%q: got %d: %s, want line %d", data, line, text, want)
		}
	}
}

func TestSecondDocument(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a: b\n": 0, "---\na: b\n...\n": 0, "a: b\n---\nc: d\n": 2, "a: b\n---\nc: [\n": 3, "a: [": 0} {
		if got := SecondDocument([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
