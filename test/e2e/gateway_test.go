package e2e

import (
	endian "encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/koine-otel/koine/tracegen/rig"
)

// TestGateway: the gateway of two tiers in examples/gateway, with two load balancers and three
// samplers, of which one is frozen, killed with requests in flight, and started again. Each sampler
// has a sink of its own, so that it shows who a trace's spans went through. No trace is split, of
// those that a survivor owns not a span is lost, and of the others what the dead one held and no
// more.
//
// A fourth of the traces has the short form of its id alone, a fourth the long one, and half are a
// mixed fleet's: OTLP has the long one, Zipkin the short.
func TestGateway(t *testing.T) {
	const traces = 300
	g := startGateway(t)

	g.sendPart(t, 1, 0, traces)
	g.awaitReceived(t, g.sent)
	const victim = 1
	owned := make([]int64, len(g.samplers))
	for i := range g.samplers {
		owned[i] = g.received(t, i)
		assert.Greater(t, owned[i], g.sent/10, "sampler %d has its share", i)
	}
	m, err := g.samplers[victim].Metrics(t.Context())
	require.NoError(t, err)
	held := int64(m.Sum(sampledName + "buffered_spans"))
	assert.Equal(t, owned[victim], held, "nothing is decided yet")

	// What is sent to a process that stands still is in flight; the kill takes it unanswered.
	require.NoError(t, g.samplers[victim].Signal(syscall.SIGSTOP))
	g.sendPart(t, 2, 0, traces/2)
	g.awaitSurvivors(t, victim, func(received []int64) bool {
		return received[0]+received[2] > owned[0]+owned[2]
	})
	g.samplers[victim].Kill()
	g.sendPart(t, 2, traces/2, traces)
	g.awaitSurvivors(t, victim, func(received []int64) bool {
		return received[0] == 2*owned[0] && received[2] == 2*owned[2]
	})
	require.Zero(t, g.sinks[victim].Spans())

	g.startSampler(t, victim)
	g.sendPart(t, 3, 0, traces)
	g.sendShared(t)
	g.awaitReceived(t, g.sent-held)
	given := 0.0
	for _, c := range g.balancers {
		m, err := c.Metrics(t.Context())
		require.NoError(t, err)
		given += m.Sum("otelcol_exporter_sent_spans", "exporter", "load_balancing")
		stop(t, c)
	}
	assert.Equal(t, float64(g.sent), given, "what the first tier gave on and the second did not take is what was lost")
	for _, c := range g.samplers {
		stop(t, c)
	}

	type seen struct {
		spans int
		ids   map[pcommon.TraceID]bool
		sinks map[int]bool
	}
	found := map[uint64]*seen{}
	spans := map[pcommon.SpanID]bool{}
	arrived := int64(0)
	for i, out := range g.outputs {
		for _, s := range out.all() {
			arrived++
			for _, key := range []string{"koine.route", "koine.zipkin.shared"} {
				_, ok := s.Attributes().Get(key)
				require.False(t, ok, "%s is for between the tiers", key)
			}
			require.False(t, spans[s.SpanID()], "%s came twice", s.SpanID())
			spans[s.SpanID()] = true
			id := s.TraceID()
			low := endian.BigEndian.Uint64(id[8:])
			if found[low] == nil {
				found[low] = &seen{ids: map[pcommon.TraceID]bool{}, sinks: map[int]bool{}}
			}
			found[low].spans++
			found[low].ids[id] = true
			found[low].sinks[i] = true
		}
	}
	assert.Equal(t, held, g.sent-arrived, "lost is what the dead one held")
	assert.Len(t, found, traces+1)
	whole := 0
	for n := range traces {
		s := found[lowID(n)]
		require.NotNil(t, s)
		require.Len(t, s.sinks, 1, "trace %d went through one sampler", n)
		require.Len(t, s.ids, 1, "trace %d left under one id", n)
		if s.sinks[victim] {
			require.Equal(t, 4, s.spans, "trace %d has what came after the death", n)
		} else {
			require.Equal(t, 6, s.spans, "trace %d, a survivor's, is whole", n)
			whole++
		}
	}
	g.checkShared(t)
	t.Logf("%d spans sent, %d lost, all of them held by the one that was killed; %d traces of %d whole", g.sent, g.sent-arrived, whole, traces)
}

