package translate

import (
	"strconv"

	"github.com/koine-otel/koine/semconv/registry"
)

// Value is an attribute's value without a telemetry library around it. Exactly the
// field that Type names is set; Strings holds a list. Any stands for what no
// conversion reads (bytes, maps, mixed lists): such a value can be renamed, not
// converted.
type Value struct {
	Type   registry.Type
	Str    string
	Int    int64
	Double float64
	Bool   bool
	List   []string
}

func str(s string) Value { return Value{Type: registry.String, Str: s} }

func integer(n int64) Value { return Value{Type: registry.Int, Int: n} }

// Is says whether the value conforms to an attribute's type as it stands.
func (v Value) Is(t registry.Type) bool {
	t = t.Base()
	return t == registry.Any || t == v.Type
}

// Cast turns v into the type t where that loses nothing: "200" into 200, 3.0 into 3,
// a string into a list of one. It says false for a value that has no such form.
func (v Value) Cast(t registry.Type) (Value, bool) {
	if v.Is(t) {
		return v, true
	}
	switch t.Base() {
	case registry.Int:
		switch v.Type {
		case registry.String:
			n, err := strconv.ParseInt(v.Str, 10, 64)
			return integer(n), err == nil
		case registry.Double:
			n := int64(v.Double)
			return integer(n), float64(n) == v.Double && n > -1<<53 && n < 1<<53
		}
	case registry.String:
		s, ok := v.text()
		return str(s), ok
	case registry.Double:
		switch v.Type {
		case registry.Int:
			return Value{Type: registry.Double, Double: float64(v.Int)}, v.Int > -1<<53 && v.Int < 1<<53
		case registry.String:
			d, err := strconv.ParseFloat(v.Str, 64)
			return Value{Type: registry.Double, Double: d}, err == nil
		}
	case registry.Bool:
		if v.Type == registry.String {
			switch v.Str {
			case "true", "True", "TRUE":
				return Value{Type: registry.Bool, Bool: true}, true
			case "false", "False", "FALSE":
				return Value{Type: registry.Bool}, true
			}
		}
	case registry.Strings:
		if s, ok := v.text(); ok {
			return Value{Type: registry.Strings, List: []string{s}}, true
		}
	}
	return Value{}, false
}

// text is a scalar's text.
func (v Value) text() (string, bool) {
	switch v.Type {
	case registry.String:
		return v.Str, true
	case registry.Int:
		return strconv.FormatInt(v.Int, 10), true
	case registry.Double:
		return strconv.FormatFloat(v.Double, 'g', -1, 64), true
	case registry.Bool:
		return strconv.FormatBool(v.Bool), true
	}
	return "", false
}
