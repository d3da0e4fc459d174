package wire

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noLimits measures everything that can be measured.
var noLimits = Limits{}

func appendField(b []byte, field int, content []byte) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|lengthDelimited)
	b = binary.AppendUvarint(b, uint64(len(content)))
	return append(b, content...)
}

// inTrace puts an attribute value into the one span of a request.
func inTrace(value []byte) []byte {
	attribute := appendField(appendField(nil, 1, []byte("key")), 2, value)
	return inSpan(appendField(nil, 9, attribute))
}

func inSpan(span []byte) []byte {
	return appendField(nil, 1, appendField(nil, 2, appendField(nil, 2, span)))
}

// nest builds a value of that many levels, each wrapped in the fields, back to front: so
// it takes no longer than the value is.
func nest(levels int, wrap ...int) []byte {
	b := make([]byte, 0, 16*levels)
	put := func(field int) {
		var size [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(size[:], uint64(len(b)))
		for n--; n >= 0; n-- {
			b = append(b, size[n])
		}
		b = append(b, byte(field<<3|lengthDelimited))
	}
	for range levels {
		for _, field := range wrap {
			put(field)
		}
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}

func nestArrays(levels int) []byte { return nest(levels, 1, 5) }
func nestMaps(levels int) []byte   { return nest(levels, 2, 1, 6) }

func kindOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind.String()
	}
	return ""
}

func TestCheck(t *testing.T) {
	small := Limits{ValueDepth: 32, Attributes: 3, Elements: 12}
	deep32, deep33 := inTrace(nestArrays(32)), inTrace(nestArrays(33))
	flat := appendField(appendField(nil, 1, []byte("key")), 2, appendField(nil, 1, []byte("text")))
	repeat := func(n int, field int, content []byte) (b []byte) {
		for range n {
			b = appendField(b, field, content)
		}
		return b
	}
	for _, tc := range []struct {
		name   string
		body   []byte
		limits Limits
		want   string
	}{
		{"empty", nil, small, ""},
		{"32 arrays", deep32, Limits{ValueDepth: 32}, ""},
		{"33 arrays", deep33, Limits{ValueDepth: 32}, "depth"},
		{"32 maps", inTrace(nestMaps(32)), Limits{ValueDepth: 32}, ""},
		{"33 maps", inTrace(nestMaps(33)), Limits{ValueDepth: 32}, "depth"},
		{"100 maps, no limit", inTrace(nestMaps(100)), noLimits, ""},
		{"101 arrays, no limit", inTrace(nestArrays(101)), noLimits, "depth"},
		{"value given twice, the first deep", inTrace(append(nestArrays(33), appendField(nil, 1, []byte("x"))...)), Limits{ValueDepth: 32}, "depth"},
		{"deep in the field of old scopes", appendField(nil, 1, appendField(nil, deprecatedScope, appendField(nil, 2,
			appendField(nil, 9, appendField(nil, 2, nestArrays(33)))))), Limits{ValueDepth: 32}, "depth"},
		{"3 attributes", inSpan(repeat(3, 9, flat)), small, ""},
		{"4 attributes", inSpan(repeat(4, 9, flat)), small, "attributes"},
		{"empty attributes", inSpan(repeat(4, 9, nil)), small, "attributes"},
		{"attributes apart", inSpan(append(repeat(2, 9, flat), append(appendField(nil, 5, []byte("name")), repeat(2, 9, flat)...)...)), small, "attributes"},
		{"attributes of two spans", appendField(nil, 1, appendField(nil, 2, repeat(2, 2, repeat(3, 9, flat)))), small, ""},
		{"resource in two parts", appendField(nil, 1, repeat(2, 1, repeat(2, 1, flat))), small, "attributes"},
		{"two resources", repeat(2, 1, repeat(1, 1, repeat(2, 1, flat))), small, ""},
		{"map of 4", inTrace(appendField(nil, 6, repeat(4, 1, flat))), small, "attributes"},
		{"array of 4", inTrace(appendField(nil, 5, repeat(4, 1, nil))), small, ""},
		{"9 empty spans", appendField(nil, 1, repeat(9, 2, nil)), small, ""},
		{"12 empty scopes", appendField(nil, 1, repeat(12, 2, nil)), small, "elements"},
		{"truncated", deep32[:len(deep32)-3], noLimits, "malformed"},
		{"truncated in a flat value", inSpan([]byte{9<<3 | 2, 6, 1<<3 | 2, 1, 'k', 2<<3 | 2, 9, 0}), small, "malformed"},
		{"attribute of wrong wire type", inSpan([]byte{9 << 3, 1}), small, "malformed"},
		{"field 0", inSpan([]byte{0, 1}), small, "malformed"},
		{"eleven byte varint", inSpan([]byte(strings.Repeat("\x80", 11) + "\x01")), small, "malformed"},
		{"end of no group", inSpan([]byte{0xa4, 6}), small, "malformed"},
		{"open group", inSpan([]byte{0xa3, 6}), small, "malformed"},
		{"deep groups", inSpan([]byte(strings.Repeat("\xa3\x06", 100_000) + strings.Repeat("\xa4\x06", 100_000) + "\x2a\x00")), small, ""},
		{"attributes behind a group's first field", inSpan(append([]byte{0xa3, 6, 0xa8, 6, 1}, repeat(4, 9, flat)...)), small, "attributes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Check(Traces, tc.body, tc.limits)
			assert.Equal(t, tc.want, kindOf(err), "%v", err)
			if tc.want == "" {
				_, err = decoders[Traces].proto(tc.body)
				assert.NoError(t, err, "pdata")
			}
		})
	}
}