// gateway is both tiers, and what comes out of each sampler.
type gateway struct {
	balancers []*rig.Collector
	samplers  []*rig.Collector
	ports     []int
	sinks     []*rig.Sink
	outputs   []*output
	sent      int64
}

func startGateway(t *testing.T) *gateway {
	const samplers, balancers = 3, 2
	g := &gateway{samplers: make([]*rig.Collector, samplers), balancers: make([]*rig.Collector, balancers)}
	var names []string
	for range samplers {
		out, sink := newSink(t)
		g.outputs, g.sinks = append(g.outputs, out), append(g.sinks, sink)
		ports, err := rig.FreePorts()
		require.NoError(t, err)
		g.ports = append(g.ports, ports.OTLPGRPC)
		names = append(names, fmt.Sprintf("localhost:%d", ports.OTLPGRPC))
	}
	var starts sync.WaitGroup
	for i := range samplers {
		starts.Go(func() { g.startSampler(t, i) })
	}
	for i := range balancers {
		starts.Go(func() {
			g.balancers[i] = startExample(t, "gateway/koine-loadbalancer.yaml", nil,
				"KOINE_SAMPLERS=["+strings.Join(names, ", ")+"]", "KOINE_MEMORY_LIMIT_MIB=512")
		})
	}
	starts.Wait()
	require.False(t, t.Failed())
	return g
}

// startSampler starts one that keeps all it gets, and decides when it is stopped.
func (g *gateway) startSampler(t *testing.T, i int) {
	g.samplers[i] = startExample(t, "gateway/koine-sampler.yaml", []string{
		"--set=processors.tail_sampling.decision_wait=10m",
		"--set=processors.tail_sampling.policies=[{name: all, type: always_sample}]",
	}, fmt.Sprintf("KOINE_OTLP_GRPC_PORT=%d", g.ports[i]), "KOINE_MEMORY_LIMIT_MIB=512",
		"BACKEND="+g.sinks[i].Address, "BACKEND_INSECURE=true")
}

// startExample runs a configuration of the examples, and ends it when the test ends. It may be
// called from several goroutines.
func startExample(t *testing.T, config string, args []string, env ...string) *rig.Collector {
	t.Helper()
	c, err := rig.Start(t.Context(), rig.Options{
		Binary: binary, Args: append([]string{"--config", filepath.Join("..", "..", "examples", config)}, args...),
		Env: env, StartTimeout: time.Minute,
	})
	if !assert.NoError(t, err) {
		return nil
	}
	t.Cleanup(func() {
		if c.Alive() {
			c.Kill()
		}
		if t.Failed() {
			t.Log(c.LastErrors())
		}
	})
	return c
}

// received is what a sampler's process has taken since it was started.
func (g *gateway) received(t *testing.T, i int) int64 {
	m, err := g.samplers[i].Metrics(t.Context())
	require.NoError(t, err)
	return int64(m.Sum(sampledName + "received_spans"))
}

// awaitReceived waits until the samplers have taken n spans together, each process since it was
// started: then nothing waits in the first tier.
func (g *gateway) awaitReceived(t *testing.T, n int64) {
	t.Helper()
	sum := int64(0)
	require.Eventually(t, func() bool {
		sum = 0
		for i := range g.samplers {
			sum += g.received(t, i)
		}
		return sum >= n
	}, time.Minute, 50*time.Millisecond, "%d spans to come to the samplers", n)
	require.Equal(t, n, sum)
}

