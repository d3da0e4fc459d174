package semconvprocessor

import (
	"reflect"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// layout is how a pcommon.Map's attributes lie in memory. pdata's own way to an attribute
// is a walk with a call, a wrapper and two type switches for each; to read and to rename
// attributes is most of what the processor does.
//
// Nothing here is taken for granted: it is read from the library's own types, and from
// values that the library wrote, when the program starts. Where it is not what is expected,
// nothing here touches memory.
type layout struct {
	// size is an attribute's, key and value are where those stand in it.
	size, key, value uintptr
	// str, integer, double and boolean are the first words of the interfaces that hold
	// scalars. The second points to a struct that is the scalar and no more.
	str, integer, double, boolean unsafe.Pointer
}

// attributeLayout is that of the library that this program is built with.
var attributeLayout, layoutKnown = layoutOf(reflect.TypeFor[pcommon.Map]())

// layoutOf looks at what a pcommon.Map is made of: a struct whose first field points to
// a slice of structs with a string called Key and a struct called Value, which is an
// interface. It says false of anything else.
func layoutOf(m reflect.Type) (l layout, ok bool) {
	if m.Kind() != reflect.Struct || m.NumField() == 0 || m.Field(0).Offset != 0 {
		return l, false
	}
	list := m.Field(0).Type
	if list.Kind() != reflect.Pointer || list.Elem().Kind() != reflect.Slice || list.Elem().Elem().Kind() != reflect.Struct {
		return l, false
	}
	attribute := list.Elem().Elem()
	key, hasKey := attribute.FieldByName("Key")
	value, hasValue := attribute.FieldByName("Value")
	if !hasKey || !hasValue || key.Type.Kind() != reflect.String || !holdsAny(value.Type) {
		return l, false
	}
	l.size, l.key, l.value = attribute.Size(), key.Offset, value.Offset
	return l, l.learn(value.Type)
}

func holdsAny(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == reflect.TypeFor[any]()
}

// learn reads the words that stand for types from a map that has one of each.
func (l *layout) learn(value reflect.Type) bool {
	m := pcommon.NewMap()
	m.PutStr("string", "text")
	m.PutInt("int", 1)
	m.PutDouble("double", 1)
	m.PutBool("bool", true)
	for i, to := range []struct {
		word *unsafe.Pointer
		kind reflect.Kind
	}{{&l.str, reflect.String}, {&l.integer, reflect.Int64}, {&l.double, reflect.Float64}, {&l.boolean, reflect.Bool}} {
		at := unsafe.Add(firstOf(m), uintptr(i)*l.size+l.value)
		holder := reflect.NewAt(value, at).Elem().Field(0).Elem().Type()
		if holder.Kind() != reflect.Pointer || holder.Elem().Kind() != reflect.Struct || holder.Elem().NumField() != 1 || holder.Elem().Field(0).Type.Kind() != to.kind {
			return false
		}
		*to.word = (*words)(at).typ
	}
	return true
}

// words are what an interface is made of.
type words struct{ typ, data unsafe.Pointer }

// firstOf is where a map's attributes begin: a slice's header begins with that.
func firstOf(m pcommon.Map) unsafe.Pointer { return **(**unsafe.Pointer)(unsafe.Pointer(&m)) }

// setKey gives the i-th attribute another key. It must not be called unless layoutKnown,
// nor on a map that is read-only, nor with an i beyond its length.
func setKey(m pcommon.Map, i int, key string) {
	*(*string)(unsafe.Add(firstOf(m), uintptr(i)*attributeLayout.size+attributeLayout.key)) = key
}

// setInPlace is set where an attribute has a value of that type already, and spares its
// allocation. It says whether it could. It must not be called where setKey must not.
func setInPlace(m pcommon.Map, i int, v *translate.Value) bool {
	l := &attributeLayout
	w := (*words)(unsafe.Add(firstOf(m), uintptr(i)*l.size+l.value))
	if v.Type != registry.String || w.typ != l.str {
		return false
	}
	*(*string)(w.data) = v.Str()
	return true
}
