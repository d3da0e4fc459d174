package zipkin_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/zipkin"
)

// thriftSpan is a list of one span with ids and a time, and more fields.
func thriftSpan(fields ...[]byte) []byte {
	b := thriftI64(thriftI64(thriftI64(listOf(nil, 12, 1), 1, 1), 4, 2), 10, 100)
	for _, f := range fields {
		b = append(b, f...)
	}
	return append(b, 0)
}

func thriftBinary(key string, typ uint32, value []byte) []byte {
	b := thriftText(thriftText(listOf(field(nil, 15, 8), 12, 1), 1, []byte(key)), 2, value)
	return append(binary.BigEndian.AppendUint32(field(b, 8, 3), typ), 0)
}

func thriftDump(t *testing.T, body []byte) string {
	t.Helper()
	return briefly(dump(decode(t, zipkin.Thrift, body)))
}

func TestThriftValues(t *testing.T) {
	be := binary.BigEndian
	for _, c := range []struct {
		typ   uint32
		value []byte
		want  string
	}{
		{0, []byte{1}, "true"},
		{0, []byte{0}, "false"},
		{1, []byte("\xff\x00\x01"), "/wAB"},
		{2, be.AppendUint16(nil, 0xfffe), "-2"},
		{3, be.AppendUint32(nil, 0xfffffffe), "-2"},
		{4, be.AppendUint64(nil, math.MaxUint64-1), "-2"},
		{4, be.AppendUint64(nil, 1<<62), "4611686018427387904"},
		{5, be.AppendUint64(nil, math.Float64bits(0.1)), "0.1"},
		{6, []byte("text"), "text"},
		{6, []byte("\xff"), "\uFFFD"},
		{6, nil, ""},
		// Of another length than the type's, or of none of the types.
		{0, nil, ""},
		{2, []byte{1}, "AQ=="},
		{99, []byte{1}, "AQ=="},
	} {
		got := thriftDump(t, thriftSpan(thriftBinary("k", c.typ, c.value)))
		assert.Equal(t, fmt.Sprintf("unknown_service Internal 100+0: k=%q", c.want), got, "type %d, %x", c.typ, c.value)
	}
	// A value without a type is text.
	untyped := append(thriftText(thriftText(listOf(field(nil, 15, 8), 12, 1), 1, []byte("k")), 2, []byte("v")), 0)
	assert.Equal(t, `unknown_service Internal 100+0: k="v"`, thriftDump(t, thriftSpan(untyped)))
}

func TestThriftFields(t *testing.T) {
	at := func(e *endpoint) []byte {
		b := thriftText(thriftI64(listOf(field(nil, 15, 6), 12, 1), 1, 100), 2, []byte("cs"))
		return append(e.thrift(b, 3), 0)
	}
	for shows, c := range map[string]struct {
		fields []byte
		want   string
	}{
		"a port above 32767":      {at(&endpoint{ServiceName: "web", Port: 54321}), `web Client 100+0: network.local.port=54321`},
		"both families":           {at(&endpoint{ServiceName: "web", IPv4: "10.0.0.1", IPv6: "2001:db8::1"}), `web Client 100+0: network.local.address="10.0.0.1" koine.zipkin.local_ipv6="2001:db8::1"`},
		"IPv4 in IPv6":            {at(&endpoint{ServiceName: "web", IPv6: "::ffff:10.0.0.1"}), `web Client 100+0: network.local.address="10.0.0.1"`},
		"an address of all zeros": {at(&endpoint{ServiceName: "web", IPv4: "0.0.0.0"}), `web Client 100+0:`},
		"debug":                   {[]byte{2, 0, 9, 1}, `unknown_service Internal 100+0: koine.zipkin.debug=true`},
		"negative times":          {thriftI64(thriftI64(nil, 10, math.MaxUint64), 11, math.MaxUint64), `unknown_service Internal 1750000000000000+0: koine.zipkin.no_timestamp=true`},
		"a field of another type": {thriftText(nil, 10, []byte("100")), `unknown_service Internal 100+0:`},
		"annotations without a time, a text, a key, a value": {
			append(append(append(listOf(field(nil, 15, 6), 12, 2), append(thriftI64(nil, 1, 5), 0)...), append(thriftText(nil, 2, []byte("x")), 0)...),
				append(append(listOf(field(nil, 15, 8), 12, 2), append(thriftText(nil, 1, []byte("k")), 0)...), append(thriftText(nil, 2, []byte("v")), 0)...)...),
			`unknown_service Internal 100+0 dropped=[0 2 0]:`,
		},
	} {
		assert.Equal(t, c.want, thriftDump(t, thriftSpan(c.fields)), shows)
	}

	wide := decode(t, zipkin.Thrift, thriftSpan(thriftI64(thriftI64(nil, 12, 0xab), 5, 2)))
	s := wide.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	assert.Equal(t, "00000000000000ab0000000000000001", s.TraceID().String())
	assert.True(t, s.ParentSpanID().IsEmpty(), "a span is not its own parent")
}