func TestErrorSaysWhatAndWhere(t *testing.T) {
	_, err := Check(Traces, inTrace(nestArrays(5)), Limits{ValueDepth: 2})
	assert.EqualError(t, err, "wire: value nested deeper than 2 at byte 23")
	_, err = Check(Logs, []byte{10}, DefaultLimits)
	assert.EqualError(t, err, "wire: truncated field at byte 0")
}

// A request measured by the scan and one measured by walking what pdata made of it
// have the same shape.
func TestShapeIsPdatas(t *testing.T) {
	for seed := range uint64(2000) {
		r := random{rand.New(rand.NewPCG(seed, 0))}
		proto, json := r.bodies()
		for signal, d := range decoders {
			want, err := d.proto(proto[signal])
			require.NoError(t, err)
			got, err := Check(Signal(signal), proto[signal], noLimits)
			require.NoError(t, err, "%s, seed %d", d.name, seed)
			got.Heap = 0 // see TestHeapIsEnough
			require.Equal(t, want, got, "%s, seed %d", d.name, seed)

			got, err = CheckJSON(json[signal], noLimits)
			require.NoError(t, err, "%s, seed %d: %s", d.name, seed, json[signal])
			got.Heap = 0
			require.Equal(t, want, got, "%s, seed %d: %s", d.name, seed, json[signal])
		}
	}
}

// Whatever the order and repetition of fields, pdata builds nothing beyond the shape, and
// the scan refuses nothing that pdata takes.
func TestShapeBoundsPdata(t *testing.T) {
	taken := 0
	for seed := range uint64(20_000) {
		r := random{rand.New(rand.NewPCG(seed, 1))}
		for signal := range decoders {
			if checkAgainstPdata(t, Signal(signal), r.message(roots[signal], 14)) {
				taken++
			}
		}
	}
	assert.Greater(t, taken, 20_000, "too few bodies that pdata takes for the test to mean anything")
}

// checkAgainstPdata compares a scan of any bytes with pdata, and says whether both took them.
func checkAgainstPdata(t *testing.T, signal Signal, body []byte) bool {
	t.Helper()
	shape, err := Check(signal, body, noLimits)
	if err != nil && kindOf(err) != Malformed.String() {
		return false // not for pdata
	}
	built, pdataErr := decoders[signal].proto(body)
	if err != nil {
		require.Error(t, pdataErr, "pdata takes what the scan refuses: %v: %x", err, body)
		return false
	}
	if pdataErr != nil {
		return false
	}
	within(t, shape, built)
	return true
}

func within(t *testing.T, shape, built Shape) {
	t.Helper()
	require.LessOrEqual(t, built.ValueDepth, shape.ValueDepth)
	require.LessOrEqual(t, built.Attributes, shape.Attributes)
	require.LessOrEqual(t, built.Elements, shape.Elements)
}

func FuzzCheck(f *testing.F) {
	for seed := range uint64(20) {
		r := random{rand.New(rand.NewPCG(seed, 2))}
		proto, _ := r.bodies()
		for signal, body := range proto {
			f.Add(uint8(signal), body)
			f.Add(uint8(signal), r.message(roots[signal], 14))
		}
	}
	f.Add(uint8(Traces), inTrace(nestArrays(200)))
	f.Fuzz(func(t *testing.T, signal uint8, body []byte) {
		checkAgainstPdata(t, Signal(signal%uint8(len(decoders))), body)
	})
}

// The body that ends a collector: below the default size limit of the receiver, refused
// in no time and without memory.
func TestBomb(t *testing.T) {
	body := inTrace(nestArrays(1_300_000))
	require.Less(t, len(body), 20<<20)
	start := time.Now()
	_, err := Check(Traces, body, DefaultLimits)
	assert.Equal(t, "depth", kindOf(err))
	assert.Less(t, time.Since(start), 100*time.Millisecond)
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _ = Check(Traces, body, DefaultLimits) }), 1.0, "the error")

	json := []byte(`{"resourceSpans":[{"resource":{"attributes":[{"value":` + strings.Repeat(`{"arrayValue":{"values":[`, 800_000))
	start = time.Now()
	_, err = CheckJSON(json, DefaultLimits)
	assert.Equal(t, "depth", kindOf(err))
	assert.Less(t, time.Since(start), 100*time.Millisecond)
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _ = CheckJSON(json, DefaultLimits) }), 1.0, "the error")
}
