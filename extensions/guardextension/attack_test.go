package guardextension

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// peak is the most that a budget held until it is asked, and what the heap had at most.
func peak(t *testing.T, g *guard) func() (reserved, heap int64) {
	t.Helper()
	done := make(chan struct{})
	var reserved, heap int64
	var watch sync.WaitGroup
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	start := int64(m.HeapAlloc)
	watch.Go(func() { // ends with done
		for {
			reserved = max(reserved, g.inFlight.used.Load())
			runtime.ReadMemStats(&m)
			heap = max(heap, int64(m.HeapAlloc)-start)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return func() (int64, int64) {
		close(done)
		watch.Wait()
		t.Logf("reserved %.1f MiB at most, heap %.1f MiB more", float64(reserved)/(1<<20), float64(heap)/(1<<20))
		return reserved, heap
	}
}

// stalled is a client that opens streams of HTTP/2, sends the first bytes of a message on
// each, and then nothing. It gives the answers' gRPC codes, once all have come.
func stalled(t *testing.T, g *guarded, connections, streams, bytesEach int) func() map[string]int {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	prefix := make([]byte, 5)
	binary.BigEndian.PutUint32(prefix[1:], uint32(bytesEach+1))
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	var (
		clients sync.WaitGroup
		mu      sync.Mutex
		answers = map[string]int{}
	)
	for range connections {
		transport := &http.Transport{Protocols: protocols}
		t.Cleanup(transport.CloseIdleConnections)
		for range streams {
			clients.Go(func() {
				sent, never := io.Pipe()
				defer never.Close()
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+g.conn.Target()+exportMethod,
					io.NopCloser(io.MultiReader(bytes.NewReader(prefix), io.LimitReader(zeros{}, int64(bytesEach)), sent)))
				if !assert.NoError(t, err) {
					return
				}
				r.Header.Set("Content-Type", "application/grpc")
				r.Header.Set("Te", "trailers")
				answer := "none"
				if resp, err := transport.RoundTrip(r); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					answer = resp.Header.Get("Grpc-Status") + resp.Trailer.Get("Grpc-Status")
				}
				mu.Lock()
				defer mu.Unlock()
				answers[answer]++
			})
		}
	}
	return func() map[string]int {
		clients.Wait()
		return answers
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A hundred calls of several MB each, none of which ever arrives.
func TestStalledCalls(t *testing.T) {
	const timeout = 3 * time.Second
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.MaxInFlightMiB, c.ReceiveTimeout = 64, timeout })
	most := peak(t, g.guard)
	start := time.Now()
	answers := stalled(t, g, 4, 25, 8<<20)()
	took := time.Since(start)
	reserved, heap := most()
	t.Logf("%s, answers by gRPC code: %v", took, answers)
	assert.Less(t, took, 4*timeout)
	assert.NotZero(t, answers[fmt.Sprint(int(codes.DeadlineExceeded))], "those for which there was room")
	assert.NotZero(t, answers[fmt.Sprint(int(codes.Canceled))], "those for which there was none")
	assert.Less(t, reserved, int64(96<<20))
	assert.Less(t, heap, int64(256<<20))
	assert.NoError(t, g.export(protoOf(t, someTraces(1))), "the next request")
}

// What is in order passes also while others stall.
func TestCallsPassBesideStalledOnes(t *testing.T) {
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.MaxInFlightMiB, c.ReceiveTimeout = 64, 2*time.Second })
	wait := stalled(t, g, 2, 10, 8<<20)
	good := protoOf(t, someTraces(500))
	passed := 0
	for range 200 {
		switch err := g.export(good); status.Code(err) {
		case codes.OK:
			passed++
		case codes.Unavailable, codes.Canceled: // the client's to retry
		default:
			assert.NoError(t, err)
		}
	}
	t.Logf("%d of 200 passed at the first try", passed)
	assert.Greater(t, passed, 50)
	wait()
}

func TestCallsThatStallEndInTime(t *testing.T) {
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.ReceiveTimeout = 200 * time.Millisecond })
	start := time.Now()
	answers := stalled(t, g, 1, 3, 1000)()
	assert.Less(t, time.Since(start), 5*time.Second)
	assert.Equal(t, map[string]int{fmt.Sprint(int(codes.DeadlineExceeded)): 3}, answers)
	g.counts(t, "timeout", "grpc", 3)
}

// The timeout is for what arrives, not for what is done with it.
func TestReceiveTimeoutSparesTheHandler(t *testing.T) {
	next, err := consumer.NewTraces(func(ctx context.Context, _ ptrace.Traces) error {
		time.Sleep(500 * time.Millisecond)
		return ctx.Err()
	})
	require.NoError(t, err)
	g := startGuarded(t, next, func(c *Config) { c.ReceiveTimeout = 200 * time.Millisecond })
	for range 2 { // on one connection
		assert.NoError(t, g.export(protoOf(t, someTraces(10))))
		resp, answer := g.post(t, protobufType, "", protoOf(t, someTraces(10)))
		assert.Equal(t, http.StatusOK, resp.StatusCode, "%s", answer)
		time.Sleep(300 * time.Millisecond)
	}
}

func TestShutdownWithStalledCall(t *testing.T) {
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.ReceiveTimeout = time.Second })
	wait := stalled(t, g, 1, 1, 1<<20)
	require.Eventually(t, func() bool { return g.inFlight.used.Load() >= 1<<20 }, 5*time.Second, time.Millisecond)
	start := time.Now()
	require.NoError(t, g.receiver.Shutdown(context.Background()))
	assert.Less(t, time.Since(start), 3*time.Second)
	wait()
}

