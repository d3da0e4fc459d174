package tracegen

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// A collector takes all three protocols and counts the spans of each.
type collector struct {
	ptraceotlp.UnimplementedGRPCServer
	Targets
	mu    sync.Mutex
	spans map[Protocol]int
	ids   map[string]map[Protocol]bool // who told of a trace

	// refuse, if set, answers HTTP requests in the collector's stead.
	refuse func(http.ResponseWriter) bool
	// refuseRPC, if set, does so with gRPC.
	refuseRPC func() (ptraceotlp.ExportResponse, error)
	// partial is how many spans of each OTLP request are said to be refused.
	partial int64
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{spans: map[Protocol]int{}, ids: map[string]map[Protocol]bool{}}
	zipkin, otlp := httptest.NewServer(http.HandlerFunc(c.serve)), httptest.NewServer(http.HandlerFunc(c.serve))
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(server, c)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		zipkin.Close()
		otlp.Close()
		server.Stop()
		assert.NoError(t, <-served)
	})
	c.Targets = Targets{Zipkin: zipkin.URL, OTLPHTTP: strings.TrimPrefix(otlp.URL, "http://"), OTLPGRPC: listener.Addr().String()}
	return c
}

func (c *collector) take(p Protocol, spans int, traces ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans[p] += spans
	for _, id := range traces {
		if c.ids[id] == nil {
			c.ids[id] = map[Protocol]bool{}
		}
		c.ids[id][p] = true
	}
}

func (c *collector) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || c.refuse != nil && c.refuse(w) {
		return
	}
	var spans []*model.SpanModel
	p := ZipkinJSON
	switch kind := r.Header.Get("Content-Type"); {
	case r.Method == http.MethodPost && r.URL.Path == "/v1/traces" && kind == "application/x-protobuf":
		request := ptraceotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c.takeOTLP(OTLPHTTP, request)
		answer, _ := c.answer().MarshalProto()
		_, _ = w.Write(answer)
		return
	case r.URL.Path == "/api/v2/spans" && kind == "application/x-protobuf":
		p = ZipkinProto
		spans, err = zipkin_proto3.ParseSpans(body, false)
	case r.URL.Path == "/api/v2/spans" && kind == "application/json":
		err = json.Unmarshal(body, &spans)
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, s := range spans {
		c.take(p, 1, hexUint(s.TraceID.High)+hexUint(s.TraceID.Low))
	}
	w.WriteHeader(http.StatusAccepted)
}

func (c *collector) Export(_ context.Context, request ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	if c.refuseRPC != nil {
		if response, err := c.refuseRPC(); err != nil {
			return response, err
		}
	}
	c.takeOTLP(OTLPGRPC, request)
	return c.answer(), nil
}

func (c *collector) takeOTLP(p Protocol, request ptraceotlp.ExportRequest) {
	for _, resource := range request.Traces().ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, s := range scope.Spans().All() {
				c.take(p, 1, s.TraceID().String())
			}
		}
	}
}

func (c *collector) answer() ptraceotlp.ExportResponse {
	response := ptraceotlp.NewExportResponse()
	response.PartialSuccess().SetRejectedSpans(c.partial)
	return response
}

// fast is a configuration for tests: as much as possible, up to so many traces.
func fast(traces int) Config {
	cfg := DefaultConfig()
	cfg.Rate, cfg.Traces, cfg.BatchSpans = 0, traces, 50
	return cfg
}

func checkSums(t *testing.T, s Summary) {
	t.Helper()
	var total Row
	for _, r := range s.Rows {
		assert.Equal(t, r.Generated, r.Accepted+r.Refused, r.Service)
		total.add(&r)
	}
	assert.Equal(t, total.Generated, s.Total.Generated)
	assert.Equal(t, total.Accepted, s.Total.Accepted)
	assert.Equal(t, total.Refused, s.Total.Refused)
	assert.Equal(t, total.Shared, s.Total.Shared)
}

func TestRunDeliversEverything(t *testing.T) {
	c := startCollector(t)
	cfg := fast(300)
	cfg.Faults = 0.1
	var labels bytes.Buffer
	cfg.Labels = &labels
	s, err := Run(t.Context(), cfg, c.Targets, io.Discard)
	require.NoError(t, err)
	checkSums(t, s)
	assert.EqualValues(t, 300, s.Traces)
	assert.Zero(t, s.Total.Refused)

	// The same traffic again, without a network.
	g := newGenerator(t, cfg)
	spans, shared, planted, failed := map[Protocol]int{}, 0, 0, 0
	for range 300 {
		r := g.Next(testEnd)
		for _, span := range r.Spans {
			spans[g.Services()[span.Service].Protocol]++
		}
		shared += r.Shared
		if r.Label != nil {
			planted++
		}
		if r.Failed {
			failed++
		}
	}
	assert.Equal(t, spans, c.spans)
	assert.EqualValues(t, shared, s.Total.Shared)
	assert.EqualValues(t, planted, s.Slow+s.Repeated)
	assert.EqualValues(t, failed, s.Failed)
	assert.Len(t, c.ids, 300, "one id a trace, in all protocols")

	lines := 0
	for scanner := bufio.NewScanner(&labels); scanner.Scan(); lines++ {
		var l Label
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &l))
		assert.Contains(t, c.ids, l.TraceID)
	}
	assert.Equal(t, planted, lines)
}

