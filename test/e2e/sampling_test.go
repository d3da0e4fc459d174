package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/tracegen/rig"
)

const sampledName = "otelcol_processor_tail_sampling_"

// balance waits until nothing is buffered and asserts that every span that was sent is
// accounted for.
func balance(t *testing.T, c *rig.Collector, accepted int64) (forwarded int64) {
	t.Helper()
	var m rig.Metrics
	require.Eventually(t, func() bool {
		var err error
		m, err = c.Metrics(t.Context())
		return err == nil && m.Sum(sampledName+"buffered_spans") == 0 &&
			m.Sum(sampledName+"received_spans") == m.Sum(sampledName+"released_spans") && m.Sum(sampledName+"received_spans") > 0
	}, time.Minute, 100*time.Millisecond, "received = released")
	assert.Equal(t, float64(accepted), m.Sum(sampledName+"received_spans"))
	assert.Zero(t, m.Sum(sampledName+"released_spans", "koine_outcome", "failed"))
	assert.Equal(t, m.Sum(sampledName+"new_trace_id_received"), m.Sum(sampledName+"global_count_traces_sampled"), "each trace was decided")
	return int64(m.Sum(sampledName+"released_spans", "koine_outcome", "forwarded"))
}

func flood(t *testing.T, c *rig.Collector, traces int, rate float64) tracegen.Summary {
	t.Helper()
	cfg := tracegen.DefaultConfig()
	cfg.Rate, cfg.Traces = rate, traces
	cfg.Protocol = tracegen.OTLPHTTP
	sent, err := tracegen.Run(t.Context(), cfg, tracegen.Targets{OTLPHTTP: fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP)}, nil)
	require.NoError(t, err)
	return sent
}

// TestSamplerMemory: with a limit that holds a small part of what arrives within the wait, the
// process stays small and each trace is decided.
func TestSamplerMemory(t *testing.T) {
	_, sink := newSink(t)
	const limit = 32
	c := start(t, []string{
		"--set=processors.tail_sampling.decision_wait=7m",
		fmt.Sprintf("--set=processors.tail_sampling.memory_limit_mib=%d", limit),
		"--set=exporters.debug.verbosity=basic",
	}, exportTo(sink), "KOINE_MEMORY_LIMIT_MIB=512")
	before, err := c.Usage()
	require.NoError(t, err)
	sent := flood(t, c, 40_000, 0)
	usage, err := c.Usage()
	require.NoError(t, err)
	m, err := c.Metrics(t.Context())
	require.NoError(t, err)
	held := m.Sum(sampledName + "buffered_bytes")
	assert.LessOrEqual(t, held, float64(limit<<20))
	assert.Positive(t, m.Sum(sampledName+"decisions", "koine_reason", "memory"), "it was full")
	t.Logf("%d spans, %.0f MiB held, RSS %d MiB before and %d MiB at most", sent.Total.Accepted, held/(1<<20), before.RSS>>20, usage.PeakRSS>>20)
	assert.Less(t, usage.PeakRSS>>20, int64(limit+350), "the limit and what any pipeline takes")
	require.NoError(t, c.Terminate())
	<-c.Done()
	assert.Positive(t, sink.Spans())
}

// TestReloadKeepsWhatWaits: a configuration that is read anew under load loses nothing.
func TestReloadKeepsWhatWaits(t *testing.T) {
	_, sink := newSink(t)
	config := filepath.Join(t.TempDir(), "koine.yaml")
	write := func(wait, policies string) {
		require.NoError(t, os.WriteFile(config, []byte(`
extensions: {health_check: {endpoint: "localhost:${env:KOINE_HEALTH_PORT}"}}
receivers: {otlp: {protocols: {http: {endpoint: "localhost:${env:KOINE_OTLP_HTTP_PORT}"}}}}
processors: {tail_sampling: {decision_wait: `+wait+`, policies: [`+policies+`]}}
exporters: {otlp_grpc: {endpoint: `+sink.Address+`, tls: {insecure: true}}}
service:
  extensions: [health_check]
  pipelines: {traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlp_grpc]}}
  telemetry:
    metrics:
      readers:
        - pull: {exporter: {prometheus: {host: localhost, port: "${env:KOINE_METRICS_PORT}", without_type_suffix: true, without_units: true, without_scope_info: true}}}
`), 0o600))
	}
	write("10m", "{name: none, type: span_count, span_count: {min_spans: 1000000}}")
	c := start(t, []string{"--config", config})
	first := flood(t, c, 2000, 0)
	write("1s", "{name: all, type: always_sample}")
	require.NoError(t, c.Signal(syscall.SIGHUP))
	require.Eventually(t, func() bool { // the old one ends, the new one begins
		ready, err := c.Ready(context.Background())
		m, merr := c.Metrics(context.Background())
		return err == nil && ready && merr == nil && m.Sum(sampledName+"received_spans") == 0
	}, 30*time.Second, 20*time.Millisecond)
	second := flood(t, c, 500, 0)
	all := first.Total.Accepted + second.Total.Accepted
	require.Eventually(t, func() bool { return sink.Spans() == all }, time.Minute, 50*time.Millisecond, "%d of %d", sink.Spans(), all)
}

// TestSamplerAccounts: the counters of a process add up.
func TestSamplerAccounts(t *testing.T) {
	_, sink := newSink(t)
	c := start(t, []string{"--set=processors.tail_sampling.decision_wait=1s", "--set=processors.tail_sampling.wait_for_open_spans=1s", "--set=exporters.debug.verbosity=basic"}, exportTo(sink))
	sent := flood(t, c, 3000, 0)
	forwarded := balance(t, c, sent.Total.Accepted)
	require.Eventually(t, func() bool { return sink.Spans() == forwarded }, 10*time.Second, 50*time.Millisecond)
	assert.Less(t, forwarded, sent.Total.Accepted)
}

// TestEndUnderLoad: a collector that is told to end in the midst of a load delivers whatever
// it acknowledged.
func TestEndUnderLoad(t *testing.T) {
	_, sink := newSink(t)
	c := start(t, keepAll("60s"), exportTo(sink))
	cfg := tracegen.DefaultConfig()
	cfg.Rate, cfg.Traces, cfg.Protocol = 0, 100_000, tracegen.OTLPHTTP
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(700*time.Millisecond, func() {
		began := time.Now()
		_ = c.Terminate()
		<-c.Done()
		t.Logf("it took %v to end", time.Since(began))
		cancel() // nobody is there any more
	})
	sent, err := tracegen.Run(ctx, cfg, tracegen.Targets{OTLPHTTP: fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP)}, nil)
	t.Logf("%d spans acknowledged, then: %v", sent.Total.Accepted, err)
	<-c.Done()
	require.Positive(t, sent.Total.Accepted)
	assert.Less(t, sent.Total.Accepted, int64(100_000*20), "it ended before")
	// A request whose answer was cut off was taken, too.
	assert.GreaterOrEqual(t, sink.Spans(), sent.Total.Accepted)
	assert.LessOrEqual(t, sink.Spans(), sent.Total.Accepted+20_000)
}