func TestThriftInvalid(t *testing.T) {
	list := listOf(nil, 12, 3)
	list = append(thriftI64(list, 4, 1), 0)
	list = append(thriftI64(list, 1, 1), 0)
	list = append(thriftI64(thriftI64(list, 1, 1), 4, 1), 0)
	traces, report, err := zipkin.NewDecoder(zipkin.Options{}).Decode(zipkin.Thrift, list, received)
	require.NoError(t, err)
	assert.Equal(t, 1, traces.SpanCount())
	assert.Equal(t, 1, report.Invalid[zipkin.BadTraceID])
	assert.Equal(t, 1, report.Invalid[zipkin.BadID])
}

// unknownFields are one field of each type, with what may stand in it.
func unknownFields(id uint16) []byte {
	b := append(field(nil, 2, id), 1)
	b = append(field(b, 3, id), 7)
	b = append(field(b, 4, id), make([]byte, 8)...)
	b = append(field(b, 6, id), make([]byte, 2)...)
	b = append(field(b, 8, id), make([]byte, 4)...)
	b = append(field(b, 10, id), make([]byte, 8)...)
	b = thriftText(b, id, []byte("text"))
	b = append(thriftText(field(b, 12, id), 1, []byte("in a struct")), 0)
	b = append(binary.BigEndian.AppendUint32(append(field(b, 13, id), 11, 8), 1), 0, 0, 0, 1, 'k', 0, 0, 0, 9)
	b = append(listOf(field(b, 14, id), 3, 2), 1, 2)
	b = append(listOf(field(b, 15, id), 12, 2), 0, 0)
	return listOf(field(b, 15, id), 15, 0)
}

// everything is a span with every field of Zipkin's, and unknown ones in every struct.
func everything() []byte {
	unknown := unknownFields(77)
	host := func(id uint16) []byte {
		b := web.thrift(nil, id)
		return append(append(b[:len(b)-1:len(b)-1], unknown...), 0)
	}
	annotations := listOf(field(nil, 15, 6), 12, 2)
	for i, value := range []string{"cs", "cr"} {
		annotations = thriftText(thriftI64(annotations, 1, 100+uint64(i)*50), 2, []byte(value))
		annotations = append(append(append(annotations, host(3)...), unknown...), 0)
	}
	tags := thriftBinary("k", 6, []byte("v"))
	tags = append(append(append(tags[:len(tags)-1:len(tags)-1], host(4)...), unknown...), 0)
	return thriftSpan(unknown, annotations, tags, thriftText(nil, 3, []byte("get")), thriftI64(nil, 11, 50), unknown)
}

func TestThriftUnknownFields(t *testing.T) {
	assert.Equal(t, `web Client 100+50: k="v" `+fromWeb, thriftDump(t, everything()))
}

// nested is an unknown field of structs in each other.
func nested(levels int) []byte {
	var b []byte
	for range levels {
		b = field(b, 12, 50)
	}
	return append(b, make([]byte, levels)...)
}

func TestThriftDepth(t *testing.T) {
	decode(t, zipkin.Thrift, thriftSpan(nested(33)))
	_, _, err := zipkin.NewDecoder(zipkin.Options{}).Decode(zipkin.Thrift, thriftSpan(nested(34)), received)
	require.ErrorIs(t, err, zipkin.ErrMalformed)
	assert.ErrorContains(t, err, "nested more than 32 deep")

	lists := field(nil, 15, 50)
	for range 100_000 {
		lists = listOf(lists, 15, 1)
	}
	_, _, err = zipkin.NewDecoder(zipkin.Options{}).Decode(zipkin.Thrift, thriftSpan(lists), received)
	require.ErrorIs(t, err, zipkin.ErrMalformed)
}

