package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// index is a map's attributes on the way into a new list, with their keys indexed: pdata's
// own map finds a key by looking at all of them.
type index struct {
	builder xpdata.MapBuilder
	added   map[string]pcommon.Value
}

// indexed takes the attributes of m, which is left with empty values, and has room for
// some more.
func indexed(m pcommon.Map, more int) *index {
	x := &index{added: make(map[string]pcommon.Value, m.Len()+more)}
	// The values given out must not move.
	x.builder.EnsureCapacity(m.Len() + more)
	for key, v := range m.All() {
		to := x.builder.AppendEmpty(key)
		v.MoveTo(to)
		if _, twice := x.added[key]; !twice {
			x.added[key] = to
		}
	}
	return x
}

// PutEmpty is pcommon.Map's.
func (x *index) PutEmpty(key string) pcommon.Value {
	v, there := x.added[key]
	if !there {
		v = x.builder.AppendEmpty(key)
		x.added[key] = v
		return v
	}
	pcommon.NewValueEmpty().MoveTo(v)
	return v
}
