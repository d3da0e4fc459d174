package zipkin_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/zipkin"
)

func v1Dump(t *testing.T, fields string) string {
	t.Helper()
	return briefly(dump(decode(t, zipkin.JSONv1, []byte(`[{"traceId":"1","id":"2",`+fields+`}]`))))
}

func TestJSONv1Values(t *testing.T) {
	for value, want := range map[string]string{
		`"text"`:              `"text"`,
		`""`:                  `""`,
		`"\u00e9\n"`:          `"é\n"`,
		`true`:                `"true"`,
		`false`:               `"false"`,
		`12`:                  `"12"`,
		`-1.50e3`:             `"-1.50e3"`,
		`9007199254740993`:    `"9007199254740993"`,
		`{"a": [1]}`:          `"{\"a\": [1]}"`,
		`"v","type":"BOOL"`:   `"v"`,
		`"v","type":null`:     `"v"`,
		`7,"type":"I64"`:      `"7"`,
		`"v","endpoint":null`: `"v"`,
	} {
		for _, tag := range []string{`{"key":"k","value":` + value + `}`, `{"value":` + value + `,"key":"k"}`} {
			got := v1Dump(t, `"timestamp":100,"binaryAnnotations":[`+tag+`]`)
			assert.Equal(t, `unknown_service Internal 100+0: k=`+want, got, tag)
		}
	}
	assert.Equal(t, `unknown_service Internal 100+0:`, v1Dump(t, `"timestamp":100,"binaryAnnotations":[{"key":"k","value":null},{"key":"k"}]`))
}

// TestJSONv1Order: fields come in any order.
func TestJSONv1Order(t *testing.T) {
	got := v1Dump(t, `
		"binaryAnnotations":[{"endpoint":{"port":8080,"ipv4":"10.0.0.2","serviceName":"shop"},"value":true,"key":"sa"}],
		"annotations":[
			{"endpoint":{"port":80,"ipv4":"10.0.0.1","serviceName":"web"},"value":"cr","timestamp":150},
			{"value":"cs","endpoint":{"serviceName":"web","ipv4":"10.0.0.1","port":80},"timestamp":100}],
		"duration":50,"timestamp":100`)
	assert.Equal(t, `web Client 100+50: `+fromWeb+` `+toShop, got)
}

// TestJSONv1Lenient: numbers as senders write them, null for nothing, and fields that nobody knows.
func TestJSONv1Lenient(t *testing.T) {
	got := v1Dump(t, `"parentId":null,"name":null,"debug":null,"timestamp":"100","duration":5.0e1,"x":{"y":[{}]},
		"annotations":[null,{"timestamp":"1.2e2","value":"mark","endpoint":null,"x":[[]]},
			{"timestamp":110,"value":"sr","endpoint":{"serviceName":"shop","ipv4":"nonsense","ipv6":"10.0.0.2","port":"8080","x":1}}],
		"binaryAnnotations":null`)
	assert.Equal(t, "shop Server 100+50: "+fromShop+"\n  120 mark", got)
	assert.Equal(t, "unknown_service Internal 7+0:", v1Dump(t, `"timestamp":7,"duration":-1,"annotations":null,"binaryAnnotations":[]`))
}

func TestJSONv1Invalid(t *testing.T) {
	for fields, want := range map[string]zipkin.Reason{
		`"id":"2"`:                                  zipkin.BadTraceID,
		`"traceId":"1"`:                             zipkin.BadID,
		`"traceId":"1","id":"00"`:                   zipkin.BadID,
		`"traceId":"xyz","id":"2"`:                  zipkin.BadTraceID,
		`"traceId":"1","id":"12345678901234567"`:    zipkin.BadID,
		`"traceId":"1","id":"2","parentId":"-"`:     zipkin.BadParentID,
		`"traceId":"1","id":"2","timestamp":"soon"`: zipkin.BadTimestamp,
		`"traceId":"1","id":"2","duration":"long"`:  zipkin.BadDuration,
		`"traceId":"1","id":"2","annotations":{}`:   zipkin.BadField,
		`"traceId":"1","id":"2","annotations":[{"timestamp":1,"value":"a","endpoint":{"port":65536}}]`: zipkin.BadEndpoint,
		`"traceId":"1","id":"2","binaryAnnotations":[{"value":"v"}]`:                                   zipkin.BadTag,
	} {
		body := []byte(`[{` + fields + `},{"traceId":"1","id":"9"}]`)
		traces, report, err := zipkin.NewDecoder(zipkin.Options{}).Decode(zipkin.JSONv1, body, received)
		require.NoError(t, err, fields)
		assert.Equal(t, 1, report.Invalid[want], "%s: %v", fields, report.First)
		assert.Equal(t, 1, report.Dropped(), fields)
		assert.Equal(t, 1, traces.SpanCount(), fields)

		_, _, err = zipkin.NewDecoder(zipkin.Options{RejectInvalid: true}).Decode(zipkin.JSONv1, body, received)
		var mistake *zipkin.SpanError
		require.ErrorAs(t, err, &mistake, fields)
	}
}

func TestJSONv1List(t *testing.T) {
	d := zipkin.NewDecoder(zipkin.Options{})
	traces, _, err := d.Decode(zipkin.JSONv1, []byte(" [ ] "), received)
	require.NoError(t, err)
	assert.Zero(t, traces.SpanCount())
	for body, want := range map[string]error{
		``:    zipkin.ErrMalformed,
		`{}`:  zipkin.ErrMalformed,
		`[1]`: zipkin.ErrMalformed,
		`[{"annotations":[{"value":"a",}],"binaryAnnotations":[]}]`: zipkin.ErrMalformed,
		`[{"binaryAnnotations":[]}`:                                 zipkin.ErrMalformed,
		`[{"binaryAnnotations":[]}] []`:                             zipkin.ErrMalformed,
		`[{"tags":{}}]`:                                             zipkin.ErrFormat,
		`[{"remoteEndpoint":{}}]`:                                   zipkin.ErrFormat,
	} {
		_, _, err := d.Decode(zipkin.JSONv1, []byte(body), received)
		assert.ErrorIs(t, err, want, body)
	}
	many := "[" + strings.Repeat("{},", zipkin.MaxSpans) + "{}]"
	_, _, err = d.Decode(zipkin.JSONv1, []byte(many), received)
	assert.ErrorIs(t, err, zipkin.ErrTooMany)
}
