package tailsamplingprocessor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// started is a sampler that runs, with its metrics.
type started struct {
	*sampler
	telemetry *componenttest.Telemetry
	t         testing.TB
	ended     bool
}

// start runs a sampler of its own name, so that nothing is handed over by chance.
func start(t testing.TB, text string, next consumer.Traces) *started {
	t.Helper()
	tel := componenttest.NewTelemetry()
	f := NewFactory()
	set := processor.Settings{ID: component.NewIDWithName(f.Type(), ""), TelemetrySettings: tel.NewTelemetrySettings()}
	p := create(t, f, text, next, &set).(*sampler)
	require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
	s := &started{sampler: p, telemetry: tel, t: t}
	t.Cleanup(func() {
		if !s.ended {
			s.end()
		}
		assert.NoError(t, tel.Shutdown(context.Background()))
	})
	return s
}

func (s *started) end() {
	s.ended = true
	assert.NoError(s.t, s.Shutdown(context.Background()))
}

// count adds up a sum's points that have the attributes.
func (s *started) count(name string, attrs ...attribute.KeyValue) (n int64) {
	s.t.Helper()
	m, err := s.telemetry.GetMetric("otelcol_processor_tail_sampling_" + name)
	if err != nil {
		return 0
	}
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		matches := true
		for _, a := range attrs {
			v, ok := p.Attributes.Value(a.Key)
			matches = matches && ok && v == a.Value
		}
		if matches {
			n += p.Value
		}
	}
	return n
}

func (s *started) released(outcome string) int64 {
	return s.count("released_spans", attribute.String("koine.outcome", outcome))
}

// balance asserts that every span is accounted for.
func (s *started) balance(sent, forwarded int64) {
	s.t.Helper()
	assert.Equal(s.t, sent, s.count("received_spans")+s.count("refused_spans"), "in = received + refused")
	assert.Equal(s.t, s.count("received_spans"), s.released("forwarded")+s.released("dropped")+s.released("failed"), "received = released")
	assert.Equal(s.t, forwarded, s.released("forwarded"), "forwarded is what came out")
	assert.Zero(s.t, s.released("failed"))
}

const keepSome = `policies: [{name: error, type: status_code, status_code: {status_codes: [ERROR]}}, {name: few, type: probabilistic, probabilistic: {sampling_percentage: 5}}]`

// TestMemoryLimit sends four times what fits: what is held stays within the limit, each trace
// is decided, and every span is accounted for.
func TestMemoryLimit(t *testing.T) {
	t.Run("policies", func(t *testing.T) { testMemoryLimit(t, keepSome) })
	t.Run("bottlenecks", func(t *testing.T) { testMemoryLimit(t, "policies: [{name: where, type: bottleneck}]") })
}

func testMemoryLimit(t *testing.T, policies string) {
	var forwarded atomic.Int64
	s := start(t, "{decision_wait: 5m, memory_limit_mib: 8, "+policies+"}", counting(&forwarded))
	var sent, most int64
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 3))
			for range 1500 {
				for _, td := range traffic(r, 1, 8, 20) {
					atomic.AddInt64(&sent, int64(td.SpanCount()))
					if err := s.ConsumeTraces(context.Background(), td); err != nil {
						assert.ErrorIs(t, err, errFull)
					}
					if held := s.engine.held(); held > atomic.LoadInt64(&most) {
						atomic.StoreInt64(&most, held)
					}
				}
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, most, int64(8<<20))
	assert.Positive(t, s.count("sampling_trace_dropped_too_early"), "it was full")
	early := s.count("decisions", attribute.String("koine.reason", "memory"))
	assert.Positive(t, early)
	s.end()
	s.balance(sent, forwarded.Load())
	assert.Equal(t, s.count("new_trace_id_received"), s.count("global_count_traces_sampled"), "each trace was decided")
	t.Logf("%d spans, %d traces decided early, at most %d KiB held", sent, early, most>>10)
}

func counting(n *atomic.Int64) consumer.Traces {
	c, _ := consumer.NewTraces(func(_ context.Context, td ptrace.Traces) error {
		n.Add(int64(td.SpanCount()))
		return nil
	})
	return c
}

