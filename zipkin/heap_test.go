package zipkin_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/wire"
	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/zipkin"
)

func heapInUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestHeapIsEnough: what a list takes is no more than what the guard estimates by its shape,
// and its bytes for text. A decoder's own tables, which stay, do not count.
func TestHeapIsEnough(t *testing.T) {
	const n = 20_000
	list := func(span func(i int) string) []byte {
		var b strings.Builder
		b.WriteByte('[')
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(span(i))
		}
		return []byte(b.String() + "]")
	}
	members := func(n int, member func(i int) string) string {
		var b bytes.Buffer
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(member(i))
		}
		return b.String()
	}
	for name, body := range map[string][]byte{
		"typical": corpus(t, tracegen.ZipkinJSON)[0].Body,
		"small":   list(func(i int) string { return fmt.Sprintf(`{"traceId":"1","id":"%x"}`, i+1) }),
		"services": list(func(i int) string {
			return fmt.Sprintf(`{"traceId":"1","id":"%x","localEndpoint":{"serviceName":"s%d","ipv4":"1.2.3.4","ipv6":"::1","port":1},"remoteEndpoint":{"serviceName":"s%d","ipv4":"1.2.3.4","ipv6":"::1","port":1},"debug":true,"shared":true}`, i+1, i, i)
		}),
		"tags": list(func(i int) string {
			return fmt.Sprintf(`{"traceId":"1","id":"%x","tags":{%s}}`, i+1, members(10, func(i int) string { return fmt.Sprintf(`"%d":""`, i) }))
		}),
		"resources": list(func(i int) string {
			return fmt.Sprintf(`{"traceId":"1","id":"%x","tags":{"host.name":"%d","host.id":"%d","otel.scope.name":"%d"}}`, i+1, i, i, i)
		}),
		"annotations": list(func(i int) string {
			return fmt.Sprintf(`{"traceId":"1","id":"%x","annotations":[%s]}`, i+1, members(10, func(i int) string { return `{"timestamp":1,"value":"a"}` }))
		}),
		"values": list(func(i int) string {
			return fmt.Sprintf(`{"traceId":"1","id":"%x","annotations":[{"timestamp":1,"value":"a: {\"a\":[%s]}"}]}`, i+1, members(100, func(int) string { return "1" }))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			shape, err := wire.CheckZipkinJSON(body, wire.Limits{ValueDepth: 32})
			require.NoError(t, err)
			d := zipkin.NewDecoder(zipkin.Options{IsResource: isResource})
			before := heapInUse()
			traces, report, err := d.Decode(zipkin.JSONv2, body, received)
			require.NoError(t, err)
			require.Zero(t, report.Dropped())
			took := heapInUse() - before
			runtime.KeepAlive(traces)
			runtime.KeepAlive(d)
			t.Logf("%d B a span, of which the shape has %d", took/report.Spans, shape.Heap/report.Spans)
			assert.LessOrEqual(t, took, shape.Heap+len(body)+1<<20)
		})
	}
}