// TestThriftCutShort: wherever a list ends early it is malformed, and says at which byte.
func TestThriftCutShort(t *testing.T) {
	body := everything()
	d := zipkin.NewDecoder(zipkin.Options{})
	for n := 1; n < len(body); n++ {
		_, report, err := d.Decode(zipkin.Thrift, body[:n:n], received)
		require.ErrorIs(t, err, zipkin.ErrMalformed, "cut at %d", n)
		require.ErrorContains(t, err, "thrift at byte ")
		require.Zero(t, report.Spans)
	}
	_, _, err := d.Decode(zipkin.Thrift, append(body, 0), received)
	assert.EqualError(t, err, fmt.Sprintf("zipkin: malformed: thrift at byte %d: bytes after the spans", len(body)))
}

// TestThriftSizes: what a size says is not believed before the bytes are there.
func TestThriftSizes(t *testing.T) {
	d := zipkin.NewDecoder(zipkin.Options{})
	for _, size := range []uint32{1 << 20, math.MaxInt32, 1 << 31, math.MaxUint32} {
		n := binary.BigEndian.AppendUint32(nil, size)
		for shows, body := range map[string][]byte{
			"spans":              append([]byte{12}, n...),
			"a name":             thriftSpan(append(field(nil, 11, 3), n...)),
			"annotations":        thriftSpan(append(append(field(nil, 15, 6), 12), n...)),
			"binary annotations": thriftSpan(append(append(field(nil, 15, 8), 12), n...)),
			"an unknown text":    thriftSpan(append(field(nil, 11, 50), n...)),
			"an unknown list":    thriftSpan(append(append(field(nil, 15, 50), 2), n...)),
			"an unknown set":     thriftSpan(append(append(field(nil, 14, 50), 12), n...)),
			"an unknown map":     thriftSpan(append(append(field(nil, 13, 50), 2, 2), n...)),
		} {
			used := allocated(func() {
				_, _, err := d.Decode(zipkin.Thrift, body, received)
				require.ErrorIs(t, err, zipkin.ErrMalformed, "%s of %d", shows, size)
			})
			assert.Less(t, used, uint64(1<<16), "%s of %d", shows, size)
		}
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestThriftNothings: annotations that take a byte and say nothing take no memory.
func TestThriftNothings(t *testing.T) {
	const n = 1 << 20
	var fields []byte
	for _, id := range []uint16{6, 8} {
		fields = append(listOf(field(fields, 15, id), 12, n), make([]byte, n)...)
	}
	body := thriftSpan(fields)
	used := allocated(func() { decode(t, zipkin.Thrift, body) })
	assert.Less(t, used, uint64(n))
}

func TestThriftList(t *testing.T) {
	d := zipkin.NewDecoder(zipkin.Options{})
	whole := thriftSpan()
	quirk := append([]byte{11}, whole[1:]...)
	high := append(thriftI64(nil, 12, 9), whole[5:]...)
	for shows, c := range map[string]struct {
		body  []byte
		spans int
	}{
		"nothing":                           {nil, 0},
		"an empty list":                     {listOf(nil, 12, 0), 0},
		"an empty list of texts":            {listOf(nil, 11, 0), 0},
		"a list":                            {whole, 1},
		"a list of texts":                   {quirk, 1},
		"a span alone":                      {whole[5:], 1},
		"a span alone, its high half first": {high, 1},
	} {
		traces, _, err := d.Decode(zipkin.Thrift, c.body, received)
		require.NoError(t, err, shows)
		assert.Equal(t, c.spans, traces.SpanCount(), shows)
	}
	for shows, c := range map[string]struct {
		body []byte
		want error
	}{
		"another list's type":        {listOf(nil, 10, 1), zipkin.ErrMalformed},
		"two spans alone":            {append(whole[5:len(whole):len(whole)], whole[5:]...), zipkin.ErrMalformed},
		"annotations of other types": {thriftSpan(append(listOf(field(nil, 15, 6), 8, 1), 0, 0, 0, 0)), zipkin.ErrMalformed},
		"a field of no type":         {thriftSpan(field(nil, 99, 50)), zipkin.ErrMalformed},
		"protobuf":                   {v2Proto([]span{{traceLow: 1, id: 2}}), zipkin.ErrFormat},
		"JSON":                       {[]byte(`[]`), zipkin.ErrFormat},
		"too many":                   {append(listOf(nil, 12, zipkin.MaxSpans+1), make([]byte, zipkin.MaxSpans+1)...), zipkin.ErrTooMany},
	} {
		_, _, err := d.Decode(zipkin.Thrift, c.body, received)
		assert.ErrorIs(t, err, c.want, shows)
	}
}
