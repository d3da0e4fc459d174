package wire

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inJSON puts text into the span of a request.
func inJSON(span string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"spans":[{` + span + `}]}]}]}`
}

func jsonValues(levels int, open, closed string) string {
	return inJSON(`"attributes":[{"key":"k","value":` + strings.Repeat(open, levels) + `{}` + strings.Repeat(closed, levels) + `}]`)
}

func jsonArrays(levels int) string {
	return jsonValues(levels, `{"arrayValue":{"values":[`, `]}}`)
}

func jsonMaps(levels int) string {
	return jsonValues(levels, `{"kvlistValue":{"values":[{"key":"k","value":`, `}]}}`)
}

func TestCheckJSON(t *testing.T) {
	small := Limits{ValueDepth: 32, Attributes: 3, Elements: 12}
	list := func(n int, of string) string { return strings.TrimSuffix(strings.Repeat(of+",", n), ",") }
	for _, tc := range []struct {
		name   string
		body   string
		limits Limits
		want   string
	}{
		{"object", `{}`, small, ""},
		{"spaces", " {\r\n\t} \n", small, ""},
		{"32 arrays", jsonArrays(32), Limits{ValueDepth: 32}, ""},
		{"33 arrays", jsonArrays(33), Limits{ValueDepth: 32}, "depth"},
		{"32 maps", jsonMaps(32), Limits{ValueDepth: 32}, ""},
		{"33 maps", jsonMaps(33), Limits{ValueDepth: 32}, "depth"},
		{"100 maps, no limit", jsonMaps(100), noLimits, ""},
		{"33 arrays by the other name", strings.ReplaceAll(jsonArrays(33), "arrayValue", "array_value"), Limits{ValueDepth: 32}, "depth"},
		{"33 arrays by an escaped name", strings.ReplaceAll(jsonArrays(33), "arrayV", `arra\u0079\u0056`), Limits{ValueDepth: 32}, "depth"},
		{"brackets in strings", inJSON(`"name":"` + strings.Repeat(`[{\"arrayValue\":`, 1000) + `"`), small, ""},
		{"names in strings", inJSON(`"name":"arrayValue","traceState":"kvlistValue"`), small, ""},
		{"backslashes before quotes", inJSON(`"name":"\\","traceState":"\\\"[[["`), small, ""},
		{"arrays of anything", strings.Repeat("[", 200) + strings.Repeat("]", 200), Limits{ValueDepth: 32}, "depth"},
		{"Zipkin", `[{"traceId":"1","tags":{"a":"b","":"c"},"annotations":[{"timestamp":1,"value":"x"}]}]`, small, ""},
		{"3 attributes", inJSON(`"attributes":[` + list(3, `{"key":"a","value":{"intValue":"1"}}`) + `]`), small, ""},
		{"4 attributes", inJSON(`"attributes":[` + list(4, `{"key":"a"}`) + `]`), small, "attributes"},
		{"nulls as attributes", inJSON(`"attributes":[` + list(4, `null`) + `]`), small, "attributes"},
		{"attributes in two parts", inJSON(`"attributes":[{},{}],"name":"","attributes":[{},{}]`), small, "attributes"},
		{"resource in two parts", `{"resourceSpans":[{"resource":{"attributes":[{},{}]},"resource":{"attributes":[{},{}]}}]}`, small, "attributes"},
		{"two resources", `{"resourceSpans":[{"resource":{"attributes":[{},{}]}},{"resource":{"attributes":[{},{}]}}]}`, small, ""},
		{"map of 4", inJSON(`"attributes":[{"value":{"kvlistValue":{"values":[{},{},{},{}]}}}]`), small, "attributes"},
		{"array of 4", inJSON(`"attributes":[{"value":{"arrayValue":{"values":[{},{},{},{}]}}}]`), small, ""},
		{"buckets", `{"resourceMetrics":[{"bucketCounts":[` + list(50, `"1"`) + `],"explicitBounds":[` + list(50, `1.5`) + `]}]}`, small, ""},
		{"numbers of profile samples", `{"samples":[{"values":[` + list(50, `1`) + `]}]}`, small, ""},
		{"8 events", inJSON(`"events":[` + list(8, `{}`) + `]`), small, ""},
		{"12 events", inJSON(`"events":[` + list(12, `{}`) + `]`), small, "elements"},
		{"truncated", jsonArrays(3)[:60], small, "malformed"},
		{"truncated in a string", inJSON(`"name":"`)[:47], small, "malformed"},
		{"open escape", `["\`, small, "malformed"},
		{"nothing", ` `, small, "malformed"},
		{"two documents", `{} {}`, small, "malformed"},
		{"comma for an opening bracket", `{"resourceSpans":,"resource":,"attributes":,,"value":,"arrayValue":,`, small, "malformed"},
		{"brackets of two kinds", `{"a":[}]`, small, "malformed"},
		{"comma at the end", `[1,]`, small, "malformed"},
		{"no colon", `{"a" 1}`, small, "malformed"},
		{"no key", `{1:1}`, small, "malformed"},
		{"3 members", `{"a":1,"b":2,"c":{"a":1,"b":2,"c":3}}`, small, ""},
		{"4 members", `{"a":1,"b":2,"c":3,"d":4}`, small, "attributes"},
		{"4 members within", `[{"tags":{"a":1,"b":2,"c":3,"d":4}}]`, small, "attributes"},
		{"4 members of one name", `{"a":1,"a":2,"a":3,"a":4}`, small, "attributes"},
		{"empty key", inJSON(`"attributes":[{"":[{},{}]}]`), small, "malformed"},
		{"empty key first", `{"":1,"resource":{}}`, small, "malformed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := CheckJSON([]byte(tc.body), tc.limits)
			assert.Equal(t, tc.want, kindOf(err), "%v: %.300s", err, tc.body)
		})
	}
}

// pdata reads on after an error, wherever that left it. Each level down still costs it a
// name, and names are bounded.
func TestNestingNamesAreBounded(t *testing.T) {
	body := `{"a":["arrayValue"` + strings.Repeat(`,"kvlist_value"`, maxNested) + `]}`
	_, err := CheckJSON([]byte(body), noLimits)
	assert.Equal(t, "elements", kindOf(err))
}

func FuzzCheckJSON(f *testing.F) {
	for seed := range uint64(20) {
		r := random{rand.New(rand.NewPCG(seed, 3))}
		_, json := r.bodies()
		for signal, body := range json {
			f.Add(uint8(signal), body)
		}
	}
	f.Add(uint8(Traces), []byte(jsonArrays(101)))
	f.Add(uint8(Traces), []byte(inJSON(`"attributes":[{"":null,"attributes":[{},{}]}],"name":1.5`)))
	f.Fuzz(func(t *testing.T, signal uint8, body []byte) {
		shape, err := CheckJSON(body, noLimits)
		if err != nil {
			return
		}
		built, err := decoders[signal%uint8(len(decoders))].json(body)
		if err != nil {
			return
		}
		within(t, shape, built)
	})
}

func TestStringEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = `ab"\`[r.IntN(4)]
			if r.IntN(3) > 0 {
				b[i] = byte(r.Int())
			}
		}
		want := bad
		for i := 0; i < len(b); i++ {
			if b[i] == '"' {
				want = i
				break
			}
			if b[i] == '\\' {
				i++
			}
		}
		require.Equal(t, want, stringEnd(b, 0), "%q", b)
	}
}
