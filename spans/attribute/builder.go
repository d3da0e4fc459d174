package attribute

import (
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// Builder makes the attributes of many maps, one map after the other, whose keys are known
// to differ. Attributes and texts of some spans share an allocation, which lives as long as
// any of them: pdata makes one for every text.
//
// The zero value is ready. It is not safe for concurrent use.
type Builder struct {
	list []Attribute // of the map at hand

	// What is left in blocks for maps to come.
	attributes []Attribute
	texts      []string
	ints       []int64

	slow xpdata.MapBuilder
}

// block is how many attributes, texts or integers are made at a time: 3 KiB, 1 KiB, 512 B.
const block = 64

// Begin starts a map that will have at most n attributes.
func (b *Builder) Begin(n int) {
	switch {
	case !known:
		b.slow.EnsureCapacity(n)
	case n == 0:
		b.list = nil
	case n > block:
		b.list = make([]Attribute, 0, n)
	default:
		if n > len(b.attributes) {
			b.attributes = make([]Attribute, block)
		}
		b.list, b.attributes = b.attributes[:0:n], b.attributes[n:]
	}
}

// Str adds a text.
func (b *Builder) Str(key, s string) {
	if !known {
		b.slow.AppendEmpty(key).SetStr(s)
		return
	}
	b.add(key, str, unsafe.Pointer(hold(&b.texts, s)))
}

// Int adds an integer.
func (b *Builder) Int(key string, n int64) {
	if !known {
		b.slow.AppendEmpty(key).SetInt(n)
		return
	}
	b.add(key, integer, unsafe.Pointer(hold(&b.ints, n)))
}

// Double adds a number with a fraction.
func (b *Builder) Double(key string, f float64) {
	if !known {
		b.slow.AppendEmpty(key).SetDouble(f)
		return
	}
	b.add(key, double, unsafe.Pointer(&f))
}

// Bool adds a boolean.
func (b *Builder) Bool(key string, v bool) {
	if !known {
		b.slow.AppendEmpty(key).SetBool(v)
		return
	}
	b.add(key, boolean, unsafe.Pointer(&v))
}

// hold gives a value a place in a block, of a new one if that is full.
func hold[T any](places *[]T, v T) *T {
	if len(*places) == 0 {
		*places = make([]T, block)
	}
	place := &(*places)[0]
	*place, *places = v, (*places)[1:]
	return place
}

// add sets an attribute word by word: to copy one whole is a call into the runtime for each
// while the garbage collector is at work.
func (b *Builder) add(key string, typ, data unsafe.Pointer) {
	n := len(b.list)
	if n == cap(b.list) {
		b.list = append(b.list, Attribute{})
	}
	b.list = b.list[:n+1]
	a := &b.list[n]
	a.value.typ, a.value.data, a.Key = typ, data, key
}

// Into fills an empty map with what was added since Begin.
func (b *Builder) Into(m pcommon.Map) {
	if !known {
		b.slow.UnsafeIntoMap(m)
		return
	}
	m.EnsureCapacity(0) // panics where the map is read-only
	**(**[]Attribute)(unsafe.Pointer(&m)) = b.list
	b.list = nil
}
