package translate_test

import (
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// TestLiveNamesStay: a name that is in use is nobody's old one by itself, whatever a
// dialect meant by it.
func TestLiveNamesStay(t *testing.T) {
	table := whole()
	for _, a := range registry.Attributes() {
		key := a.Key
		if a.Type&registry.Template != 0 {
			key += ".x"
		}
		value := map[registry.Type]translate.Value{
			registry.String: translate.StringValue("x"), registry.Int: translate.IntValue(7), registry.Double: translate.DoubleValue(2.5),
			registry.Bool: translate.BoolValue(true), registry.Strings: translate.ListValue([]string{"x"}),
		}[a.Type.Base()]
		if a.Deprecation != registry.Live || key == "otel.status_code" || key == "otel.status_description" {
			continue // the two are a span's status where a format has no field for it
		}
		for name, place := range places {
			in := attributes{key: value}
			if got := run(table, place, "java", "", nil, in); got.String() != in.String() {
				t.Errorf("%s on %s becomes %s", key, name, got)
			}
		}
	}
}
