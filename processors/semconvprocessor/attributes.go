package semconvprocessor

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	"github.com/koine-otel/koine/spans/attribute"
)

// attributes are those of a pcommon.Map by index, as a translation reads them. The map
// itself has only look-ups by key, each a walk over all keys.
type attributes struct {
	keys   []string
	read   []translate.Value
	source pcommon.Map
	values []pcommon.Value // of source, if asked for
	copies []pcommon.Value // scratch of rewrite
}

// of fills a with the attributes of m. What the element before left in it stays where m
// has fewer: forget is for the end of a batch, because it costs as much as reading.
func (a *attributes) of(m pcommon.Map) {
	a.keys, a.read, a.values, a.source = a.keys[:0], a.read[:0], a.values[:0], m
	if !attribute.Known() {
		a.ask(m)
		return
	}
	list := attribute.List(m)
	keys, read := slices.Grow(a.keys, len(list))[:len(list)], slices.Grow(a.read, len(list))[:len(list)]
	a.keys, a.read = keys, read
	for i := range list {
		x := &list[i]
		keys[i] = x.Key
		if s, ok := x.Str(); ok {
			read[i] = translate.StringValue(s)
		} else if n, ok := x.Int(); ok {
			read[i] = translate.IntValue(n)
		} else if f, ok := x.Double(); ok {
			read[i] = translate.DoubleValue(f)
		} else if b, ok := x.Bool(); ok {
			read[i] = translate.BoolValue(b)
		} else {
			read[i] = readValue(a.value(i))
		}
	}
}

// ask is of by pdata's own means, and its oracle.
func (a *attributes) ask(m pcommon.Map) {
	for k, v := range m.All() {
		a.keys = append(a.keys, k)
		a.read = append(a.read, readValue(v))
	}
}

// value is the i-th attribute's in pdata. Few are asked for, and not before source
// changes its length.
func (a *attributes) value(i int) pcommon.Value {
	if len(a.values) == 0 {
		for _, v := range a.source.All() {
			a.values = append(a.values, v)
		}
	}
	return a.values[i]
}

// forget lets go of the batch, so that the pool does not keep it alive.
func (a *attributes) forget() {
	clear(a.keys[:cap(a.keys)])
	clear(a.values[:cap(a.values)])
	clear(a.read[:cap(a.read)])
	clear(a.copies[:cap(a.copies)])
	a.keys, a.values, a.read, a.copies = a.keys[:0], a.values[:0], a.read[:0], a.copies[:0]
	a.source = pcommon.Map{}
}

// readValue reads a scalar. Of a list it reads the type only, and the strings when a
// conversion asks for them (list): most lists are not looked at. The rest is Any, which
// no conversion reads.
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
		return translate.Value{Type: listType(v.Slice())}
	default:
		return translate.Value{}
	}
}

// list reads the strings of the i-th attribute, which is a list of them.
func (a *attributes) list(i int) []string {
	s := a.value(i).Slice()
	list := make([]string, 0, s.Len())
	for _, item := range s.All() {
		list = append(list, item.Str())
	}
	return list
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
