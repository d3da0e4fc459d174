package verdict

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
)

func TestEveryProblemSaysWhatToDo(t *testing.T) {
	for want, p := range map[string]semconv.Problem{
		"db.statement was retired in 1.26.0: write db.query.text":                                                    {Code: semconv.Retired, Key: "db.statement", Since: "1.26.0", Instead: []string{"db.query.text"}},
		"gone was retired: leave it out":                                                                             {Code: semconv.Retired, Key: "gone"},
		"a.b came with conventions 1.9, after 1.8: write a.c":                                                        {Code: semconv.TooNew, Key: "a.b", Since: "1.9", Want: "1.8", Instead: []string{"a.c"}},
		"http.foo stands in a namespace of the conventions and is none of theirs: put it in a namespace of your own": {Code: semconv.Unknown, Key: "http.foo"},
		"url.port has the type string: make it int":                                                                  {Code: semconv.Type, Key: "url.port", Have: "string", Want: "int"},
		`db.system.name="mssql" is an old value: write microsoft.sql_server`:                                         {Code: semconv.RetiredValue, Key: "db.system.name", Have: "mssql", Instead: []string{"microsoft.sql_server"}},
		`"orderId" is not lower case words with dots and underscores: write order_id`:                                {Code: semconv.Format, Key: "orderId", Instead: []string{"order_id"}},
		"service.name does not belong here":                                                                          {Code: semconv.Misplaced, Key: "service.name"},
		`m has the unit "ms": make it "s"`:                                                                           {Code: semconv.Unit, Key: "m", Have: "ms", Want: "s"},
		"m is measured by a gauge: use a counter":                                                                    {Code: semconv.Instrument, Key: "m", Have: "gauge", Want: "counter"},
		"url.path is required and not there: set it":                                                                 {Code: semconv.Missing, Key: "url.path"},
		"the kind is INTERNAL: make it CLIENT":                                                                       {Code: semconv.Kind, Have: "INTERNAL", Want: "CLIENT"},
		`the name "order 7" differs from span to span or is an old form: write order or sale`:                        {Code: semconv.Name, Have: "order 7", Instead: []string{"order", "sale"}},
	} {
		require.Equal(t, want, Text(p))
	}
}

func TestValuesKeepTheirTypes(t *testing.T) {
	for want, v := range map[registry.Type]attribute.Value{
		registry.String: attribute.StringValue("a"), registry.Int: attribute.Int64Value(1), registry.Double: attribute.Float64Value(1), registry.Bool: attribute.BoolValue(true),
		registry.Strings: attribute.StringSliceValue([]string{"a"}), registry.Ints: attribute.Int64SliceValue([]int64{1}),
		registry.Doubles: attribute.Float64SliceValue([]float64{1}), registry.Bools: attribute.BoolSliceValue([]bool{true}), registry.Any: {},
	} {
		require.Equal(t, want, ValueOf(v).Type)
	}
}
