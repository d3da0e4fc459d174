package pipelines

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/translate"
)

var update = flag.Bool("update", false, "rewrite the golden parts")

// table is the newest conventions', that of 1.21 for semconv/old, and none for semconv/keeps.
func table(id string) (*translate.Table, error) {
	o := translate.Options{}
	switch id {
	case "semconv/keeps":
		return nil, nil
	case "semconv/old":
		o.Target = "1.21.0"
	}
	return translate.New(o, slices.Concat(translate.Embedded(), dialects.All())...), nil
}

// TestCorpus: testdata's archives hold a configuration, and what there is to warn of.
func TestCorpus(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			documents := yamltext.Parse(archive.Files[0].Data)
			require.Len(t, documents, 1)
			require.NoError(t, documents[0].Err)
			warnings, err := Check(documents[0].Root, table)
			require.NoError(t, err)
			var lines []string
			for _, w := range warnings {
				assert.Equal(t, w.Key, string(archive.Files[0].Data[w.At.Start:w.At.End]))
				lines = append(lines, w.String()+"\n")
			}
			got := strings.Join(lines, "")
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o600))
				return
			}
			assert.Equal(t, string(archive.Files[1].Data), got)
		})
	}
}

func TestTableThatCannotBeMade(t *testing.T) {
	root := yamltext.Parse([]byte("processors: {semconv: }\nservice: {pipelines: {traces: {receivers: [a], processors: [semconv], exporters: [b]}}}"))[0].Root
	_, err := Check(root, func(string) (*translate.Table, error) { return nil, errors.New("no such target") })
	assert.EqualError(t, err, "pipelines: processors.semconv: no such target")
}