func TestStalledBodyIsAnsweredInTime(t *testing.T) {
	for _, path := range []string{"/v1/traces", "/anything"} {
		g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.ReceiveTimeout = 200 * time.Millisecond })
		conn, err := net.Dial("tcp", g.address)
		require.NoError(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Type: "+protobufType+"\r\nContent-Length: 15000000\r\n\r\nabc")
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		answer, err := io.ReadAll(conn)
		require.NoError(t, err, "the connection is closed")
		assert.Contains(t, string(answer), "408 Request Timeout")
		assert.Contains(t, string(answer), "i/o timeout")
		g.counts(t, "timeout", "http", 1)
	}
}

// A few kB that become hundreds of MB, many at a time.
func TestBombsAtOnce(t *testing.T) {
	const limit = 300
	var decoding, most atomic.Int64
	next, err := consumer.NewTraces(func(context.Context, ptrace.Traces) error {
		most.Store(max(most.Load(), decoding.Add(1)))
		time.Sleep(50 * time.Millisecond)
		decoding.Add(-1)
		return nil
	})
	require.NoError(t, err)
	g := startGuarded(t, next, func(c *Config) { c.MaxInFlightMiB = limit })
	spans := emptySpans(999_990)
	bomb := gzipped(t, spans)
	require.Less(t, len(bomb), 10_000)
	top := peak(t, g.guard)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			resp, _ := g.post(t, protobufType, "gzip", bomb)
			assert.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, resp.StatusCode)
		})
		clients.Go(func() {
			assert.Contains(t, []codes.Code{codes.OK, codes.Unavailable, codes.Canceled}, status.Code(g.export(spans)))
		})
	}
	clients.Wait()
	reserved, _ := top()
	assert.LessOrEqual(t, reserved, int64(limit+32)<<20)
	assert.LessOrEqual(t, most.Load(), int64(1), "there is room for one at a time")
}

// What would never fit is not to be tried again.
func TestRequestsThatNeverFit(t *testing.T) {
	g := startGuarded(t, consumertest.NewNop(), func(c *Config) { c.MaxInFlightMiB = 8 })
	for name, body := range map[string][]byte{"decoded": emptySpans(100_000), "as it is": make([]byte, 9<<20)} {
		resp, _ := g.post(t, protobufType, "", body)
		assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode, name)
		assert.Empty(t, resp.Header.Get("Retry-After"), name)
	}
	g.counts(t, "too_large", "http", 2)
	err := g.export(emptySpans(100_000))
	assert.Equal(t, codes.ResourceExhausted, status.Code(err), "%v", err)
	assert.Empty(t, status.Convert(err).Details(), "no RetryInfo: clients do not retry")
}

// Bodies of any kind are received, reserved and bounded, at any path.
func TestAnyBodyIsReserved(t *testing.T) {
	g := testGuard(t, func(c *Config) { c.MaxInFlightMiB = 1 })
	for _, tc := range []struct{ path, contentType string }{
		{"/v1/traces", "text/plain"}, {"/v1/traces", ""}, {"/v1/traces", "a/b/c;"}, {"/v1/traces", thriftType},
		{"/elsewhere", protobufType}, {"/elsewhere", "text/plain"},
		{"/api/v1/spans", thriftType}, {"/api/v1/spans", "application/vnd.apache+thrift"},
	} {
		sent := append([]byte{thriftStruct}, strings.Repeat("x", 9999)...)
		passed := false
		h := wrapped(t, g, func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			assert.GreaterOrEqual(t, g.inFlight.used.Load(), int64(len(sent)), tc)
			got, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.Equal(t, sent, got)
		})
		assert.Equal(t, http.StatusOK, serve(h, tc.path, tc.contentType, sent), tc)
		assert.True(t, passed, tc)
		assert.Equal(t, http.StatusRequestEntityTooLarge, serve(h, tc.path, tc.contentType, make([]byte, 2<<20)), tc)
		assert.Zero(t, g.inFlight.used.Load())
	}
}

func serve(h http.Handler, path, contentType string, body []byte) int {
	r, _ := http.NewRequest(http.MethodPost, path, io.NopCloser(bytes.NewReader(body)))
	r.Header.Set("Content-Type", contentType)
	w := &statusOnly{code: http.StatusOK}
	h.ServeHTTP(w, r)
	return w.code
}

type statusOnly struct {
	header http.Header
	code   int
}

func (w *statusOnly) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}
func (w *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
func (w *statusOnly) WriteHeader(code int)        { w.code = code }

// Frames that gRPC neither reads nor gives back are found by the garbage collector.
func TestDroppedFramesAreFound(t *testing.T) {
	var b budget
	p := newFramePool(&b, func(bool) {})
	kept := p.Get(16 << 10)
	var dropped []*[]byte
	for range 100 {
		dropped = append(dropped, p.Get(16<<10))
	}
	other := []byte("of another pool")
	p.Put(&other)
	assert.EqualValues(t, 101*16<<10, b.used.Load())
	runtime.KeepAlive(dropped)
	require.Eventually(t, func() bool { runtime.GC(); return b.used.Load() == 16<<10 }, 5*time.Second, time.Millisecond)
	p.Put(kept)
	assert.Zero(t, b.used.Load())
	big := p.Get(100_000)
	assert.Len(t, *big, 100_000)
	assert.EqualValues(t, 100_000, b.used.Load())
	p.Put(big)
	assert.Zero(t, b.used.Load())
	assert.Empty(t, p.out)
}

func BenchmarkFramePool(b *testing.B) {
	var all budget
	p := newFramePool(&all, func(bool) {})
	b.ReportAllocs()
	for b.Loop() {
		p.Put(p.Get(16 << 10))
	}
}
