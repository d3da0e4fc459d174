package yamltext

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// FuzzYAML: what is said to stand literally does, every part of it too, and where another text is
// written in its place the file still reads, with that text there.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"a: &x !!str \"b\\\n c\"\nd: 'e''f'\n", "a: |2-\n    b\n  c\n", "a: >\n  b\n  c\n\n   d\n", "- [a, {b: c}]\n- *x\n",
		"a: b\n c\n\n d\n", "? a\n: b\n", "a: \"\\x41\\u00e9\"\r\nb: |+\r\n  c\r\n\r\n", "\ufeffa: ä\u0085b: c\n", "--- a\n...\n--- b\n",
		"a: {x: y}\n<<: &m {k: v}\nb: {<<: *m}\n", "a: |\n  b: \"c\\td\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, d := range Parse(content) {
			if d.Root == nil {
				continue
			}
			for _, s := range scalars(d.Root) {
				checkText(t, content, s.Text)
				for _, inner := range ParseText(s.Text) {
					if inner.Root != nil {
						for _, s := range scalars(inner.Root) {
							checkText(t, content, s.Text)
						}
					}
				}
			}
		}
	})
}

func checkText(t *testing.T, content []byte, text Text) {
	t.Helper()
	if !text.Placed() {
		return
	}
	r, literal := text.Range()
	require.LessOrEqual(t, 0, r.Start)
	require.LessOrEqual(t, r.Start, r.End)
	require.LessOrEqual(t, r.End, len(content))
	if literal {
		require.Equal(t, text.Value, string(content[r.Start:r.End]))
	}
	for i := range min(len(text.Value), 50) {
		part := text.Slice(i, i+1)
		require.Equal(t, text.Value[i:i+1], part.Value)
		if at, literal := part.Range(); literal {
			require.Equal(t, part.Value, string(content[at.Start:at.End]))
		}
	}
}

// FuzzReplace: a name that is written in a scalar's place is read there.
func FuzzReplace(f *testing.F) {
	f.Add("http.method", "\"", "\"")
	f.Add("http.method", "", "")
	f.Add("http.method", "|\n  ", "\n")
	f.Add("a b", ">-\n  x\n  ", "")
	f.Fuzz(func(t *testing.T, name, before, after string) {
		content := []byte("k: " + before + name + after)
		documents := Parse(content)
		if len(documents) != 1 || documents[0].Root == nil {
			return
		}
		text := documents[0].Root.Get("k")
		if text == nil || text.Kind != Scalar || !text.String || !text.Text.Placed() {
			return
		}
		r, literal := text.Text.Range()
		if !literal || r.Start == r.End {
			return
		}
		edited := string(content[:r.Start]) + "http.request.method" + string(content[r.End:])
		var again yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(edited), &again), edited)
		require.Contains(t, edited, "http.request.method")
		require.Contains(t, again.Content[0].Content[1].Value, "http.request.method", edited)
	})
}
