package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const (
	oneRequest = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x"}]}]}]}`
	oneZipkin  = `{"traceId":"1","id":"2","timestamp":1}`
)

func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		spans   int64
		errs    []string
	}{
		"a line cut off":             {oneRequest + "\n" + oneRequest[:60] + "\n" + oneRequest + "\n", 2, []string{"x:2:55: wire: JSON ends in a string"}},
		"a line cut off after comma": {oneRequest + "\n" + oneRequest[:95] + ",\n" + oneRequest + "\n", 2, []string{"x:2:"}},
		"the first line cut off":     {oneRequest[40:] + "\n" + oneRequest + "\n" + oneRequest + "\n", 2, []string{"x:1:1: JSON: expected an object or a list"}},
		"the last line cut off":      {oneRequest + "\n" + oneRequest[:60], 1, []string{"x:2:55: wire: JSON ends in a string"}},
		"a line of something else":   {oneRequest + "\nhello\n" + oneRequest + "\n", 2, []string{"x:2:1: JSON: expected an object or a list"}},
		"a line of other JSON":       {oneRequest + "\n{\"a\":1}\n" + oneRequest + "\n", 2, []string{"x:2:1: " + errUnknown.Error()}},
		"a wrong value":              {oneRequest + "\n" + strings.Replace(oneRequest, "0af7", "zzzz", 1) + "\n", 1, []string{"x:2:1: "}},
		"indented and cut off":       {"{\n  \"resourceSpans\": [\n    {\n", 0, []string{"x:4:1: JSON: ends too early"}},
		"no comma":                   {"{\n  \"resourceSpans\": [\n    {}\n    {}\n  ]\n}\n", 0, []string{"x:4:5: JSON: expected a comma or a closing bracket"}},
		"no value":                   {"{\"resourceSpans\":[],\n\"x\":,\n\"y\":1}\n" + oneRequest + "\n", 1, []string{"x:2:5: JSON: expected a value"}},
		"a list of numbers":          {"[1, 2]", 0, []string{"x:1:2: JSON: expected an object"}},
		"a list in lists in lists":   {"[[[" + oneZipkin + "]]]", 0, []string{"x:1:3: JSON: expected an object"}},
		"a span of Zipkin":           {"[" + oneZipkin + ",\n{\"traceId\":\"1\",\"id\":\"\"}]", 1, []string{"x:2:1: zipkin: span 1: id"}},
		"Zipkin cut off":             {"[" + oneZipkin + ",\n{\"traceId\":", 1, []string{"x:2:12: JSON: ends too early"}},
		"a closing bracket too many": {"[" + oneZipkin + "]\n]\n[" + oneZipkin + "]\n", 2, []string{"x:2:1: JSON: expected an object or a list"}},
		"text":                       {"hello", 0, []string{"x:1:1: " + errUnknown.Error()}},
		"nothing":                    {"", 0, nil},
		"white space":                {" \n\n", 0, nil},
		"an empty request":           {"{}\n{ }\n", 0, nil},
		"an empty list":              {"[]", 0, nil},
		"deep values":                {strings.Replace(oneRequest, `"name":"x"`, `"attributes":[{"key":"a","value":`+strings.Repeat(`{"arrayValue":{"values":[`, 100_000)+strings.Repeat("]}}", 100_000)+"}]", 1), 0, []string{"x:1:"}},
		"deep brackets":              {"[" + strings.Repeat(`{"a":`, 1000), 0, []string{"x:1:5002: JSON: ends too early"}},
		"binary":                     {"\x7fELF\x02\x01\x01", 0, []string{"x:1:1: " + errUnknown.Error()}},
		"a message cut off":          {"\n\x7f\x0a\x01", 0, []string{"x: message 1: " + errTruncated.Error()}},
		"no message":                 {"\n\x04abcd", 0, []string{"x: message 1: " + errNoSignal.Error()}},
		"a message of other fields":  {"\n\x00\x12\x00", 0, []string{"x: message 2: " + errNotProto.Error()}},
		"a large promise":            {"\n\xff\xff\xff\xff\x7f", 0, []string{"x: message 1: protobuf: an element of 34359738367 bytes: more than 67108864"}},
		"frames cut off":             {"\x00\x00\x00\x05\n\x01", 0, []string{"x: message 1: " + errTruncated.Error()}},
		"gzip cut off":               {string(gzipped([]byte(oneRequest))[:40]), 0, []string{"x: unexpected EOF"}},
		"gzip of nothing":            {"\x1f\x8b\x00", 0, []string{"x: gzip: "}},
		"zstd of nothing":            {"\x28\xb5\x2f\xfd\x00", 0, []string{"x: "}},
		"thrift of nothing":          {"\x0c\x7f\xff\xff\xff", 0, []string{"x: message 1: zipkin: "}},
	} {
		t.Run(name, func(t *testing.T) {
			_, counts, err := read(t, []byte(c.content), Options{})
			assert.Equal(t, c.spans, counts.Spans)
			assert.EqualValues(t, len(c.errs), counts.Damaged)
			if len(c.errs) == 0 {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			said := linesOf(err)
			require.Len(t, said, len(c.errs), err)
			for i, want := range c.errs {
				assert.True(t, strings.HasPrefix(said[i], want), "%s\nis not\n%s", said[i], want)
			}
		})
	}
}

