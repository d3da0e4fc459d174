package ottl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// written is an expression with its parts in parentheses.
func written(e *Expression) string {
	if e == nil {
		return ""
	}
	list := func(all []Argument) string {
		var parts []string
		for _, a := range all {
			part := written(a.Value)
			if a.Name != "" {
				part = a.Name + "=" + part
			}
			if a.Key != nil {
				part = written(a.Key) + ": " + part
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ", ")
	}
	keys := func(all []*Expression) string {
		s := ""
		for _, k := range all {
			s += "[" + written(k) + "]"
		}
		return s
	}
	switch e.Kind {
	case Path:
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, f.Name+keys(f.Keys))
		}
		return strings.Join(fields, ".")
	case Call:
		return e.Name + "(" + list(e.Arguments) + ")" + keys(e.Keys)
	case String:
		return fmt.Sprintf("%q", e.Text.Value)
	case List:
		return "[" + list(e.Arguments) + "]"
	case Map:
		return "{" + list(e.Arguments) + "}"
	case Binary:
		return "(" + written(e.Left) + " " + e.Name + " " + written(e.Right) + ")"
	case Unary:
		return "(" + e.Name + " " + written(e.Right) + ")"
	}
	return e.Name
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		`set(attributes["a.b"], "x")`:                                        `set(attributes["a.b"], "x")`,
		`set(span.attributes["a"], 1.5) where resource.attributes["b"]!=nil`: `set(span.attributes["a"], 1.5) where (resource.attributes["b"] != nil)`,
		`a == 1 or b == 2 and not c == 3`:                                    `((a == 1) or ((b == 2) and (not (c == 3))))`,
		`(a or b) and c`:                                                     `((a or b) and c)`,
		`1 + 2 * 3 - -4 > 5`:                                                 `(((1 + (2 * 3)) - (- 4)) > 5)`,
		`keep_keys(attributes, ["a", "b",])`:                                 `keep_keys(attributes, ["a", "b"])`,
		`copy_metric(name="x", desc = "y")`:                                  `copy_metric(name="x", desc="y")`,
		`merge_maps(attributes, {"a": 1, "b": {"c": [true]}}, "upsert")`:     `merge_maps(attributes, {"a": 1, "b": {"c": [true]}}, "upsert")`,
		`Split(body["x"], ",")[0] == "a\"b\\"`:                               `(Split(body["x"], ",")[0] == "a\"b\\")`,
		`attributes["a"]["b"][0]`:                                            `attributes["a"]["b"][0]`,
		`replace_all_patterns(attributes, "key", "^a", "b", SHA256)`:         `replace_all_patterns(attributes, "key", "^a", "b", SHA256)`,
		`kind == SPAN_KIND_SERVER and trace_id == TraceID(0x00ff)`:           `((kind == SPAN_KIND_SERVER) and (trace_id == TraceID(0x00ff)))`,
		`route()`:                     `route()`,
		`true`:                        `true`,
		`drop() where true`:           `drop() where true`,
		`Int(attributes["ä"]) >= 1e3`: `(Int(attributes["ä"]) >= 1e3)`,
	} {
		s, err := Parse(yamltext.Literal(in, 0))
		require.NoError(t, err, in)
		got := written(s.Does)
		if s.Where != nil {
			got += " where " + written(s.Where)
		}
		assert.Equal(t, want, got, in)
	}
}

func TestErrors(t *testing.T) {
	for _, in := range []string{
		``, `set(`, `set(a, "b`, `a ==`, `set(a) where`, `a b`, `(a`, `a[`, `a.`, `[1`, `{"a"}`, `a = b`, `set(a,,b)`, `#`, `set(a)) where b`,
		strings.Repeat("(", 1000), strings.Repeat("not ", 1000), strings.Repeat("a[", 1000),
	} {
		_, err := Parse(yamltext.Literal(in, 0))
		assert.ErrorContains(t, err, "ottl: byte ", in)
	}
}

// TestPlaces: of a string with escapes, in a text with an offset, the parts that stand literally
// are where they are said to be.
func TestPlaces(t *testing.T) {
	file := `xxx set(attributes["a\"http.method"], "é")`
	s, err := Parse(yamltext.Literal(file[4:], 4))
	require.NoError(t, err)
	key := s.Does.Arguments[0].Value.Fields[0].Keys[0].Text
	require.Equal(t, `a"http.method`, key.Value)
	r, literal := key.Slice(2, 13).Range()
	assert.True(t, literal)
	assert.Equal(t, "http.method", file[r.Start:r.End])
	_, literal = key.Range()
	assert.False(t, literal)
	r, literal = s.Does.Arguments[1].Value.Text.Range()
	assert.True(t, literal)
	assert.Equal(t, "é", file[r.Start:r.End])
}

// FuzzParse: what is read lies in the text, strings that stand literally do, and what is written
// of a statement is read as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`set(attributes["a.b"], "x\n\"") where not (a == 1.5 or b.c["d"][0] != nil)`, `keep_keys(x, ["a", {"b": -1}], name=A)[0]`, `a`, `"`, `\`, `(((`, `1..2.e+5`, `a."b"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := Parse(yamltext.Literal(in, 0))
		if err != nil {
			return
		}
		again := written(s.Does)
		if s.Where != nil {
			again += " where " + written(s.Where)
		}
		for _, e := range []*Expression{s.Does, s.Where} {
			e.Walk(func(e *Expression) bool {
				require.LessOrEqual(t, 0, e.At.Start)
				require.LessOrEqual(t, e.At.Start, e.At.End)
				require.LessOrEqual(t, e.At.End, len(in))
				if e.Kind == String {
					if r, literal := e.Text.Range(); literal {
						require.Equal(t, e.Text.Value, in[r.Start:r.End])
					}
				}
				return true
			})
		}
		if !strings.Contains(in, `\`) && len(in) < 100 && printable(in) {
			second, err := Parse(yamltext.Literal(again, 0))
			require.NoError(t, err, again)
			require.Equal(t, written(s.Does), written(second.Does))
		}
	})
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
