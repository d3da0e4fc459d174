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
	list  []Attribute // of the map at hand
	block []Attribute // what is left for maps to come
	texts []string    // likewise, for values
	slow  xpdata.MapBuilder
}

const (
	// attributeBlock is how many attributes are made at a time: 3 KiB.
	attributeBlock = 64
	// textBlock likewise: 1 KiB.
	textBlock = 64
)

// Begin starts a map that will have at most n attributes.
func (b *Builder) Begin(n int) {
	switch {
	case !known:
		b.slow.EnsureCapacity(n)
	case n == 0:
		b.list = nil
	case n > attributeBlock:
		b.list = make([]Attribute, 0, n)
	default:
		if n > len(b.block) {
			b.block = make([]Attribute, attributeBlock)
		}
		b.list, b.block = b.block[:0:n], b.block[n:]
	}
}

// Str adds a text.
func (b *Builder) Str(key, s string) {
	if !known {
		b.slow.AppendEmpty(key).SetStr(s)
		return
	}
	if len(b.texts) == 0 {
		b.texts = make([]string, textBlock)
	}
	text := &b.texts[0]
	*text, b.texts = s, b.texts[1:]
	b.add(key, str, unsafe.Pointer(text))
}

// Int adds an integer.
func (b *Builder) Int(key string, n int64) {
	if !known {
		b.slow.AppendEmpty(key).SetInt(n)
		return
	}
	b.add(key, integer, unsafe.Pointer(&n))
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
