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
	copies []pcommon.Value // scratch of rewrite
}

var _ translate.Values = (*attributes)(nil)

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
	clear(a.copies)
	a.keys, a.values = a.keys[:0], a.values[:0]
}

// Type is that of a scalar or of a list of one type; the rest is Any.
func (a *attributes) Type(i int) registry.Type {
	switch v := a.values[i]; v.Type() {
	case pcommon.ValueTypeStr:
		return registry.String
	case pcommon.ValueTypeInt:
		return registry.Int
	case pcommon.ValueTypeDouble:
		return registry.Double
	case pcommon.ValueTypeBool:
		return registry.Bool
	case pcommon.ValueTypeSlice:
		return listType(v.Slice())
	default:
		return registry.Any
	}
}

// listType is the type of a list whose members have one type. An empty list may be one
// of strings.
func listType(s pcommon.Slice) registry.Type {
	if s.Len() == 0 {
		return registry.Strings
	}
	first := s.At(0).Type()
	for _, item := range s.All() {
		if item.Type() != first {
			return registry.Any
		}
	}
	switch first {
	case pcommon.ValueTypeStr:
		return registry.Strings
	case pcommon.ValueTypeInt:
		return registry.Ints
	case pcommon.ValueTypeDouble:
		return registry.Doubles
	case pcommon.ValueTypeBool:
		return registry.Bools
	default:
		return registry.Any
	}
}

// Value reads a scalar or a list of strings; the rest is Any, which no conversion
// reads.
func (a *attributes) Value(i int) translate.Value {
	switch v := a.values[i]; v.Type() {
	case pcommon.ValueTypeStr:
		return translate.StringValue(v.Str())
	case pcommon.ValueTypeInt:
		return translate.IntValue(v.Int())
	case pcommon.ValueTypeDouble:
		return translate.DoubleValue(v.Double())
	case pcommon.ValueTypeBool:
		return translate.BoolValue(v.Bool())
	case pcommon.ValueTypeSlice:
		if listType(v.Slice()) == registry.Strings {
			return translate.ListValue(listOf(v.Slice()))
		}
	}
	return translate.Value{}
}

func listOf(s pcommon.Slice) []string {
	list := make([]string, 0, s.Len())
	for _, item := range s.All() {
		list = append(list, item.Str())
	}
	return list
}
