package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// attributes lets a translation read a pcommon.Map by index. The map itself has only
// look-ups by key, each a walk over all keys.
type attributes struct {
	keys   []string
	values []pcommon.Value
}

var _ translate.Attributes = (*attributes)(nil)

func (a *attributes) read(m pcommon.Map) {
	for k, v := range m.All() {
		a.keys = append(a.keys, k)
		a.values = append(a.values, v)
	}
}

// forget lets go of the batch, so that the pool does not keep it alive.
func (a *attributes) forget() {
	clear(a.keys)
	clear(a.values)
	a.keys, a.values = a.keys[:0], a.values[:0]
}

func (a *attributes) Len() int         { return len(a.keys) }
func (a *attributes) Key(i int) string { return a.keys[i] }

// Value reads a scalar or a list of strings; the rest is Any, which no conversion
// reads.
func (a *attributes) Value(i int) translate.Value {
	switch v := a.values[i]; v.Type() {
	case pcommon.ValueTypeStr:
		return translate.Value{Type: registry.String, Str: v.Str()}
	case pcommon.ValueTypeInt:
		return translate.Value{Type: registry.Int, Int: v.Int()}
	case pcommon.ValueTypeDouble:
		return translate.Value{Type: registry.Double, Double: v.Double()}
	case pcommon.ValueTypeBool:
		return translate.Value{Type: registry.Bool, Bool: v.Bool()}
	case pcommon.ValueTypeSlice:
		return listValue(v.Slice())
	default:
		return translate.Value{Type: registry.Any}
	}
}

func listValue(s pcommon.Slice) translate.Value {
	for _, item := range s.All() {
		if item.Type() != pcommon.ValueTypeStr {
			return translate.Value{Type: registry.Any}
		}
	}
	list := make([]string, 0, s.Len())
	for _, item := range s.All() {
		list = append(list, item.Str())
	}
	return translate.Value{Type: registry.Strings, List: list}
}