// TestErrorsAreBounded: all are counted, not all are told.
func TestErrorsAreBounded(t *testing.T) {
	_, counts, err := read(t, bytes.Repeat([]byte("{\"resourceSpans\":[{\n"), 1000), Options{})
	assert.EqualValues(t, 1000, counts.Damaged)
	said := linesOf(err)
	require.Len(t, said, maxErrors+1)
	assert.Equal(t, "and 900 more", said[maxErrors])
	var first *Error
	require.ErrorAs(t, err, &first)
	assert.Positive(t, first.Line)
}

func TestTooLong(t *testing.T) {
	long := strings.Replace(oneRequest, `"name":"x"`, `"name":"`+strings.Repeat("x", 8<<20)+`"`, 1)
	_, counts, err := read(t, []byte(oneRequest+"\n"+long+"\n"+oneRequest+"\n"), Options{MaxElement: 1 << 20})
	require.EqualError(t, err, "x:2:19: JSON: is longer than 1048576 bytes")
	assert.Equal(t, Counts{Files: 1, Spans: 2, Damaged: 1}, counts)

	_, counts, err = read(t, []byte(oneRequest+"\n"+long+"\n"+oneRequest+"\n"), Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 3, counts.Spans)
}

// endless is one object of n elements, which nobody holds as a whole.
func endless(element string, n int) io.Reader {
	parts := []io.Reader{strings.NewReader(`{"resourceSpans":[`)}
	for range n - 1 {
		parts = append(parts, strings.NewReader(element), strings.NewReader(","))
	}
	return io.MultiReader(append(parts, strings.NewReader(element+"]}"))...)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// discard is a sink that keeps nothing.
type discard struct{ gatherer }

func (*discard) Traces(ptrace.Traces, string) {}

// TestMemory: a single object of 100 MiB is read in little memory.
func TestMemory(t *testing.T) {
	element := `{"scopeSpans":[{"spans":[` + strings.Repeat(`{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x"},`, 199) +
		`{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x"}]}]}`
	n := (100 << 20) / len(element)
	if testing.Short() {
		n /= 10
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	counts, err := ReadFiles(context.Background(), []string{"-"}, endless(element, n), new(discard), Options{})
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.EqualValues(t, 200*n, counts.Spans)
	assert.Less(t, after.HeapSys-min(before.HeapSys, after.HeapSys), uint64(200<<20))
	t.Logf("%d MiB of input, %d MiB of heap", n*len(element)>>20, after.HeapSys>>20)
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	reader := io.MultiReader(strings.NewReader(oneRequest+"\n"), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, oneRequest+"\n"), nil
	}))
	counts, err := ReadFiles(ctx, []string{"-"}, reader, new(discard), Options{})
	require.ErrorIs(t, err, context.Canceled)
	require.EqualError(t, err, "interrupted")
	assert.Zero(t, counts.Damaged)
}

func TestBrokenReader(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(strings.Repeat(oneRequest+"\n", 2000)), readerFunc(func([]byte) (int, error) { return 0, errors.New("gone") }))
	counts, err := ReadFiles(context.Background(), []string{"-"}, broken, new(discard), Options{})
	require.EqualError(t, err, fmt.Sprintf("stdin:%d:1: gone", 2001))
	assert.EqualValues(t, 2000, counts.Spans)
}
