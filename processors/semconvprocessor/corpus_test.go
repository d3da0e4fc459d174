package semconvprocessor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// TestMetricCorpus runs testdata/corpus: a case for every metric that was ever retired,
// with its labels of then, and for those of other vocabularies. The title says since when
// the name is retired or, where it stays, why.
func TestMetricCorpus(t *testing.T) {
	checkMetrics(t, "testdata/corpus/*.txt", tableFor(""))
}

// everything is all vocabularies that come with the processor.
func everything() []*translate.Vocabulary {
	return slices.Concat(translate.Embedded(), dialects.All())
}

// TestMetricCorpusIsComplete: every metric that the registry knows as retired, every one
// that a rule names and every one of the list is in a case.
func TestMetricCorpusIsComplete(t *testing.T) {
	seen := map[string]bool{}
	files, err := filepath.Glob("testdata/corpus/*.txt")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(data)) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == "metric" {
				seen[words[1]] = true
			}
		}
	}
	for _, m := range registry.Metrics() {
		if m.Deprecation != registry.Live {
			assert.True(t, seen[m.Name], "no case for %s, which the registry retires", m.Name)
		}
	}
	for _, v := range everything() {
		for _, r := range v.Metrics {
			for _, from := range r.From {
				assert.True(t, seen[from.Name], "no case for %s of %s", from.Name, v.Name)
			}
		}
	}
	list, err := os.ReadFile("testdata/corpus/retired.metrics")
	require.NoError(t, err)
	for name := range strings.Lines(string(list)) {
		assert.True(t, seen[strings.TrimSpace(name)], "no case for %s", name)
	}
}