// TestGiantTrace: a trace of a million spans is decided when it is too large, and what comes
// after follows.
func TestGiantTrace(t *testing.T) {
	for _, policies := range []string{
		`policies: [{name: all, type: always_sample}]`,
		`policies: [{name: none, type: latency, latency: {threshold_ms: 100000000}}]`,
	} {
		var forwarded atomic.Int64
		s := start(t, "{decision_wait: 1h, memory_limit_mib: 32, "+policies+"}", counting(&forwarded))
		r := rand.New(rand.NewPCG(1, 1))
		id := traceID(1, 2)
		const spans, each = 1_000_000, 5000
		for range spans / each {
			td := ptrace.NewTraces()
			list := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
			for range each {
				someSpan(r, id, list.AppendEmpty())
			}
			for s.ConsumeTraces(context.Background(), td) != nil {
				time.Sleep(time.Millisecond)
			}
		}
		s.end()
		assert.Equal(t, int64(1), s.count("new_trace_id_received"))
		assert.Equal(t, int64(1), s.count("traces_dropped_too_large"))
		refused := s.count("refused_spans")
		s.balance(spans+refused, forwarded.Load())
	}
}

// TestStalledExporter: while nobody takes what is kept, decisions go on, senders are held back
// and refused once half the memory is taken; afterwards everything that was received leaves.
func TestStalledExporter(t *testing.T) {
	var forwarded atomic.Int64
	var open atomic.Bool
	release := make(chan struct{})
	next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		if !open.Load() {
			select {
			case <-release:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		forwarded.Add(int64(td.SpanCount()))
		return nil
	})
	s := start(t, `{decision_wait: 100ms, memory_limit_mib: 4, policies: [{name: all, type: always_sample}]}`, next)
	r := rand.New(rand.NewPCG(1, 1))
	var sent int64
	refused := false
	for !refused {
		for _, td := range traffic(r, 50, 50, 20) {
			sent += int64(td.SpanCount())
			if err := s.ConsumeTraces(context.Background(), td); err != nil {
				require.ErrorIs(t, err, errFull)
				assert.False(t, consumererror.IsPermanent(err))
				refused = true
				break
			}
		}
	}
	assert.Eventually(t, func() bool { return s.engine.traces.Load() == 0 }, 5*time.Second, 10*time.Millisecond, "decisions go on")
	assert.LessOrEqual(t, s.engine.held(), int64(4<<20))
	open.Store(true)
	close(release)
	s.end()
	s.balance(sent, forwarded.Load())
}

// TestRefusals: what is refused for now is delivered later, what is refused for good is
// counted.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		answers           []error
		forwarded, failed bool
	}{
		{[]error{errors.New("for now"), errors.New("for now"), nil}, true, false},
		{[]error{consumererror.NewPermanent(errors.New("for good"))}, false, true},
		{[]error{errors.New("for now"), consumererror.NewPermanent(errors.New("for good"))}, false, true},
	} {
		sink := new(consumertest.TracesSink)
		var calls atomic.Int64
		next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
			if err := test.answers[calls.Add(1)-1]; err != nil {
				return err
			}
			return sink.ConsumeTraces(ctx, td)
		})
		s := start(t, `{decision_wait: 10ms, num_shards: 1, policies: [{name: all, type: always_sample}]}`, next)
		td := traffic(rand.New(rand.NewPCG(1, 1)), 1, 2, 20)[0]
		require.NoError(t, s.ConsumeTraces(context.Background(), td))
		s.end()
		assert.Equal(t, int64(len(test.answers)), calls.Load())
		spans := int64(td.SpanCount())
		assert.Equal(t, test.forwarded, s.released("forwarded") == spans)
		assert.Equal(t, test.failed, s.released("failed") == spans)
		assert.Equal(t, test.forwarded, sink.SpanCount() == td.SpanCount())
	}
}

