package attribute

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// TestKnown: the layout is the library's. If this fails after an upgrade, everything still
// works, by the slow way.
func TestKnown(t *testing.T) {
	require.True(t, Known())
	type value struct{ V any }
	type attribute struct {
		V     value
		Key   string
		Index int32
	}
	assert.True(t, expected(reflect.TypeFor[struct{ A *[]attribute }]()), "the test's own")
	for _, other := range []any{
		1, struct{}{}, struct{ A int }{}, struct{ A *int }{}, struct{ A *[]int }{}, struct{ A []attribute }{},
		struct{ A *[]struct{ Key string } }{},
		struct {
			A *[]struct {
				V     struct{ V fmt.Stringer }
				Key   string
				Index int32
			}
		}{},
		struct {
			A *[]struct {
				V     value
				Name  string
				Index int32
			}
		}{},
		struct {
			A *[]struct {
				V     value
				Key   string
				Index float32
			}
		}{},
		struct {
			A *[]struct {
				Key   string
				V     value
				Index int32
			}
		}{},
		struct {
			A *[]struct {
				V     value
				Key   string
				Index int32
				More  int64
			}
		}{},
	} {
		assert.False(t, expected(reflect.TypeOf(other)), "%T", other)
	}
}

func TestList(t *testing.T) {
	m := pcommon.NewMap()
	assert.Empty(t, List(m))
	m.PutStr("s", "text")
	m.PutInt("i", -7)
	m.PutDouble("d", 0.5)
	m.PutBool("b", true)
	m.PutEmptySlice("l").AppendEmpty().SetStr("x")
	m.PutEmpty("e")
	var seen []string
	for i := range List(m) {
		a := &List(m)[i]
		said := a.Key
		if s, ok := a.Str(); ok {
			said += fmt.Sprintf(" %q", s)
		}
		if n, ok := a.Int(); ok {
			said += fmt.Sprint(" ", n)
		}
		if f, ok := a.Double(); ok {
			said += fmt.Sprint(" ", f)
		}
		if b, ok := a.Bool(); ok {
			said += fmt.Sprint(" ", b)
		}
		seen = append(seen, said)
	}
	assert.Equal(t, []string{`s "text"`, "i -7", "d 0.5", "b true", "l", "e"}, seen)

	List(m)[0].Key = "renamed"
	assert.True(t, List(m)[0].ReplaceStr("other"))
	assert.False(t, List(m)[1].ReplaceStr("other"), "an integer")
	assert.Equal(t, map[string]any{"renamed": "other", "i": int64(-7), "d": 0.5, "b": true, "l": []any{"x"}, "e": nil}, m.AsRaw())
}

// TestBuilder: maps of all sizes are pdata's own in every way: they grow, shrink and are
// copied, and none reaches into another.
func TestBuilder(t *testing.T) {
	var b Builder
	var maps []pcommon.Map
	var want []map[string]any
	for n := range 200 {
		size := n % (block + 7)
		b.Begin(size)
		raw := map[string]any{}
		for i := range size {
			key := fmt.Sprint("key", n, "-", i)
			switch i % 4 {
			case 0:
				text := strings.Repeat("x", i)
				b.Str(key, text)
				raw[key] = text
			case 1:
				b.Int(key, int64(i))
				raw[key] = int64(i)
			case 2:
				b.Double(key, float64(i)/2)
				raw[key] = float64(i) / 2
			default:
				b.Bool(key, i%8 == 3)
				raw[key] = i%8 == 3
			}
		}
		m := pcommon.NewMap()
		b.Into(m)
		maps, want = append(maps, m), append(want, raw)
	}
	for i, m := range maps {
		require.Equal(t, want[i], m.AsRaw())
	}
	for i, m := range maps {
		m.PutStr("more", "text")
		m.RemoveIf(func(_ string, v pcommon.Value) bool { return v.Type() == pcommon.ValueTypeInt })
		want[i]["more"] = "text"
		for key, v := range want[i] {
			if _, ok := v.(int64); ok {
				delete(want[i], key)
			}
		}
		for key, v := range m.All() {
			if v.Type() == pcommon.ValueTypeBool {
				v.SetStr("was a boolean")
				want[i][key] = "was a boolean"
			}
		}
		duplicate := pcommon.NewMap()
		m.CopyTo(duplicate)
		require.Equal(t, want[i], duplicate.AsRaw())
	}
	for i, m := range maps {
		require.Equal(t, want[i], m.AsRaw())
	}
}

// TestBuilderUnknown: by the slow way the same comes out.
func TestBuilderUnknown(t *testing.T) {
	defer func(was bool) { known = was }(known)
	known = false
	var b Builder
	b.Begin(4)
	b.Str("s", "text")
	b.Int("i", 1)
	b.Double("d", 0.5)
	b.Bool("b", true)
	m := pcommon.NewMap()
	b.Into(m)
	assert.Equal(t, map[string]any{"s": "text", "i": int64(1), "d": 0.5, "b": true}, m.AsRaw())
}

// TestBuilderAllocations: blocks are what is allocated, not texts.
func TestBuilderAllocations(t *testing.T) {
	var b Builder
	m := pcommon.NewMap()
	perMap := testing.AllocsPerRun(1000, func() {
		b.Begin(8)
		for range 8 {
			b.Str("key", "text")
		}
		b.Into(m)
	})
	assert.LessOrEqual(t, perMap, 0.5)
}
