package zipkinreceiver

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// peak is the most that the heap grows by during f, in MiB: sampled, right after a
// collection and with collections often, so that garbage counts little.
func peak(f func()) int {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, m.HeapAlloc
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			time.Sleep(time.Millisecond)
		}
	}()
	f()
	stop.Store(true)
	<-done
	return int((most - before) >> 20)
}

// gigabyte is 1 GB of a repeated text in gzip, in members of 1 MiB, after the start of a list.
func gigabyte(tb testing.TB, text string) []byte {
	tb.Helper()
	member := gzipped(tb, []byte(strings.Repeat(text, 1<<20/len(text))))
	return append(gzipped(tb, []byte("[")), bytes.Repeat(member, 1000)...)
}

// TestAttacks: with the default limits, bodies that are made to hurt end in a 4xx, soon, and
// take no more than what a large honest request does.
func TestAttacks(t *testing.T) {
	list := func(element string, n int) []byte {
		return []byte("[" + strings.Repeat(element+",", n-1) + element + "]")
	}
	field := func(name, element string, n int) []byte {
		return []byte(`[{"traceId":"1","id":"2","` + name + `":` + string(list(element, n)) + `}]`)
	}
	for name, tc := range map[string]struct {
		path, contentType, encoding string
		body                        []byte
		status                      int
		mib                         int
	}{
		"1 GB of gzip":                      {pathV2, jsonType, "gzip", gigabyte(t, " "), 413, 60},
		"1 GB of spans in gzip":             {pathV2, jsonType, "gzip", gigabyte(t, `{"traceId":"1","id":"2"},`), 413, 60},
		"1 GB of gzip as protobuf":          {pathV2, protobufType, "gzip", gigabyte(t, "\n\x00"), 413, 60},
		"100,000 levels of arrays":          {pathV2, jsonType, "", []byte(strings.Repeat("[", 100_000)), 400, 20},
		"100,000 levels, closed":            {pathV2, jsonType, "", []byte(`[{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}]"), 400, 20},
		"100,000 levels of objects":         {pathV2, jsonType, "", []byte("[" + strings.Repeat(`{"x":`, 100_000)), 400, 20},
		"100,000 levels in a tag":           {pathV2, jsonType, "", []byte(`[{"tags":{"x":` + strings.Repeat("[", 100_000)), 400, 20},
		"100,000 levels in version 1":       {pathV1, jsonType, "", []byte(`[{"binaryAnnotations":` + strings.Repeat("[", 100_000)), 400, 20},
		"100,000 levels of structs":         {pathV1, thriftType, "", append([]byte{12, 0, 0, 0, 1}, bytes.Repeat([]byte{12, 0, 99}, 100_000)...), 400, 20},
		"10 million numbers":                {pathV2, jsonType, "", list("1", 10_000_000), 400, 60},
		"6 million arrays":                  {pathV2, jsonType, "", list("[]", 6_000_000), 400, 60},
		"7 million spans without anything":  {pathV2, jsonType, "", list("{}", 6_900_000), 413, 200},
		"9 million numbers, no annotations": {pathV2, jsonType, "", field("annotations", "1", 9_000_000), 202, 60},
		"10 million spans without anything": {pathV2, protobufType, "", bytes.Repeat([]byte("\n\x00"), 10_000_000), 413, 200},
		"10 million structs":                {pathV1, thriftType, "", append([]byte{12, 0, 0x98, 0x96, 0x80}, make([]byte, 10_000_000)...), 413, 200},
		"a length that is not there":        {pathV1, thriftType, "", []byte{12, 0x7f, 0xff, 0xff, 0xff}, 400, 20},
		"protobuf's length":                 {pathV2, protobufType, "", []byte{10, 0xff, 0xff, 0xff, 0xff, 0x07}, 400, 20},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, consumertest.NewNop(), nil)
			var got response
			begun := time.Now()
			mib := peak(func() {
				headers := []string{"Content-Type", tc.contentType}
				if tc.encoding != "" {
					headers = append(headers, "Content-Encoding", tc.encoding)
				}
				got = r.post(t, tc.path, tc.body, headers...)
			})
			assert.Equal(t, tc.status, got.StatusCode, got.body)
			assert.LessOrEqual(t, mib, tc.mib, "MiB")
			t.Logf("%d MiB, %v, %s", mib, time.Since(begun).Round(time.Millisecond), got.body)
			assert.Equal(t, http.StatusAccepted, r.post(t, pathV2, []byte(oneSpan)).StatusCode, "and it goes on")
		})
	}
}

// TestPromises: connections that announce large bodies and send nothing take next to nothing.
func TestPromises(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	r.post(t, pathV2, append([]byte("["), bytes.Repeat([]byte(" "), 15<<20)...)) // leaves large buffers behind
	const connections = 200
	var conns []net.Conn
	mib := peak(func() {
		for range connections {
			c, err := net.Dial("tcp", r.address)
			require.NoError(t, err)
			conns = append(conns, c)
			_, err = io.WriteString(c, "POST "+pathV2+" HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n[")
			require.NoError(t, err)
		}
		time.Sleep(100 * time.Millisecond)
	})
	for _, c := range conns {
		require.NoError(t, c.Close())
	}
	assert.LessOrEqual(t, mib, 20, "MiB")
}

// TestSendersThatDoNotWait have their spans taken although nobody hears the answer.
func TestSendersThatDoNotWait(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	const senders = 100
	for range senders {
		c, err := net.Dial("tcp", r.address)
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST "+pathV2+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "+itoa(len(oneSpan))+"\r\n\r\n"+oneSpan)
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool { return sink.SpanCount() == senders }, 5*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return r.accepted(t) == senders }, 5*time.Second, time.Millisecond)
}
