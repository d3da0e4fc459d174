package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIgnore(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		line    int // of the finding
		kept    int
		unused  int
	}{
		"same line":             {"set(http.method) // semconv-lint:ignore retired-attribute the old gateway wants it\n", 1, 0, 0},
		"line above":            {"# semconv-lint:ignore retired-attribute the old gateway wants it\nset(http.method)\n", 2, 0, 0},
		"comments between":      {"# semconv-lint:ignore retired-attribute why\n\n# more\nset(http.method)\n", 4, 0, 0},
		"another line":          {"# semconv-lint:ignore retired-attribute why\nother()\nset(http.method)\n", 3, 1, 1},
		"glob":                  {"/* semconv-lint:ignore retired-* why */\nset(http.method)\n", 2, 0, 0},
		"list":                  {"<!-- semconv-lint:ignore wrong-type,retired-attribute why -->\nset(http.method)\n", 2, 0, 0},
		"another rule":          {"# semconv-lint:ignore wrong-type why\nset(http.method)\n", 2, 1, 1},
		"no reason":             {"# semconv-lint:ignore retired-attribute\nset(http.method)\n", 2, 1, 1},
		"no reason, C":          {"/* semconv-lint:ignore retired-attribute */\nset(http.method)\n", 2, 1, 1},
		"no rule":               {"# semconv-lint:ignore\nset(http.method)\n", 2, 1, 1},
		"whole file":            {"# semconv-lint:ignore-file retired-attribute a fixture\n\na()\nset(http.method)\n", 4, 0, 0},
		"text, not a comment":   {"print(\"semconv-lint:ignore retired-attribute why\")\nset(http.method)\n", 2, 1, 0},
		"another word":          {"# semconv-lint:ignored retired-attribute why\nset(http.method)\n", 2, 1, 0},
		"at the end of file":    {"set(http.method)\n# semconv-lint:ignore retired-attribute why", 1, 1, 1},
		"above a block of YAML": {"a:\n  # semconv-lint:ignore retired-attribute why\n  - >-\n    set(x)\n\n      where http.method\n  - b\n", 6, 0, 0},
		"at a block of YAML":    {"a:\n  expr: |2- # semconv-lint:ignore retired-attribute why\n    http_method\n", 3, 0, 0},
		"below a block of YAML": {"a:\n  # semconv-lint:ignore retired-attribute why\n  - |\n    x\n  - http.method\n", 5, 1, 1},
		"not before it on line": {"set(http.method) # semconv-lint:ignore retired-attribute why\nset(http.method)\n", 2, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			all := ignoresOf("a.py", []byte(test.content))
			kept, ignored := all.apply([]Finding{{Rule: RetiredAttribute, Line: test.line, EndLine: test.line}})
			assert.Len(t, kept, test.kept)
			assert.Equal(t, 1-test.kept, ignored)
			assert.Len(t, all.unused(judge(t, JudgeOptions{}), "a", "go", []byte(test.content)), test.unused)
		})
	}
}

func TestNumberSign(t *testing.T) {
	content := []byte("text = \"# semconv-lint:ignore wrong-type why\"\n")
	assert.Empty(t, ignoresOf("a.go", content))
	assert.NotEmpty(t, ignoresOf("a.yaml", content))
}

func FuzzIgnore(f *testing.F) {
	f.Add([]byte("# semconv-lint:ignore a b\n// semconv-lint:ignore-file"))
	f.Fuzz(func(_ *testing.T, content []byte) {
		ignoresOf("a.py", content).apply([]Finding{{Rule: "a", Line: 1, EndLine: 1}})
	})
}
