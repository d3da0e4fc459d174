package yamltext

import (
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	content := []byte(strings.Repeat("- name: http.method # a comment\n  values: [\"a\\tb\", 'it''s', plain text]\n  text: |\n    one\n    two\n", 500))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(content)
	}
}
