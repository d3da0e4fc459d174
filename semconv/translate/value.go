package translate

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
)

// Value is an attribute's value without a telemetry library around it. Its Type is one
// of String, Int, Double, Bool, Strings, or Any for what no conversion reads (bytes,
// maps, other lists): such a value can be renamed, not converted. It is three words,
// because translating copies it a lot: a string and the rest of a struct would be six.
type Value struct {
	Type registry.Type
	bits uint64         // of an int, a double or a bool; a string's length
	data unsafe.Pointer // a string's bytes, or the *[]string of a list
}

// StringValue makes a string.
func StringValue(s string) Value {
	return Value{Type: registry.String, bits: uint64(len(s)), data: unsafe.Pointer(unsafe.StringData(s))}
}

// IntValue makes an int.
func IntValue(n int64) Value { return Value{Type: registry.Int, bits: uint64(n)} }

// DoubleValue makes a double.
func DoubleValue(d float64) Value { return Value{Type: registry.Double, bits: math.Float64bits(d)} }

// BoolValue makes a boolean.
func BoolValue(b bool) Value {
	v := Value{Type: registry.Bool}
	if b {
		v.bits = 1
	}
	return v
}

// ListValue makes a list of strings.
func ListValue(list []string) Value {
	return Value{Type: registry.Strings, data: unsafe.Pointer(&list)}
}

// Str is a string's text, empty for any other type.
func (v Value) Str() string {
	if v.Type != registry.String {
		return ""
	}
	return unsafe.String((*byte)(v.data), int(v.bits))
}

// Int is an int's number.
func (v Value) Int() int64 { return int64(v.bits) }

// Double is a double's number.
func (v Value) Double() float64 { return math.Float64frombits(v.bits) }

// Bool is a boolean's truth.
func (v Value) Bool() bool { return v.bits != 0 }

// List is a list's strings, which must not be changed; nil for any other type.
func (v Value) List() []string {
	if v.Type != registry.Strings || v.data == nil {
		return nil
	}
	return *(*[]string)(v.data)
}

// Equal says whether two values have the same type and say the same.
func (v Value) Equal(w Value) bool {
	return v.Type == w.Type && v.bits == w.bits && v.Str() == w.Str() && slices.Equal(v.List(), w.List())
}

// clone is v with bytes of its own, if it is a string.
func (v Value) clone() Value {
	if v.Type == registry.String {
		return StringValue(strings.Clone(v.Str()))
	}
	return v
}

// same says whether two values are not only equal but the very same: cheap, and what a
// conversion returns that had nothing to convert.
func (v Value) same(w Value) bool { return v == w }

// Is says whether the value conforms to an attribute's type as it stands.
func (v Value) Is(t registry.Type) bool {
	t = t.Base()
	return t == registry.Any || t == v.Type
}

// maxExact is the largest number up to which every whole number is a double.
const maxExact = 1 << 53

// Cast turns v into the type t where that loses nothing: "200" into 200, 3.0 into 3,
// a string into a list of one. It says false for a value that has no such form.
func (v Value) Cast(t registry.Type) (Value, bool) {
	if v.Is(t) {
		return v, true
	}
	switch t.Base() {
	case registry.Int:
		return v.castInt()
	case registry.String:
		s, ok := v.text()
		return StringValue(s), ok
	case registry.Double:
		return v.castDouble()
	case registry.Bool:
		return v.castBool()
	case registry.Strings:
		if s, ok := v.text(); ok {
			return ListValue([]string{s}), true
		}
	}
	return Value{}, false
}

func (v Value) castInt() (Value, bool) {
	switch v.Type {
	case registry.String:
		n, err := strconv.ParseInt(v.Str(), 10, 64)
		return IntValue(n), err == nil
	case registry.Double:
		d := v.Double()
		if d != math.Trunc(d) || math.Abs(d) >= maxExact {
			return Value{}, false
		}
		return IntValue(int64(d)), true
	}
	return Value{}, false
}

func (v Value) castDouble() (Value, bool) {
	switch v.Type {
	case registry.Int:
		n := v.Int()
		return DoubleValue(float64(n)), n > -maxExact && n < maxExact
	case registry.String:
		d, err := strconv.ParseFloat(v.Str(), 64)
		return DoubleValue(d), err == nil
	}
	return Value{}, false
}

func (v Value) castBool() (Value, bool) {
	if v.Type == registry.String {
		switch v.Str() {
		case "true", "True", "TRUE":
			return BoolValue(true), true
		case "false", "False", "FALSE":
			return BoolValue(false), true
		}
	}
	return Value{}, false
}

// text is a scalar's text.
func (v Value) text() (string, bool) {
	switch v.Type {
	case registry.String:
		return v.Str(), true
	case registry.Int:
		return strconv.FormatInt(v.Int(), 10), true
	case registry.Double:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64), true
	case registry.Bool:
		return strconv.FormatBool(v.Bool()), true
	}
	return "", false
}
