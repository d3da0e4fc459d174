package yamltext

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJSON(t *testing.T) {
	content := `{"a": [1, "x\"\u00e9\ud83d\ude00\/http.url", true, null, {}, []], "b": -1.5e3, "c" : { "d" : "e" } }`
	root, err := ParseJSON([]byte(content))
	require.NoError(t, err)
	items := root.Get("a").Items
	require.Len(t, items, 6)
	assert.Equal(t, "x\"é😀/http.url", items[1].Text.Value)
	r, literal := items[1].Text.Slice(9, 17).Range()
	assert.True(t, literal)
	assert.Equal(t, "http.url", content[r.Start:r.End])
	r, _ = items[1].Text.Range()
	assert.Equal(t, `x\"\u00e9\ud83d\ude00\/http.url`, content[r.Start:r.End])
	assert.True(t, items[1].String)
	assert.True(t, items[3].Null)
	assert.Equal(t, "-1.5e3", root.Get("b").Value())
	assert.Equal(t, "e", root.Get("c", "d").Value())
	_, err = ParseJSON([]byte("{\n\"a\": }"))
	assert.ErrorContains(t, err, "json: line 2: ")
}

func TestJSONWithinJSON(t *testing.T) {
	content := `{"a": "{\"b\": \"http.url\"}"}`
	root, err := ParseJSON([]byte(content))
	require.NoError(t, err)
	inner, err := ParseJSONText(root.Get("a").Text)
	require.NoError(t, err)
	r, literal := inner.Get("b").Text.Range()
	assert.True(t, literal)
	assert.Equal(t, "http.url", content[r.Start:r.End])
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, "x\"\u00e9\ud83d\ude00\/http.url", true, null, {}, []], "b": -1.5e3}`))
	f.Add([]byte("\ufeff[\"\\ud800\", \"\xff\xfe\"]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		root, err := ParseJSON(content)
		if err != nil {
			return
		}
		for _, s := range scalars(root) {
			r, literal := s.Text.Range()
			said := string(content[r.Start:r.End])
			if literal {
				require.Equal(t, s.Text.Value, said)
			}
			if s.String {
				var again string
				require.NoError(t, json.Unmarshal([]byte(`"`+said+`"`), &again))
				require.Equal(t, again, s.Text.Value)
			}
		}
	})
}
