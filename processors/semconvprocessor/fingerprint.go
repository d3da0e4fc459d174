package semconvprocessor

import (
	"hash/maphash"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// fingerprint stands for a set of attributes in any order. It has 128 bits and secret
// seeds: two sets that differ and have one fingerprint do not occur, neither by chance
// nor by intent, so points need not be compared attribute by attribute.
type fingerprint [2]uint64

func (f *fingerprint) add(g fingerprint) {
	f[0] += g[0]
	f[1] += g[1]
}

type seeds [2]maphash.Seed

// current is the fingerprint of the attributes as they are.
func (s *seeds) current(a *attributes) fingerprint {
	var sum fingerprint
	for i, key := range a.keys {
		sum.add(s.attribute(key, a.value(i), nil))
	}
	return sum
}

// pending is an attribute as it will be: with the value that stood at an index or, if
// there is one, a new value.
type pending struct {
	key   string
	index int
	value *translate.Value
	gone  bool
}

// translated is the fingerprint of the attributes as a translation will leave them.
func (s *seeds) translated(scratch []pending, a *attributes, r *translate.Result) (fingerprint, []pending) {
	list := scratch[:0]
	for i, key := range a.keys {
		list = append(list, pending{key: key, index: i})
	}
	for _, n := range r.Renames {
		list[n.Index].key = n.Key
	}
	for i := range r.Edits {
		e := &r.Edits[i]
		p := pending{key: e.Key, index: e.Copy}
		if e.Index >= 0 {
			p = list[e.Index]
			p.key = e.Key
		}
		if e.Value.Type != registry.Any {
			p.value = &e.Value
		}
		if e.Index >= 0 {
			list[e.Index] = p
		} else {
			list = append(list, p)
		}
	}
	for _, i := range r.Remove {
		list[i].gone = true
	}
	var sum fingerprint
	for i := range list {
		p := &list[i]
		switch {
		case p.gone:
		case p.value != nil:
			sum.add(s.attribute(p.key, pcommon.Value{}, p.value))
		default:
			sum.add(s.attribute(p.key, a.value(p.index), nil))
		}
	}
	clear(list)
	return sum, list
}

// attribute is the fingerprint of one attribute; edit, where given, is its value.
func (s *seeds) attribute(key string, v pcommon.Value, edit *translate.Value) (f fingerprint) {
	for i, seed := range s {
		value := uint64(0)
		if edit != nil {
			value = hashEdit(seed, edit)
		} else {
			value = hashValue(seed, v)
		}
		f[i] = scramble(maphash.String(seed, key) + 3*value)
	}
	return f
}

// number is a scalar that is no string, with its type: 1, 1.0 and true are not the same.
type number struct {
	typ  pcommon.ValueType
	bits uint64
}

func hashNumber(seed maphash.Seed, typ pcommon.ValueType, bits uint64) uint64 {
	return maphash.Comparable(seed, number{typ, bits})
}

// hashEdit gives what hashValue gives for the same value in pdata.
func hashEdit(seed maphash.Seed, v *translate.Value) uint64 {
	switch v.Type {
	case registry.String:
		return maphash.String(seed, v.Str())
	case registry.Int:
		return hashNumber(seed, pcommon.ValueTypeInt, uint64(v.Int()))
	case registry.Double:
		return hashNumber(seed, pcommon.ValueTypeDouble, math.Float64bits(v.Double()))
	case registry.Bool:
		return hashNumber(seed, pcommon.ValueTypeBool, bit(v.Bool()))
	default:
		sum := hashNumber(seed, pcommon.ValueTypeSlice, uint64(len(v.List())))
		for _, item := range v.List() {
			sum = scramble(sum + maphash.String(seed, item))
		}
		return sum
	}
}

func hashValue(seed maphash.Seed, v pcommon.Value) uint64 {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return maphash.String(seed, v.Str())
	case pcommon.ValueTypeInt:
		return hashNumber(seed, pcommon.ValueTypeInt, uint64(v.Int()))
	case pcommon.ValueTypeDouble:
		return hashNumber(seed, pcommon.ValueTypeDouble, math.Float64bits(v.Double()))
	case pcommon.ValueTypeBool:
		return hashNumber(seed, pcommon.ValueTypeBool, bit(v.Bool()))
	case pcommon.ValueTypeBytes:
		return scramble(maphash.Bytes(seed, v.Bytes().AsRaw()) + uint64(pcommon.ValueTypeBytes))
	case pcommon.ValueTypeSlice:
		sum := hashNumber(seed, pcommon.ValueTypeSlice, uint64(v.Slice().Len()))
		for _, item := range v.Slice().All() {
			sum = scramble(sum + hashValue(seed, item))
		}
		return sum
	case pcommon.ValueTypeMap:
		sum := hashNumber(seed, pcommon.ValueTypeMap, uint64(v.Map().Len()))
		for key, item := range v.Map().All() {
			sum += scramble(maphash.String(seed, key) + 3*hashValue(seed, item))
		}
		return scramble(sum)
	default:
		return hashNumber(seed, v.Type(), 0)
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// scramble spreads every bit over all: sums of what it gives tell sets apart.
func scramble(x uint64) uint64 {
	x = (x ^ x>>31) * 0x7fb5d329728ea185
	x = (x ^ x>>27) * 0x81dadef4bc2dd44d
	return x ^ x>>33
}
