package semconv

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// wellFormed follows the conventions' naming guide: lower case letters, digits,
// underscores and dots, beginning with a letter, without empty parts.
func wellFormed(name string) bool {
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '_', c == '.':
			if i+1 == len(name) || name[i+1] == '.' || name[i+1] == '_' && c == '.' {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// reformed is a name as the naming guide would have it, empty where that is no name:
// orderId becomes order_id, Order-ID order_id.
func reformed(name string) string {
	var b strings.Builder
	lower := false
	for i := range len(name) {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			b.WriteByte(c + 'a' - 'A')
			lower = false
			continue
		case c == '-', c == ' ', c == '/':
			c = '_'
		}
		b.WriteByte(c)
		lower = 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
	}
	if s := b.String(); wellFormed(s) {
		return s
	}
	return ""
}

var typeNames = map[registry.Type]string{
	registry.Any: "any", registry.String: "string", registry.Int: "int", registry.Double: "double", registry.Bool: "boolean",
	registry.Strings: "string[]", registry.Ints: "int[]", registry.Doubles: "double[]", registry.Bools: "boolean[]", registry.Anys: "any[]",
}

func typeName(t registry.Type) string { return typeNames[t.Base()] }

var instrumentNames = map[registry.Instrument]string{
	registry.Counter: "counter", registry.UpDownCounter: "updowncounter", registry.Gauge: "gauge", registry.Histogram: "histogram",
}

func instrumentName(i registry.Instrument) string { return instrumentNames[i] }

// variable says whether a span's name has a part that differs from span to span: a
// number of more than four digits, a UUID, a long hexadecimal id, a query.
func variable(name string) bool {
	if strings.ContainsAny(name, "?=") && strings.Contains(name, "/") {
		return true
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune("/ .:-_,", r) }) {
		digits, hex := 0, 0
		for i := range len(part) {
			switch c := part[i]; {
			case '0' <= c && c <= '9':
				digits++
				hex++
			case 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
				hex++
			}
		}
		if digits == len(part) && digits > 4 || hex == len(part) && digits > 0 && hex >= 8 {
			return true
		}
	}
	return false
}