// awaitSurvivors waits until what all but one have taken is enough.
func (g *gateway) awaitSurvivors(t *testing.T, victim int, enough func(received []int64) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		received := make([]int64, len(g.samplers))
		for i := range g.samplers {
			if i != victim {
				received[i] = g.received(t, i)
			}
		}
		return enough(received)
	}, 30*time.Second, 50*time.Millisecond, "the survivors go on")
}

// lowID is the low half of a trace's id, spread as random ones are.
func lowID(trace int) uint64 { return uint64(trace+1) * 0x9e3779b97f4a7c15 }

func traceIDs(trace int) (otlp pcommon.TraceID, zipkin string) {
	high := lowID(trace + 1_000_000)
	if trace%4 == 0 {
		high = 0
	}
	endian.BigEndian.PutUint64(otlp[:], high)
	endian.BigEndian.PutUint64(otlp[8:], lowID(trace))
	zipkin = fmt.Sprintf("%016x", lowID(trace))
	if trace%4 == 1 {
		zipkin = otlp.String()
	}
	return otlp, zipkin
}

func spanNumber(trace, part, protocol int) uint64 {
	return uint64(trace+1)<<16 | uint64(part)<<8 | uint64(protocol)
}

// sendPart sends two spans of each trace from one on and before another: one by OTLP to one load
// balancer and one by Zipkin to the other, in requests of 25 traces.
func (g *gateway) sendPart(t *testing.T, part, from, to int) {
	t.Helper()
	const perRequest = 25
	otlpTo, zipkinTo := g.balancers[part%2], g.balancers[(part+1)%2]
	now := time.Now()
	for ; from < to; from += perRequest {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "checkout")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		var zipkin []map[string]any
		for trace := from; trace < min(from+perRequest, to); trace++ {
			long, text := traceIDs(trace)
			s := spans.AppendEmpty()
			s.SetTraceID(long)
			s.SetSpanID(spanID(spanNumber(trace, part, 1)))
			s.SetName("POST /checkout")
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Millisecond)))
			zipkin = append(zipkin, map[string]any{
				"traceId": text, "id": fmt.Sprintf("%016x", spanNumber(trace, part, 2)), "name": "get /price",
				"timestamp": now.UnixMicro(), "duration": 500, "localEndpoint": map[string]any{"serviceName": "pricing"},
			})
		}
		body, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
		require.NoError(t, err)
		g.post(t, fmt.Sprintf("http://localhost:%d/v1/traces", otlpTo.Ports.OTLPHTTP), "application/x-protobuf", body, spans.Len())
		g.postZipkin(t, zipkinTo, zipkin...)
	}
}

func (g *gateway) postZipkin(t *testing.T, to *rig.Collector, spans ...map[string]any) {
	t.Helper()
	body, err := json.Marshal(spans)
	require.NoError(t, err)
	g.post(t, fmt.Sprintf("http://localhost:%d/api/v2/spans", to.Ports.Zipkin), "application/json", body, len(spans))
}

func (g *gateway) post(t *testing.T, url, contentType string, body []byte, spans int) {
	t.Helper()
	code, err := post(t, url, contentType, "", body)
	require.NoError(t, err)
	require.Less(t, code, 300, url)
	g.sent += int64(spans)
}

func spanID(n uint64) (id pcommon.SpanID) {
	endian.BigEndian.PutUint64(id[:], n)
	return id
}

const sharedTrace, sharedSpan, sharedChild = 0xfeed, 0xabc1, 0xabc2

// sendShared sends a call whose client and server share a span's id to different load balancers,
// and what the server called before either.
func (g *gateway) sendShared(t *testing.T) {
	t.Helper()
	now := time.Now().UnixMicro()
	zipkin := func(id, parent uint64, kind, service string) map[string]any {
		s := map[string]any{
			"traceId": fmt.Sprintf("%016x", lowID(sharedTrace)), "id": fmt.Sprintf("%016x", id), "kind": kind, "name": "get",
			"timestamp": now, "duration": 1000, "localEndpoint": map[string]any{"serviceName": service},
		}
		if parent != 0 {
			s["parentId"] = fmt.Sprintf("%016x", parent)
		}
		return s
	}
	g.postZipkin(t, g.balancers[0], zipkin(sharedChild, sharedSpan, "CLIENT", "backend"))
	g.postZipkin(t, g.balancers[1], zipkin(sharedSpan, 0, "CLIENT", "frontend"))
	server := zipkin(sharedSpan, 0, "SERVER", "backend")
	server["shared"] = true
	g.postZipkin(t, g.balancers[0], server)
}

