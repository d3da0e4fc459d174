package sensitive

import "go.opentelemetry.io/collector/pdata/pcommon"

// MaxDepth is how deep in lists and maps is looked: as deep as package wire lets values be.
const MaxDepth = 100

// Visitor is shown the texts of a value.
type Visitor interface {
	// Text is shown each text, and with it the key of the innermost map that it stands in, or that
	// it is; "" outside of maps.
	Text(key, text string)
}

// Texts shows all texts of a value, those within lists and maps and maps' keys too. It allocates
// nothing.
func Texts(v pcommon.Value, to Visitor) { texts(v, "", to, 0) }

func texts(v pcommon.Value, key string, to Visitor, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		to.Text(key, v.Str())
	case pcommon.ValueTypeSlice:
		if depth == MaxDepth {
			return
		}
		for i, list := 0, v.Slice(); i < list.Len(); i++ { // All allocates
			texts(list.At(i), key, to, depth+1)
		}
	case pcommon.ValueTypeMap:
		if depth == MaxDepth {
			return
		}
		v.Map().Range(func(inner string, item pcommon.Value) bool {
			to.Text(inner, inner)
			texts(item, inner, to, depth+1)
			return true
		})
	}
}