func TestRunWithEachProtocol(t *testing.T) {
	for _, p := range []Protocol{ZipkinJSON, ZipkinProto, OTLPGRPC, OTLPHTTP} {
		t.Run(p.String(), func(t *testing.T) {
			c := startCollector(t)
			cfg := fast(50)
			cfg.Protocol = p
			s, err := Run(t.Context(), cfg, c.Targets, nil)
			require.NoError(t, err)
			checkSums(t, s)
			assert.Equal(t, map[Protocol]int{p: int(s.Total.Accepted)}, c.spans)
		})
	}
}

func TestRefusalsAreCounted(t *testing.T) {
	c := startCollector(t)
	c.refuse = func(w http.ResponseWriter) bool {
		http.Error(w, "no such\nspans", http.StatusBadRequest)
		return true
	}
	c.refuseRPC = func() (r ptraceotlp.ExportResponse, err error) {
		return r, status.Error(codes.InvalidArgument, "not these")
	}
	s, err := Run(t.Context(), fast(60), c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Zero(t, s.Total.Accepted)
	assert.Zero(t, s.Total.Retries)
	for _, r := range s.Rows {
		want := "400 Bad Request: no such spans"
		if r.Protocol == OTLPGRPC {
			want = "InvalidArgument: not these"
		}
		assert.Equal(t, want, r.LastError, r.Service)
	}
}

func TestPartialSuccessIsCounted(t *testing.T) {
	c := startCollector(t)
	c.partial = 1
	s, err := Run(t.Context(), fast(100), c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	for _, r := range s.Rows {
		if r.Protocol.isZipkin() {
			assert.Zero(t, r.Refused)
		} else {
			assert.Equal(t, r.Requests, r.Refused, r.Service)
		}
	}
}

func TestRetryableIsSentAgain(t *testing.T) {
	c := startCollector(t)
	var web, rpc atomic.Int64
	c.refuse = func(w http.ResponseWriter) bool {
		if web.Add(1) > 3 {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	c.refuseRPC = func() (r ptraceotlp.ExportResponse, err error) {
		if rpc.Add(1) > 3 {
			return r, nil
		}
		return r, status.Error(codes.Unavailable, "later")
	}
	s, err := Run(t.Context(), fast(100), c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Zero(t, s.Total.Refused)
	assert.EqualValues(t, 6, s.Total.Retries)
	assert.EqualValues(t, s.Total.Generated, c.spans[ZipkinJSON]+c.spans[ZipkinProto]+c.spans[OTLPGRPC]+c.spans[OTLPHTTP])
}

func TestRetriesAreBounded(t *testing.T) {
	c := startCollector(t)
	c.refuse = func(w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	cfg := fast(20)
	cfg.Attempts, cfg.Protocol = 2, ZipkinJSON
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Zero(t, s.Total.Accepted)
	assert.Equal(t, s.Total.Requests, s.Total.Retries)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	c := startCollector(t)
	var first, second atomic.Int64
	c.refuse = func(w http.ResponseWriter) bool {
		now := time.Now().UnixNano()
		if first.CompareAndSwap(0, now) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		second.CompareAndSwap(0, now)
		return false
	}
	cfg := fast(1)
	cfg.Protocol, cfg.InFlight, cfg.BatchSpans = ZipkinProto, 1, 10_000
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 1, s.Total.Retries)
	assert.GreaterOrEqual(t, time.Duration(second.Load()-first.Load()), time.Second)
}

func TestRefusalsOfGRPC(t *testing.T) {
	exhausted := status.New(codes.ResourceExhausted, "full")
	told, err := exhausted.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)})
	require.NoError(t, err)
	assert.False(t, grpcRefusal(exhausted).again)
	assert.Equal(t, &refusal{reason: "ResourceExhausted: full", again: true, after: 3 * time.Second}, grpcRefusal(told))
	assert.True(t, grpcRefusal(status.New(codes.Unavailable, "")).again)
	assert.False(t, grpcRefusal(status.New(codes.Internal, "")).again)
}

func TestRetryAfterForms(t *testing.T) {
	assert.Equal(t, 7*time.Second, retryAfter("7"))
	assert.Zero(t, retryAfter(""))
	assert.Zero(t, retryAfter("-3"))
	assert.Zero(t, retryAfter("soon"))
	at := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	assert.InDelta(t, time.Minute, retryAfter(at), float64(2*time.Second))
}

// The end of the context ends the traffic, not the delivery of what was made.
func TestRunIsCutShort(t *testing.T) {
	c := startCollector(t)
	cfg := DefaultConfig()
	cfg.Rate = 200
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	s, err := Run(ctx, cfg, c.Targets, io.Discard)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Positive(t, s.Total.Accepted)
	assert.Zero(t, s.Total.Refused)
}

// A target that never answers is given up at the end of the drain.
func TestDrainIsBounded(t *testing.T) {
	c := startCollector(t)
	release := make(chan struct{})
	c.refuse = func(http.ResponseWriter) bool {
		<-release
		return true
	}
	defer close(release)
	cfg := fast(30)
	cfg.Protocol, cfg.Drain = OTLPHTTP, 200*time.Millisecond
	begin := time.Now()
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Equal(t, s.Total.Generated, s.Total.Refused)
	assert.Less(t, time.Since(begin), 5*time.Second)
	assert.Contains(t, s.Rows[0].LastError, "not delivered within 200ms")
}

func TestRunKeepsThePace(t *testing.T) {
	c := startCollector(t)
	cfg := DefaultConfig()
	cfg.Rate, cfg.Duration = 100, time.Second
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	require.NoError(t, err)
	assert.InDelta(t, 100, s.Traces, 15)
}

func TestPaceForgivesOldDebt(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newPace(10, begin)
	assert.Zero(t, p.wait(begin))
	p.made()
	assert.Equal(t, 100*time.Millisecond, p.wait(begin))
	assert.Equal(t, -maxDebt, p.wait(begin.Add(time.Hour)))
	unpaced := newPace(0, begin)
	assert.Zero(t, unpaced.wait(begin))
}

func TestTargetsThatCannotBe(t *testing.T) {
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())

	cfg := fast(1)
	for protocol, want := range map[Protocol]string{
		ZipkinJSON: `zipkin-json target "` + closed + `": cannot be reached: `,
		OTLPGRPC:   `otlp-grpc target "` + closed + `": cannot be reached: `,
	} {
		cfg.Protocol = protocol
		_, err = Run(t.Context(), cfg, Targets{Zipkin: closed, OTLPGRPC: closed}, nil)
		assert.ErrorContains(t, err, want)
	}
	cfg.Protocol = OTLPHTTP
	_, err = Run(t.Context(), cfg, Targets{OTLPHTTP: "ftp://somewhere"}, nil)
	assert.ErrorContains(t, err, "not an HTTP URL or host:port")
	cfg.Protocol = OTLPGRPC
	_, err = Run(t.Context(), cfg, Targets{OTLPGRPC: "somewhere"}, nil)
	assert.ErrorContains(t, err, "not host:port")
}

func TestTargetURLs(t *testing.T) {
	for text, want := range map[string]string{
		"localhost:9411":              "http://localhost:9411/api/v2/spans",
		"https://zipkin.example/":     "https://zipkin.example/api/v2/spans",
		"http://x:1/zipkin/api/spans": "http://x:1/zipkin/api/spans",
	} {
		got, _, err := Targets{Zipkin: text}.of(ZipkinJSON)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestLabelsThatCannotBeWritten(t *testing.T) {
	c := startCollector(t)
	cfg := fast(0)
	cfg.Faults, cfg.Labels = 1, brokenWriter{}
	cfg.Errors = 0
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	assert.ErrorIs(t, err, errDiskFull)
	assert.ErrorContains(t, err, "tracegen: labels: ")
	checkSums(t, s)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errDiskFull }

var errDiskFull = errors.New("disk full")

func TestSummaryText(t *testing.T) {
	s := Summary{Seconds: 2, Traces: 3, Slow: 1, Rows: []Row{{Service: "cart", Language: "nodejs", Protocol: OTLPHTTP,
		Convention: V120, Generated: 10, Accepted: 8, Refused: 2, LastError: "503"}}, Total: Row{Service: "total", Generated: 10}}
	var out bytes.Buffer
	require.NoError(t, s.WriteText(&out))
	assert.Contains(t, out.String(), "cart     nodejs    otlp-http  1.20        10         8         2")
	assert.Contains(t, out.String(), "cart, last refusal: 503\n3 traces in 2.0 s, 0 with an error; planted bottlenecks: 1 slow, 0 repeated\n")

	encoded, err := json.Marshal(s)
	require.NoError(t, err)
	var back Summary
	require.NoError(t, json.Unmarshal(encoded, &back))
	assert.Equal(t, s, back)
}
