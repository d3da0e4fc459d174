package semconvlint

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// readValue reads what the conventions have types for; of lists of other things than strings
// only the type. The rest is Any.
func readValue(v pcommon.Value) translate.Value {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return translate.StringValue(v.Str())
	case pcommon.ValueTypeInt:
		return translate.IntValue(v.Int())
	case pcommon.ValueTypeDouble:
		return translate.DoubleValue(v.Double())
	case pcommon.ValueTypeBool:
		return translate.BoolValue(v.Bool())
	case pcommon.ValueTypeSlice:
		return readList(v.Slice())
	default:
		return translate.Value{}
	}
}

// readList reads a list whose members have one type. An empty one may be one of strings.
func readList(s pcommon.Slice) translate.Value {
	of := pcommon.ValueTypeStr
	if s.Len() > 0 {
		of = s.At(0).Type()
	}
	var texts []string
	for _, item := range s.All() {
		if item.Type() != of {
			return translate.Value{}
		}
		if of == pcommon.ValueTypeStr {
			texts = append(texts, item.Str())
		}
	}
	switch of {
	case pcommon.ValueTypeStr:
		return translate.ListValue(texts)
	case pcommon.ValueTypeInt:
		return translate.Value{Type: registry.Ints}
	case pcommon.ValueTypeDouble:
		return translate.Value{Type: registry.Doubles}
	case pcommon.ValueTypeBool:
		return translate.Value{Type: registry.Bools}
	default:
		return translate.Value{}
	}
}
