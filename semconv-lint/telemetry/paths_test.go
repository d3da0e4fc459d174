package telemetry

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatterns(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"a.json", "b.txt", "d/a.json", "d/e/f/c.json", "d/.hidden.json", ".git/x.json", "odd[1].json"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(oneRequest), 0o600))
	}
	require.NoError(t, os.WriteFile("d/README.md", []byte("# not telemetry"), 0o600))
	here, err := os.Getwd()
	require.NoError(t, err)
	for _, c := range []struct {
		pattern string
		sources string
		err     string
	}{
		{"a.json", "a.json", ""},
		{"./a.json", "a.json", ""},
		{"*.json", "a.json odd[1].json", ""},
		{"odd[1].json", "odd[1].json", ""},
		{"**/*.json", "a.json d/a.json d/e/f/c.json odd[1].json", ""},
		{"d/**/c.json", "d/e/f/c.json", ""},
		{"d/**", "d/a.json d/e/f/c.json", "d/README.md:1:1: " + errUnknown.Error()},
		{"d/*/*/*", "d/e/f/c.json", ""},
		{"d", "d/a.json d/e/f/c.json", ""},
		{".", "a.json b.txt d/a.json d/e/f/c.json odd[1].json", ""},
		{"[ab].*", "a.json b.txt", ""},
		{here + "/d/a.*", here + "/d/a.json", ""},
		{"nothing*", "", "nothing*: file does not exist"},
		{"nothing", "", "nothing: no such file or directory"},
		{"[", "", "[: syntax error in pattern"},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			g := new(gatherer)
			counts, err := ReadFiles(context.Background(), []string{c.pattern, c.pattern}, nil, g, Options{})
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
			slices.Sort(g.sources)
			want := strings.Fields(c.sources)
			for i := range want {
				want[i] += ":1"
			}
			assert.ElementsMatch(t, want, g.sources)
			assert.EqualValues(t, len(want), counts.Spans)
		})
	}
	counts, err := ReadFiles(context.Background(), []string{"d"}, nil, new(gatherer), Options{})
	require.NoError(t, err)
	assert.Equal(t, Counts{Files: 2, Skipped: 1, Spans: 2}, counts)
}

func TestStdin(t *testing.T) {
	for _, content := range [][]byte{[]byte(oneRequest), gzipped([]byte(oneRequest))} {
		g := new(gatherer)
		counts, err := ReadFiles(context.Background(), []string{"-", "-"}, bytes.NewReader(content), g, Options{})
		require.NoError(t, err)
		assert.Equal(t, Counts{Files: 1, Spans: 1}, counts)
		assert.Equal(t, []string{"stdin:1"}, g.sources)
	}
}

func TestSourcesNameTheLine(t *testing.T) {
	g, _, err := read(t, []byte(oneRequest+"\n\n"+oneRequest+"\n{\n\"resourceSpans\": [\n{},\n"+oneRequest[18:len(oneRequest)-2]+"]}\n"), Options{Workers: 1})
	require.NoError(t, err)
	assert.Equal(t, []string{"x:1", "x:3", "x:6", "x:7"}, g.sources)
}