// TestPartRefused: of a batch of which a part failed the part is sent again.
func TestPartRefused(t *testing.T) {
	sink := new(consumertest.TracesSink)
	var calls atomic.Int64
	next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		if calls.Add(1) == 1 {
			part := ptrace.NewTraces()
			td.ResourceSpans().At(0).CopyTo(part.ResourceSpans().AppendEmpty())
			td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool { return rs == td.ResourceSpans().At(0) })
			_ = sink.ConsumeTraces(ctx, td)
			return consumererror.NewTraces(errors.New("for now"), part)
		}
		return sink.ConsumeTraces(ctx, td)
	})
	s := start(t, `{decision_wait: 1h, num_shards: 1, policies: [{name: all, type: always_sample}]}`, next)
	requests := traffic(rand.New(rand.NewPCG(1, 1)), 3, 2, 20)
	sent := 0
	for _, td := range requests {
		sent += td.SpanCount()
		require.NoError(t, s.ConsumeTraces(context.Background(), td))
	}
	s.end()
	assert.Equal(t, int64(2), calls.Load())
	assert.Equal(t, sent, sink.SpanCount())
	s.balance(int64(sent), int64(sent))
}

// TestShutdown decides what waits, or drops it.
func TestShutdown(t *testing.T) {
	for _, drop := range []bool{false, true} {
		sink := new(consumertest.TracesSink)
		s := start(t, fmt.Sprintf(`{decision_wait: 1h, drop_pending_traces_on_shutdown: %v, policies: [{name: all, type: always_sample}]}`, drop), sink)
		var sent int
		for _, td := range traffic(rand.New(rand.NewPCG(1, 1)), 100, 1000, 20) {
			sent += td.SpanCount()
			require.NoError(t, s.ConsumeTraces(context.Background(), td))
		}
		s.end()
		if drop {
			assert.Zero(t, sink.SpanCount())
		} else {
			assert.Equal(t, sent, sink.SpanCount())
			for _, td := range sink.AllTraces() {
				assert.LessOrEqual(t, td.SpanCount(), 2*jobSpans)
			}
		}
		s.balance(int64(sent), int64(sink.SpanCount()))
	}
}

// TestNumTraces: the bound by number is one too, and the oldest are decided.
func TestNumTraces(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, num_traces: 50, policies: [{name: all, type: always_sample}]}`, sink)
	requests := traffic(rand.New(rand.NewPCG(1, 1)), 200, 1000, 20)
	sent := 0
	for _, td := range requests {
		sent += td.SpanCount()
		require.NoError(t, s.ConsumeTraces(context.Background(), td))
	}
	assert.Eventually(t, func() bool { return s.engine.traces.Load() <= 50 }, 5*time.Second, time.Millisecond)
	s.end()
	assert.Positive(t, s.count("decisions", attribute.String("koine.reason", "num_traces")))
	s.balance(int64(sent), int64(sink.SpanCount()))
}

// TestBlockOnOverflow: senders wait where num_traces is reached, and none is decided early.
func TestBlockOnOverflow(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 20ms, num_traces: 50, block_on_overflow: true, policies: [{name: all, type: always_sample}]}`, sink)
	requests := traffic(rand.New(rand.NewPCG(1, 1)), 200, 1000, 20)
	sent := 0
	for _, td := range requests {
		sent += td.SpanCount()
		require.NoError(t, s.ConsumeTraces(context.Background(), td))
	}
	s.end()
	assert.Zero(t, s.count("sampling_trace_dropped_too_early"))
	s.balance(int64(sent), int64(sink.SpanCount()))
}

// TestShares: processors without a limit of their own divide what the process has for them.
func TestShares(t *testing.T) {
	const text = `{policies: [{name: all, type: always_sample}]}`
	sink := new(consumertest.TracesSink)
	first := start(t, text, sink)
	alone := first.engine.limit.Load()
	second := start(t, text, sink)
	assert.InDelta(t, alone/2, first.engine.limit.Load(), float64(alone)/8)
	assert.Equal(t, first.engine.limit.Load(), second.engine.limit.Load())
	second.end()
	assert.Equal(t, alone, first.engine.limit.Load())
}

