// Package attribute reads and writes the attributes of pdata where they lie in memory.
//
// pdata's own way to an attribute is a walk with a call, a wrapper and two type switches for
// each, it has no way to give one another key, and it allocates every value by itself. To
// decode Zipkin and to translate conventions is little else than that, for every attribute
// of every span.
//
// Nothing is taken for granted: the layout is read from the library's own types, and from
// values that the library wrote, when the program starts. Where it is not what is expected,
// Known is false, List must not be called, and a Builder is pdata's.
package attribute

import (
	"reflect"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Attribute is one of a pcommon.Map's. It has the layout of pdata's own type, which nobody
// else can name.
type Attribute struct {
	value words
	// Key may be changed where the map may.
	Key string
	_   int32 // an index, which OTLP has for profiles
}

// words are what an interface is made of: of an attribute's value, what says which scalar it
// is, and a pointer to a struct that is the scalar and no more.
type words struct{ typ, data unsafe.Pointer }

// str, integer, double and boolean are the types of values that hold scalars.
var str, integer, double, boolean unsafe.Pointer

var known = expected(reflect.TypeFor[pcommon.Map]()) && learn()

// Known says whether the layout is the one that this package is written for.
func Known() bool { return known }

// expected looks at what a pcommon.Map is made of: a struct whose first field points to a
// slice of structs that are as Attribute is.
func expected(m reflect.Type) bool {
	if m.Kind() != reflect.Struct || m.NumField() == 0 || m.Field(0).Offset != 0 {
		return false
	}
	list := m.Field(0).Type
	if list.Kind() != reflect.Pointer || list.Elem().Kind() != reflect.Slice || list.Elem().Elem().Kind() != reflect.Struct {
		return false
	}
	theirs, ours := list.Elem().Elem(), reflect.TypeFor[Attribute]()
	if theirs.Size() != ours.Size() || theirs.NumField() != ours.NumField() {
		return false
	}
	for i := range theirs.NumField() {
		if theirs.Field(i).Offset != ours.Field(i).Offset {
			return false
		}
	}
	value := theirs.Field(0).Type
	return value.Kind() == reflect.Struct && value.NumField() == 1 && value.Field(0).Type == reflect.TypeFor[any]() &&
		theirs.Field(1).Name == "Key" && theirs.Field(1).Type.Kind() == reflect.String && theirs.Field(2).Type.Kind() == reflect.Int32
}

// learn reads the words that stand for types from a map that has one of each.
func learn() bool {
	m := pcommon.NewMap()
	m.PutStr("string", "text")
	m.PutInt("int", 1)
	m.PutDouble("double", 1)
	m.PutBool("bool", true)
	kinds := []reflect.Kind{reflect.String, reflect.Int64, reflect.Float64, reflect.Bool}
	for i, typ := range []*unsafe.Pointer{&str, &integer, &double, &boolean} {
		value := &List(m)[i].value
		if !holds(reflect.TypeOf(*(*any)(unsafe.Pointer(value))), kinds[i]) {
			return false
		}
		*typ = value.typ
	}
	return true
}

// holds says whether a type is a pointer to a struct of one field of a kind.
func holds(t reflect.Type, kind reflect.Kind) bool {
	return t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && t.Elem().NumField() == 1 && t.Elem().Field(0).Type.Kind() == kind
}

// List gives a map's attributes as they lie there, if they are Known. They are not to be written to
// where the map is read-only, which its own methods would notice and these do not.
func List(m pcommon.Map) []Attribute { return **(**[]Attribute)(unsafe.Pointer(&m)) }

// Str is the attribute's text, if it has one.
func (a *Attribute) Str() (s string, ok bool) {
	if a.value.typ != str {
		return "", false
	}
	return *(*string)(a.value.data), true
}

// Int is the attribute's integer, if it has one.
func (a *Attribute) Int() (n int64, ok bool) {
	if a.value.typ != integer {
		return 0, false
	}
	return *(*int64)(a.value.data), true
}

// Double is the attribute's number with a fraction, if it has one.
func (a *Attribute) Double() (f float64, ok bool) {
	if a.value.typ != double {
		return 0, false
	}
	return *(*float64)(a.value.data), true
}

// Bool is the attribute's truth, if it has one; ok is whether it has.
func (a *Attribute) Bool() (b, ok bool) {
	if a.value.typ != boolean {
		return false, false
	}
	return *(*bool)(a.value.data), true
}

// ReplaceStr gives an attribute that has a text another one, and spares its allocation. It
// says false of an attribute that has none.
func (a *Attribute) ReplaceStr(s string) bool {
	if a.value.typ != str {
		return false
	}
	*(*string)(a.value.data) = s
	return true
}
