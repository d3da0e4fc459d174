package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
)

func TestCheckZipkin(t *testing.T) {
	small := Limits{Attributes: 3, Elements: 8}
	tag, annotation := appendField(nil, 11, appendField(nil, 1, []byte("k"))), appendField(nil, 10, nil)
	spans := func(n int, content []byte) []byte {
		return bytes.Repeat(appendField(nil, 1, content), n)
	}
	for _, tc := range []struct {
		name     string
		body     []byte
		want     string
		elements int
	}{
		{"empty", nil, "", 0},
		{"3 tags", spans(1, bytes.Repeat(tag, 3)), "", 4},
		{"4 tags", spans(1, bytes.Repeat(tag, 4)), "attributes", 5},
		{"4 annotations", spans(1, bytes.Repeat(annotation, 4)), "attributes", 5},
		{"tags and annotations", spans(1, append(bytes.Repeat(annotation, 2), bytes.Repeat(tag, 2)...)), "attributes", 5},
		{"tags of two spans", spans(2, bytes.Repeat(tag, 3)), "", 8},
		{"8 spans", spans(8, nil), "", 8},
		{"9 spans", spans(9, nil), "elements", 9},
		{"other fields", spans(1, appendField(appendField(nil, 8, bytes.Repeat(tag, 9)), 1, []byte("id"))), "", 1},
		{"truncated", spans(1, tag)[:4], "malformed", 0},
		{"truncated tag", spans(1, append(tag, 11<<3|lengthDelimited, 9)), "malformed", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shape, err := Check(Zipkin, tc.body, small)
			assert.Equal(t, tc.want, kindOf(err), "%v", err)
			assert.Equal(t, tc.elements, shape.Elements)
		})
	}
}

func TestCheckZipkinJSON(t *testing.T) {
	small := Limits{Attributes: 3, Elements: 8}
	for _, tc := range []struct {
		name, body, want string
		elements         int
	}{
		{"span", `[{"traceId":"1","tags":{"a":"b","":"c"},"annotations":[{"value":"x"}]}]`, "", 4},
		{"tags named as OTLP's keys", `[{"tags":{"resource":"b","":"c"}}]`, "", 3},
		{"4 tags", `[{"tags":{"a":"1","b":"2","c":"3","d":"4"}}]`, "attributes", 4},
		{"9 tags", `[` + strings.Repeat(`{"tags":{"a":"1","b":"2","c":"3"}},`, 2) + `{}]`, "elements", 9},
		{"null annotation", `[{"annotations":[null]}]`, "malformed", 2},
		{"null span", `[null]`, "malformed", 1},
		{"null after another", `[{}, null]`, "malformed", 2},
		{"null elsewhere", `[{"parentId":null,"tags":null}]`, "", 1},
		{"null alone", `null`, "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shape, err := CheckZipkinJSON([]byte(tc.body), small)
			assert.Equal(t, tc.want, kindOf(err), "%v", err)
			assert.Equal(t, tc.elements, shape.Elements)
		})
	}
}

// A span of 100,000 tags takes a decoder 20 s, and the scan next to nothing.
func TestTagBomb(t *testing.T) {
	var text strings.Builder
	text.WriteString(`[{"traceId":"1","id":"2","tags":{"k":"v"`)
	for i := range 100_000 {
		fmt.Fprintf(&text, `,"k%d":"v"`, i)
	}
	text.WriteString(`}}]`)
	proto := appendField(nil, 1, bytes.Repeat(appendField(nil, 11, appendField(nil, 1, []byte("key"))), 100_000))
	start := time.Now()
	_, err := CheckJSON([]byte(text.String()), DefaultLimits)
	require.Equal(t, "attributes", kindOf(err))
	_, err = CheckZipkinJSON([]byte(text.String()), DefaultLimits)
	require.Equal(t, "attributes", kindOf(err))
	_, err = Check(Zipkin, proto, DefaultLimits)
	require.Equal(t, "attributes", kindOf(err))
	assert.Less(t, time.Since(start), 100*time.Millisecond)
}

// What Zipkin's own decoder builds is within the shape.
func FuzzCheckZipkin(f *testing.F) {
	span := appendField(appendField(nil, 11, appendField(appendField(nil, 1, []byte("k")), 2, []byte("v"))), 10, nil)
	f.Add(appendField(appendField(nil, 1, span), 1, append(span, span...)))
	f.Add(appendField(nil, 1, append([]byte{0xa3, 6, 0xa8, 6, 1}, span...)))
	f.Fuzz(func(t *testing.T, body []byte) {
		shape, err := Check(Zipkin, body, noLimits)
		if err != nil {
			return
		}
		var list zipkin_proto3.ListOfSpans
		if proto.Unmarshal(body, &list) != nil {
			return
		}
		elements := len(list.Spans)
		for _, span := range list.Spans {
			tags := len(span.Tags) + len(span.Annotations)
			elements += tags
			require.LessOrEqual(t, tags, shape.Attributes)
		}
		require.LessOrEqual(t, elements, shape.Elements)
	})
}

// A list of Zipkin's spans is refused as Zipkin's JSON if it is as any other, and no member
// of its arrays is null.
func FuzzCheckZipkinJSON(f *testing.F) {
	f.Add([]byte(`[{"traceId":"1","tags":{"a":"b"},"annotations":[{"value":"x"}, null]}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		small := Limits{Attributes: 5, Elements: 20}
		shape, err := CheckZipkinJSON(body, small)
		if err != nil {
			return
		}
		if plain, err := CheckJSON(body, small); err == nil {
			require.LessOrEqual(t, plain.Elements, shape.Elements)
		} else {
			require.Contains(t, err.Error(), "empty key")
		}
		var list []any
		if json.Unmarshal(body, &list) == nil {
			require.NotContains(t, list, nil)
		}
	})
}
