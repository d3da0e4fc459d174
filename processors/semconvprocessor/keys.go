package semconvprocessor

import (
	"reflect"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// keyOffset is where an attribute's key stands in it, attributeSize how large one is;
// both are read from the library's own types when the program starts.
var keyOffset, attributeSize, keysAreWritable = mapLayout(reflect.TypeFor[pcommon.Map]())

// mapLayout looks at what a pcommon.Map is made of: a struct whose first field points to
// a slice of structs with a string called Key. It says false of anything else, and then
// nothing here touches memory.
func mapLayout(m reflect.Type) (offset, size uintptr, ok bool) {
	if m.Kind() != reflect.Struct || m.NumField() == 0 || m.Field(0).Offset != 0 {
		return 0, 0, false
	}
	list := m.Field(0).Type
	if list.Kind() != reflect.Pointer || list.Elem().Kind() != reflect.Slice || list.Elem().Elem().Kind() != reflect.Struct {
		return 0, 0, false
	}
	attribute := list.Elem().Elem()
	key, ok := attribute.FieldByName("Key")
	if !ok || key.Type.Kind() != reflect.String {
		return 0, 0, false
	}
	return key.Offset, attribute.Size(), true
}

// setKey gives the i-th attribute another key. It must not be called unless
// keysAreWritable, nor on a map that is read-only, nor with an i beyond its length.
func setKey(m pcommon.Map, i int, key string) {
	// A slice's header begins with the pointer to its first element.
	first := **(**unsafe.Pointer)(unsafe.Pointer(&m))
	*(*string)(unsafe.Add(first, uintptr(i)*attributeSize+keyOffset)) = key
}
