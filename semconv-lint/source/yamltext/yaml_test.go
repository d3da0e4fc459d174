package yamltext

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scalars are all of a document, with those that stand in its keys.
func scalars(n *Node) []*Node {
	if n.Kind == Scalar {
		return []*Node{n}
	}
	var all []*Node
	for _, p := range n.Pairs {
		all = append(append(all, scalars(p.Key)...), scalars(p.Value)...)
	}
	for _, item := range n.Items {
		all = append(all, scalars(item)...)
	}
	return all
}

// TestPositions: {} stands around what must be found, in every style.
func TestPositions(t *testing.T) {
	for name, c := range map[string]struct{ yaml, value string }{
		"plain":                 {"a: {http.method}\n", "http.method"},
		"plain, a comment":      {"a: {http.method} # b\n", "http.method"},
		"plain, several lines":  {"a:\n  {b c\n   d\n\n  e}\nx: 1\n", "b c d\ne"},
		"plain in flow":         {"a: [b, {http.method}]\n", "http.method"},
		"plain with an anchor":  {"a: &x {http.method}\n", "http.method"},
		"plain with a tag":      {"a: !!str\n  {http.method}\n", "http.method"},
		"double":                {"a: \"{http.method}\"\n", "http.method"},
		"double with escapes":   {`a: "{b\"\x41\u00e9\n\t\\ c}"`, "b\"Aé\n\t\\ c"},
		"double, several lines": {"a: \"{b  \n\n   c \\\n    d\\\n\n    e}\"\n", "b\nc d\ne"},
		"single":                {"a: '{it''s}'\n", "it's"},
		"single, several lines": {"a: '{b\n  c}'\n", "b c"},
		"literal":               {"a: |\n  {b\n   c\n\n  d\n}x: 1\n", "b\n c\n\nd\n"},
		"literal, stripped":     {"a: |-\n  {b\n  c}\n\nx: 1\n", "b\nc"},
		"literal, kept":         {"a: |+\n  {b\n\n}x: 1\n", "b\n\n"},
		"literal, indicator":    {"a: |2-\n  {  b\n  c}\n", "  b\nc"},
		"literal, CRLF":         {"a: |\r\n  {b\r\n  c\r\n}x: 1\r\n", "b\nc\n"},
		"folded":                {"a: >-\n  {b\n  c\n\n  d\n    e\n  f}\n", "b c\nd\n  e\nf"},
		"after Unicode":         {"ä: [é, {http.method}]\n", "http.method"},
		"after NEL":             {"a: b\u0085c: {http.method}\n", "http.method"},
		"byte order mark":       {"\ufeffa: {http.method}\n", "http.method"},
		"second document":       {"a: 1\n---\nb: {http.method}\n", "http.method"},
		"after a broken one":    {"a: [\n---\nb: {http.method}\n", "http.method"},
		"empty":                 {"a: \"{}\"\n", ""},
		"key":                   {"{http.method}: 1\n", "http.method"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := strings.IndexByte(c.yaml, '{'), strings.IndexByte(c.yaml, '}')-1
			content := strings.NewReplacer("{", "", "}", "").Replace(c.yaml)
			for _, d := range Parse([]byte(content)) {
				if d.Root == nil {
					continue
				}
				for _, s := range scalars(d.Root) {
					r, literal := s.Text.Range()
					if s.Text.Value != c.value || !s.Text.Placed() {
						continue
					}
					assert.Equal(t, content[from:to], content[r.Start:r.End])
					assert.True(t, !literal || content[r.Start:r.End] == s.Text.Value)
					return
				}
			}
			t.Fatalf("%q is not found in %q", c.value, content)
		})
	}
}

func TestSlice(t *testing.T) {
	content := "a: \"x\\\"http.method\\\"\"\n"
	text := Parse([]byte(content))[0].Root.Get("a").Text
	require.Equal(t, `x"http.method"`, text.Value)
	r, literal := text.Slice(2, 13).Range()
	assert.True(t, literal)
	assert.Equal(t, "http.method", content[r.Start:r.End])
	r, literal = text.Slice(1, 2).Range()
	assert.False(t, literal)
	assert.Equal(t, `\"`, content[r.Start:r.End])
}

// TestWithin: a document in a text of another has its places in the file.
func TestWithin(t *testing.T) {
	content := "data:\n  relay: |\n    a:\n      b: \"x\\u0020http.method\"\n    c: [http.url]\n"
	inner := ParseText(Parse([]byte(content))[0].Root.Get("data", "relay").Text)
	require.Len(t, inner, 1)
	text := inner[0].Root.Get("a", "b").Text
	r, literal := text.Slice(2, 13).Range()
	assert.True(t, literal)
	assert.Equal(t, "http.method", content[r.Start:r.End])
	item := inner[0].Root.Get("c").Items[0]
	r, literal = item.Text.Range()
	assert.True(t, literal)
	assert.Equal(t, "http.url", content[r.Start:r.End])
	assert.Equal(t, strings.Index(content, "http.url"), item.Start)
}

func TestAliases(t *testing.T) {
	root := Parse([]byte("a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, x: 3}\nd: &d [*d]\n"))[0].Root
	assert.Same(t, root.Get("a"), root.Get("b"))
	assert.Equal(t, "3", root.Get("c", "x").Value())
	assert.Equal(t, "2", root.Get("c", "y").Value())
	assert.True(t, root.Get("d").Items[0].Null)
	assert.Nil(t, root.Get("a", "x", "z"))
}

// TestBomb: a few lines do not become billions of nodes for whoever walks them.
func TestBomb(t *testing.T) {
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := range 20 {
		a := string(rune('a' + i))
		bomb += a + "1: &" + a + "1 [" + strings.Repeat("*"+map[bool]string{true: "a0", false: string(rune('a'+i-1)) + "1"}[i == 0]+",", 9) + "]\n"
	}
	documents := Parse([]byte(bomb))
	require.Nil(t, documents[0].Err)
	assert.Less(t, len(scalars(documents[0].Root)), 200_000)
}

func TestErrors(t *testing.T) {
	documents := Parse([]byte("a: 1\n---\nb: [\n---\nc: 3\n"))
	require.Len(t, documents, 3)
	assert.Error(t, documents[1].Err)
	assert.Equal(t, "3", documents[2].Root.Get("c").Value())
	assert.Empty(t, Parse([]byte("# nothing\n---\n")))
	assert.Empty(t, Parse(nil))
}

// TestHouse: every scalar of the repository's own files is placed.
func TestHouse(t *testing.T) {
	for _, pattern := range []string{"../../../examples/*/*.yaml", "../../../cmd/koine/*.yaml", "../../../semconv/dialects/*.yaml", "../../../semconv/translate/rules/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, path := range files {
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, d := range Parse(content) {
				require.NoError(t, d.Err, path)
				for _, s := range scalars(d.Root) {
					assert.True(t, s.Text.Placed() || s.Null, "%s: %q", path, s.Text.Value)
				}
			}
		}
	}
}