// checkShared asserts that client and server are two spans, and the server's child is its.
func (g *gateway) checkShared(t *testing.T) {
	t.Helper()
	var client, server, child ptrace.Span
	for _, out := range g.outputs {
		for _, s := range out.all() {
			id := s.TraceID()
			switch {
			case endian.BigEndian.Uint64(id[8:]) != lowID(sharedTrace):
			case s.Kind() == ptrace.SpanKindServer:
				server = s.Span
			case s.SpanID() == spanID(sharedChild):
				child = s.Span
			default:
				client = s.Span
			}
		}
	}
	require.NotEqual(t, ptrace.Span{}, client)
	require.NotEqual(t, ptrace.Span{}, server)
	require.NotEqual(t, ptrace.Span{}, child)
	assert.Equal(t, spanID(sharedSpan), client.SpanID())
	assert.NotEqual(t, client.SpanID(), server.SpanID())
	assert.Equal(t, client.SpanID(), server.ParentSpanID())
	assert.Equal(t, server.SpanID(), child.ParentSpanID())
}

// TestRoutingCost measures what it costs the first tier to route by a half of the id, against the whole
// of it and against one exporter for all: KOINE_BENCH=1 go test -v -run TestRoutingCost ./test/e2e.
func TestRoutingCost(t *testing.T) {
	if os.Getenv("KOINE_BENCH") == "" {
		t.Skip("set KOINE_BENCH")
	}
	const plain = "--set=service::pipelines::traces::processors=[memory_limiter, semconv]"
	ways := []struct {
		name string
		args []string
	}{
		{"one exporter", []string{plain, "--set=service::pipelines::traces::exporters=[otlp_grpc]"}},
		{"trace id", []string{plain, "--set=exporters::load_balancing::routing_key=traceID", "--set=exporters::load_balancing::routing_attributes=[]"}},
		{"half of it", nil},
	}
	var names []string
	var sinks []*rig.Sink
	for range 3 {
		_, sink := newSink(t)
		names, sinks = append(names, sink.Address), append(sinks, sink)
	}
	spans := func() (n int64) {
		for _, s := range sinks {
			n += s.Spans()
		}
		return n
	}
	collectors := make([]*rig.Collector, len(ways))
	for i, way := range ways {
		collectors[i] = startExample(t, "gateway/koine-loadbalancer.yaml", way.args,
			"KOINE_SAMPLERS=["+strings.Join(names, ", ")+"]", "BACKEND="+names[0], "BACKEND_INSECURE=true", "KOINE_MEMORY_LIMIT_MIB=1024")
		require.NotNil(t, collectors[i])
	}
	const rounds = 7 // the first warms up
	costs := make([][]float64, len(ways))
	for round := range rounds {
		for i, c := range collectors {
			before, err := c.Usage()
			require.NoError(t, err)
			had := spans()
			sent := flood(t, c, 4000, 0)
			require.Eventually(t, func() bool { return spans() == had+sent.Total.Accepted }, 30*time.Second, 10*time.Millisecond)
			after, err := c.Usage()
			require.NoError(t, err)
			if round > 0 {
				costs[i] = append(costs[i], float64((after.CPU-before.CPU).Nanoseconds())/1e3/float64(sent.Total.Accepted))
			}
		}
	}
	for i, way := range ways {
		slices.Sort(costs[i])
		t.Logf("%-12s %.1f µs of CPU a span (%.1f to %.1f)", way.name, costs[i][rounds/2], costs[i][0], costs[i][rounds-2])
	}
}