// TestManyShards: shards that hold nothing take nothing, and there are no more than the memory
// is for.
func TestManyShards(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 10ms, num_shards: 256, memory_limit_mib: 100, policies: [{name: all, type: always_sample}]}`, sink)
	assert.Len(t, s.engine.shards, 25)
	r := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		send(t, s, traffic(r, 20, 1000, 20)...)
		require.Eventually(t, func() bool { return s.engine.spans.Load() == 0 }, 10*time.Second, time.Millisecond)
	}
	require.Eventually(t, func() bool { return s.engine.index.Load() < 1<<20 }, 10*time.Second, 10*time.Millisecond)
}

// TestReload: what waits, and what was decided, is the next run's, under its policies.
func TestReload(t *testing.T) {
	sink := new(consumertest.TracesSink)
	first := start(t, `{decision_wait: 1h, policies: [{name: none, type: span_count, span_count: {min_spans: 1000000}}, {name: nor, type: latency, latency: {threshold_ms: 100000000}}]}`, sink)
	r := rand.New(rand.NewPCG(1, 1))
	requests := traffic(r, 100, 100, 10)
	for _, td := range requests[:50] {
		require.NoError(t, first.ConsumeTraces(context.Background(), td))
	}
	reloaded(func() { first.end() })
	second := start(t, `{decision_wait: 1h, policies: [{name: p, type: status_code, status_code: {status_codes: [ERROR]}}]}`, sink)
	for _, td := range requests[50:] {
		require.NoError(t, second.ConsumeTraces(context.Background(), td))
	}
	second.end()
	want := sample(t, NewFactory(), `{policies: [{name: p, type: status_code, status_code: {status_codes: [ERROR]}}]}`, requests)
	assert.Equal(t, spansByTrace(want), spansByTrace(sink.AllTraces()))
	assert.NotEmpty(t, sink.AllTraces())
}

// reloaded runs f as if the collector had been told to read its configuration anew.
func reloaded(f func()) {
	handover.note(reloadSignals[0])
	f()
}

// TestReloadToFewerPolicies: policies have other numbers then.
func TestReloadToFewerPolicies(t *testing.T) {
	sink := new(consumertest.TracesSink)
	first := start(t, `{decision_wait: 10ms, policies: [{name: a, type: always_sample}, {name: b, type: always_sample}]}`, sink)
	send(t, first, oneSpan("a", traceID(1, 1), 1, 0))
	waitFor(t, sink, 1)
	reloaded(first.end)
	second := start(t, `{decision_wait: 10ms, policies: [{name: b, type: always_sample}]}`, sink)
	send(t, second, oneSpan("a", traceID(1, 2), 2, 0))
	waitFor(t, sink, 2)
	second.end()
	assert.Equal(t, int64(1), second.count("count_traces_sampled", attribute.String("policy", "b")))
}

// TestReloadOfTwo: processors of one name, in two pipelines, each leave what they have.
func TestReloadOfTwo(t *testing.T) {
	sink := new(consumertest.TracesSink)
	const text = `{decision_wait: 1h, policies: [{name: all, type: always_sample}]}`
	first, second := start(t, text, sink), start(t, text, sink)
	send(t, first, oneSpan("a", traceID(1, 1), 1, 0))
	send(t, second, oneSpan("a", traceID(1, 2), 2, 0))
	reloaded(func() {
		first.end()
		second.end()
	})
	assert.Zero(t, sink.SpanCount())
	first, second = start(t, text, sink), start(t, text, sink)
	first.end()
	second.end()
	assert.Equal(t, 2, sink.SpanCount())
}

// TestEndAfterReload: a shutdown after a reload is one.
func TestEndAfterReload(t *testing.T) {
	sink := new(consumertest.TracesSink)
	const text = `{decision_wait: 1h, policies: [{name: all, type: always_sample}]}`
	first := start(t, text, sink)
	reloaded(first.end)
	second := start(t, text, sink)
	send(t, second, oneSpan("a", traceID(1, 1), 1, 0))
	second.end()
	assert.Equal(t, 1, sink.SpanCount())
	third := start(t, text, sink)
	send(t, third, oneSpan("a", traceID(1, 2), 1, 0))
	handover.note(reloadSignals[0])
	handover.note(endSignals[0])    // told to end before it could begin anew
	handover.note(reloadSignals[0]) // which nobody heeds any more
	third.end()
	assert.Equal(t, 2, sink.SpanCount())
}

// TestChangedAndRefused: a batch that was refused is sent again as it was, whatever whoever
// refused it has done to it.
func TestChangedAndRefused(t *testing.T) {
	sink := new(consumertest.TracesSink)
	var calls atomic.Int64
	next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		if calls.Add(1) == 1 {
			td.ResourceSpans().RemoveIf(func(ptrace.ResourceSpans) bool { return true })
			return errors.New("for now")
		}
		return sink.ConsumeTraces(ctx, td)
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	s := start(t, `{decision_wait: 1h, policies: [{name: all, type: always_sample}]}`, next)
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0))
	s.end()
	assert.Equal(t, 1, sink.SpanCount())
	v, _ := bySpan(sink.AllTraces())[spanID(1)].Attributes().Get(attributePolicy)
	assert.Equal(t, "all", v.Str())
	s.balance(1, 1)
}

// TestPoison: a batch that is refused again and again holds up no other.
func TestPoison(t *testing.T) {
	sink := new(consumertest.TracesSink)
	var healed atomic.Bool
	next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		if td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Name() == "poison" && !healed.Load() {
			return errors.New("for now")
		}
		return sink.ConsumeTraces(ctx, td)
	})
	s := start(t, `{decision_wait: 10ms, num_shards: 1, policies: [{name: all, type: always_sample}]}`, next)
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0, func(s ptrace.Span) { s.SetName("poison") }))
	require.Eventually(t, func() bool { return s.engine.queue.spans.Load() == 1 }, 5*time.Second, time.Millisecond)
	for i := range uint64(5) {
		send(t, s, oneSpan("a", traceID(1, 2+i), 2+i, 0))
		waitFor(t, sink, int(i)+1)
	}
	healed.Store(true)
	s.end()
	s.balance(6, 6)
}

// TestReloadWhileStalled: what was kept and is not taken is forwarded by the next run.
func TestReloadWhileStalled(t *testing.T) {
	refusing, _ := consumer.NewTraces(func(context.Context, ptrace.Traces) error { return errors.New("for now") })
	first := start(t, `{decision_wait: 10ms, policies: [{name: all, type: always_sample}]}`, refusing)
	var sent int
	for _, td := range traffic(rand.New(rand.NewPCG(1, 1)), 100, 100, 10) {
		sent += td.SpanCount()
		require.NoError(t, first.ConsumeTraces(context.Background(), td))
	}
	require.Eventually(t, func() bool { return first.engine.queue.spans.Load() == int64(sent) }, 5*time.Second, time.Millisecond)
	reloaded(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		first.ended = true
		require.NoError(t, first.Shutdown(ctx))
	})
	sink := new(consumertest.TracesSink)
	second := start(t, `{decision_wait: 10ms, policies: [{name: all, type: always_sample}]}`, sink)
	waitFor(t, sink, sent)
	second.end()
	assert.Equal(t, sent, sink.SpanCount())
	assert.Equal(t, int64(sent), second.released("forwarded"))
	assert.Zero(t, first.released("failed"))
}

// TestEndWhileStalled: a shutdown whose time is over says what was lost.
func TestEndWhileStalled(t *testing.T) {
	refusing, _ := consumer.NewTraces(func(context.Context, ptrace.Traces) error { return errors.New("for now") })
	s := start(t, `{decision_wait: 1h, policies: [{name: all, type: always_sample}]}`, refusing)
	td := traffic(rand.New(rand.NewPCG(1, 1)), 1, 10, 10)[0]
	spans := int64(td.SpanCount())
	require.NoError(t, s.ConsumeTraces(context.Background(), td))
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	s.ended = true
	require.NoError(t, s.Shutdown(ctx))
	assert.Equal(t, spans, s.released("failed"))
}
