package tailsamplingprocessor

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"

	"github.com/koine-otel/koine/spans/probability"
)

// oneSpan is a request of one span.
func oneSpan(service string, trace pcommon.TraceID, id, parent uint64, change ...func(ptrace.Span)) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID(trace)
	s.SetSpanID(spanID(id))
	s.SetParentSpanID(spanID(parent))
	s.SetName("op")
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(epoch))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(epoch.Add(time.Millisecond)))
	for _, f := range change {
		f(s)
	}
	return td
}

func send(t *testing.T, s *started, all ...ptrace.Traces) {
	t.Helper()
	for _, td := range all {
		require.NoError(t, s.ConsumeTraces(context.Background(), td))
	}
}

// waitFor waits until a number of spans came out.
func waitFor(t *testing.T, sink *consumertest.TracesSink, spans int) {
	t.Helper()
	require.Eventually(t, func() bool { return sink.SpanCount() >= spans }, 10*time.Second, time.Millisecond)
}

// bySpan gives spans by their ids.
func bySpan(all []ptrace.Traces) map[pcommon.SpanID]ptrace.Span {
	spans := map[pcommon.SpanID]ptrace.Span{}
	each(all, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) { spans[s.SpanID()] = s })
	return spans
}

// TestPolicyAttribute: the root says what kept the trace, and no other span.
func TestPolicyAttribute(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}, {name: rest, type: always_sample}]}`, sink)
	failed := func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeError) }
	later := func(s ptrace.Span) { s.SetStartTimestamp(s.StartTimestamp() + 1) }
	send(t, s,
		oneSpan("a", traceID(1, 1), 2, 1, failed), oneSpan("a", traceID(1, 1), 1, 0, later),
		oneSpan("a", traceID(1, 2), 4, 3, later), oneSpan("a", traceID(1, 2), 5, 3))
	s.end()
	spans := bySpan(sink.AllTraces())
	for id, want := range map[uint64]string{1: "errors", 2: "", 4: "", 5: "rest"} {
		v, ok := spans[spanID(id)].Attributes().Get(attributePolicy)
		assert.Equal(t, want != "", ok, "span %d", id)
		if ok {
			assert.Equal(t, want, v.Str())
		}
	}
}

// TestDebug: Zipkin's debug mark keeps a trace that a policy drops.
func TestDebug(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, policies: [{name: none, type: drop, drop: {drop_sub_policy: [{name: all, type: always_sample}]}}]}`, sink)
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0), oneSpan("a", traceID(1, 2), 2, 0, func(s ptrace.Span) { s.Attributes().PutBool(zipkinDebug, true) }))
	s.end()
	assert.Equal(t, map[pcommon.TraceID]int{traceID(1, 2): 1}, spansByTrace(sink.AllTraces()))
}

// TestBothForms: spans with the long and with the short form of an id are one trace, and leave
// with the long one; two long ones are two traces.
func TestBothForms(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, policies: [{name: two, type: span_count, span_count: {min_spans: 2}}]}`, sink)
	send(t, s,
		oneSpan("a", traceID(0, 7), 1, 0), oneSpan("a", traceID(9, 7), 2, 1), oneSpan("a", traceID(0, 7), 3, 1),
		oneSpan("a", traceID(5, 8), 4, 0), oneSpan("a", traceID(6, 8), 5, 0), oneSpan("a", traceID(6, 8), 6, 0))
	s.end()
	assert.Equal(t, map[pcommon.TraceID]int{traceID(9, 7): 3, traceID(6, 8): 2}, spansByTrace(sink.AllTraces()))
}

// TestLateSpans follow the decision of their trace, with its th and its form of the id.
func TestLateSpans(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 20ms, policies: [{name: half, type: probabilistic, probabilistic: {sampling_percentage: 50}}]}`, sink)
	const traces = 200
	r := rand.New(rand.NewPCG(1, 1))
	var ids []pcommon.TraceID
	for i := range traces {
		ids = append(ids, traceID(r.Uint64(), r.Uint64()))
		send(t, s, oneSpan("a", ids[i], uint64(i+1), 0))
	}
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 && s.engine.spans.Load() == 0 }, 10*time.Second, time.Millisecond)
	kept := spansByTrace(sink.AllTraces())
	assert.InDelta(t, traces/2, len(kept), 40)
	for i, id := range ids {
		clear(id[:8])
		send(t, s, oneSpan("a", id, uint64(1000+i), uint64(i+1)))
	}
	s.end()
	assert.Equal(t, int64(2*traces), s.count("early_releases_from_cache_decision")+s.count("new_trace_id_received"))
	assert.Equal(t, int64(len(kept)), s.count("early_releases_from_cache_decision", attribute.String("sampled", "true")))
	for id, n := range spansByTrace(sink.AllTraces()) {
		assert.Equal(t, 2, n)
		assert.Contains(t, kept, id, "in the long form")
	}
	each(sink.AllTraces(), func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) {
		assert.Equal(t, "ot=th:8", s.TraceState().AsRaw())
	})
	s.balance(2*traces, int64(2*len(kept)))
}

// TestTraceState: th is raised, kept or erased as the policy's probability has it, on spans
// that wait and on those that come late.
func TestTraceState(t *testing.T) {
	id := traceID(0x1234, 0xff_ffffffffffffff) // kept at every probability
	for _, test := range []struct{ policies, in, out string }{
		{`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 25}}`, "", "ot=th:c"},
		{`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 25}}`, "a=b,ot=th:0;x:y", "ot=th:c;x:y,a=b"},
		{`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 50}}`, "ot=th:8", "ot=th:c"},
		{`{name: p, type: always_sample}`, "ot=th:8", "ot=th:8"},
		{`{name: p, type: always_sample}, {name: q, type: probabilistic, probabilistic: {sampling_percentage: 25}}`, "", ""},
		{`{name: p, type: not, not: {not_sub_policy: {name: q, type: probabilistic, probabilistic: {sampling_percentage: 0.001, hash_salt: x}}}}`, "ot=th:8", ""},
		{`{name: p, type: rate_limiting, rate_limiting: {spans_per_second: 100}}`, "ot=th:8", "ot=th:8"},
	} {
		for _, late := range []bool{false, true} {
			sink := new(consumertest.TracesSink)
			s := start(t, "{decision_wait: 10ms, policies: ["+test.policies+"]}", sink)
			state := func(s ptrace.Span) { s.TraceState().FromRaw(test.in) }
			send(t, s, oneSpan("a", id, 1, 0, state))
			if late {
				waitFor(t, sink, 1)
			}
			send(t, s, oneSpan("a", id, 2, 1, state))
			s.end()
			spans := bySpan(sink.AllTraces())
			require.Len(t, spans, 2, test.policies)
			for _, span := range spans {
				assert.Equal(t, test.out, span.TraceState().AsRaw(), "%s of %q, late: %v", test.policies, test.in, late)
			}
		}
	}
}

// TestUnbiased: over many seeds, and through the whole processor, what kept spans stand for
// adds up to what came in, however they were sampled before: on time, decided early for want
// of room, and late.
func TestUnbiased(t *testing.T) {
	for _, policies := range []string{
		`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 10}}`,
		`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 10, hash_salt: x}}`,
		`{name: e, type: status_code, status_code: {status_codes: [ERROR]}}, {name: p, type: probabilistic, probabilistic: {sampling_percentage: 10}}`,
		`{name: p, type: rate_limiting, rate_limiting: {spans_per_second: 60}}`,
	} {
		for _, early := range []bool{false, true} {
			const seeds = 200
			var sum, squares float64
			for seed := range uint64(seeds) {
				bias := bias(t, rand.New(rand.NewPCG(seed, 5)), policies, early)
				sum += bias
				squares += bias * bias
			}
			mean := sum / seeds
			sigma := math.Sqrt(squares/seeds-mean*mean) / math.Sqrt(seeds)
			assert.Less(t, math.Abs(mean), 3*sigma, policies)
			t.Logf("of 200, early %v: %+.1f ± %.1f  %s", early, mean, sigma, policies)
		}
	}
}

// bias sends 100 traces of two spans and gives how many more spans than came in those stand for
// that came out. With early the second ones come after their trace had to make room.
func bias(t *testing.T, r *rand.Rand, policies string, early bool) float64 {
	sink := new(consumertest.TracesSink)
	room := ""
	if early {
		room = "num_traces: 10, "
	}
	s := start(t, "{decision_wait: 1h, num_shards: 1, memory_limit_mib: 16, "+room+"policies: ["+policies+"]}", sink)
	in := 0.0
	var second []ptrace.Traces
	for i := range 100 {
		id := traceID(r.Uint64(), r.Uint64())
		th := probability.FromProbability([]float64{1, 0.5, 0.25}[i%3])
		in += 2 // in expectation: it comes with that probability and stands for as many
		if !th.Keeps(probability.FromTraceID(id)) {
			continue
		}
		failed := r.IntN(10) == 0
		for k := range uint64(2) {
			td := oneSpan("a", id, k+1, k, func(s ptrace.Span) {
				if th > 0 {
					s.TraceState().FromRaw(fmt.Sprintf("ot=th:%s", strings.TrimRight(fmt.Sprintf("%014x", uint64(th)), "0")))
				}
				if failed {
					s.Status().SetCode(ptrace.StatusCodeError)
				}
			})
			if k == 0 {
				send(t, s, td)
			} else {
				second = append(second, td)
			}
		}
	}
	if early {
		require.Eventually(t, func() bool { return s.engine.traces.Load() <= 10 }, 10*time.Second, 100*time.Microsecond)
	}
	send(t, s, second...)
	s.end()
	out := 0.0
	each(sink.AllTraces(), func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, span ptrace.Span) {
		state, ok := probability.Read(span.TraceState().AsRaw())
		require.True(t, ok)
		out += state.Threshold.AdjustedCount()
	})
	return out - in
}

// TestDryRun keeps all and says what would have been.
func TestDryRun(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, dry_run: true, policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}]}`, sink)
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0), oneSpan("a", traceID(1, 2), 2, 0, func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeError) }))
	s.end()
	spans := bySpan(sink.AllTraces())
	assert.Equal(t, map[string]any{attributeDryRun: "not_sampled"}, spans[spanID(1)].Attributes().AsRaw())
	assert.Equal(t, map[string]any{attributeDryRun: "sampled", attributePolicy: "errors"}, spans[spanID(2)].Attributes().AsRaw())
}

// TestDryRunStatesNothing: no span of a dry run says that it was sampled, not the late ones
// either.
func TestDryRunStatesNothing(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 10ms, dry_run: true, policies: [{name: p, type: probabilistic, probabilistic: {sampling_percentage: 50}}]}`, sink)
	id := traceID(1, 0xff_ffffffffffffff)
	send(t, s, oneSpan("a", id, 1, 0))
	waitFor(t, sink, 1)
	send(t, s, oneSpan("a", id, 2, 1))
	s.end()
	for _, span := range bySpan(sink.AllTraces()) {
		assert.Empty(t, span.TraceState().AsRaw())
	}
	assert.Equal(t, 2, sink.SpanCount())
}

// TestMetadata: spans leave with the client metadata that they came with, and no more sets
// are remembered than is allowed.
func TestMetadata(t *testing.T) {
	got := map[string]int{}
	next, _ := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		m := client.FromContext(ctx).Metadata
		got[strings.Join(m.Get("tenant"), ",")+strings.Join(m.Get("other"), ",")] += td.SpanCount()
		return nil
	})
	s := start(t, `{decision_wait: 1h, num_shards: 1, metadata_keys: [Tenant], metadata_cardinality_limit: 2, policies: [{name: all, type: always_sample}]}`, next)
	for i, tenant := range []string{"a", "b", "a", "c"} {
		ctx := client.NewContext(context.Background(), client.Info{Metadata: client.NewMetadata(map[string][]string{"tenant": {tenant}, "other": {"x"}})})
		err := s.ConsumeTraces(ctx, oneSpan("s", traceID(1, 1), uint64(i+1), 0))
		assert.Equal(t, tenant == "c", err != nil)
	}
	s.end()
	assert.Equal(t, map[string]int{"a": 2, "b": 1}, got)
	assert.Equal(t, int64(1), s.count("refused_spans"))
}

// TestRootBringsForward: with decision_wait_after_root_received the root's arrival decides.
func TestRootBringsForward(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, decision_wait_after_root_received: 10ms, policies: [{name: all, type: always_sample}]}`, sink)
	send(t, s, oneSpan("a", traceID(1, 1), 2, 1), oneSpan("a", traceID(1, 2), 3, 1), oneSpan("a", traceID(1, 1), 1, 0))
	waitFor(t, sink, 2)
	assert.Equal(t, map[pcommon.TraceID]int{traceID(1, 1): 2}, spansByTrace(sink.AllTraces()))
	require.Eventually(t, func() bool {
		return s.count("decisions", attribute.String("koine.reason", "root")) == 1
	}, 5*time.Second, 10*time.Millisecond)
}

// TestSpanIngest decides as soon as a policy is sure.
func TestSpanIngest(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 50ms, sampling_strategy: span-ingest, policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}]}`, sink)
	failed := func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeError) }
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0), oneSpan("a", traceID(1, 1), 2, 1, failed), oneSpan("a", traceID(1, 1), 3, 1), oneSpan("a", traceID(1, 2), 4, 0))
	waitFor(t, sink, 3)
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 }, 5*time.Second, time.Millisecond)
	s.end()
	assert.Equal(t, map[pcommon.TraceID]int{traceID(1, 1): 3}, spansByTrace(sink.AllTraces()))
	s.balance(4, 3)
}

// TestOpenSpans: a trace whose parent is missing waits longer, and is decided when it comes;
// parents that never come are no longer waited for.
func TestOpenSpans(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 50ms, wait_for_open_spans: 10s, num_shards: 1, policies: [{name: two, type: span_count, span_count: {min_spans: 2}}]}`, sink)
	began := time.Now()
	send(t, s, oneSpan("a", traceID(1, 1), 2, 1))
	time.Sleep(300 * time.Millisecond)
	assert.Equal(t, int64(1), s.engine.traces.Load(), "it waits")
	send(t, s, oneSpan("a", traceID(1, 1), 1, 0))
	waitFor(t, sink, 2)
	assert.Less(t, time.Since(began), 5*time.Second, "no longer than for the root")
}

// TestOpenSpansAreBounded: a trace that never ends is decided all the same.
func TestOpenSpansAreBounded(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 50ms, wait_for_open_spans: 100ms, num_shards: 1, policies: [{name: all, type: always_sample}]}`, sink)
	deadline := time.Now().Add(10 * time.Second)
	sent := uint64(0)
	for sink.SpanCount() == 0 && time.Now().Before(deadline) {
		sent++
		send(t, s, oneSpan("a", traceID(1, 1), 100+sent, 1))
		time.Sleep(5 * time.Millisecond)
	}
	require.Positive(t, sink.SpanCount())
	assert.Less(t, sent, uint64(1000))
	s.end()
	s.balance(int64(sent), int64(sent))
}

func TestOpenSpansAreLearned(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 10ms, wait_for_open_spans: 80ms, num_shards: 1, policies: [{name: all, type: always_sample}]}`, sink)
	for i := range uint64(tries) {
		send(t, s, oneSpan("a", traceID(1, 100+i), 2, 1))
	}
	waitFor(t, sink, tries)
	require.Eventually(t, func() bool { return s.count("open_traces") == tries }, 5*time.Second, 10*time.Millisecond)
	for i := range uint64(10) {
		send(t, s, oneSpan("a", traceID(2, 200+i), 2, 1))
	}
	waitFor(t, sink, tries+10)
	s.end()
	assert.Equal(t, int64(tries), s.count("open_traces"), "their like never has a parent")
}

// TestOwnMetrics: each metric is there once something happened that it counts.
func TestOwnMetrics(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 20ms, wait_for_open_spans: 20ms, num_shards: 1, policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}, {name: all, type: probabilistic, probabilistic: {sampling_percentage: 50}}]}`, sink)
	kept := traceID(1, 0xff_ffffffffffffff)
	send(t, s, oneSpan("a", kept, 2, 1, func(s ptrace.Span) { s.TraceState().FromRaw("not a tracestate,,=") }))
	waitFor(t, sink, 1)
	send(t, s, oneSpan("a", kept, 3, 1), oneSpan("a", traceID(1, 1), 4, 0))
	waitFor(t, sink, 2)
	require.Eventually(t, func() bool { return s.engine.spans.Load() == 0 }, 5*time.Second, time.Millisecond)
	names := []string{
		"buffered_bytes", "buffered_spans", "count_bytes_sampled", "count_spans_sampled", "count_spans_with_unparseable_tracestate",
		"count_traces_sampled", "decision_delay", "decisions", "early_releases_from_cache_decision", "global_count_traces_sampled",
		"new_trace_id_received", "open_traces", "received_spans", "released_spans", "sampling_decision_timer_latency", "sampling_late_span_age",
		"sampling_policy_execution_count", "sampling_trace_removal_age", "sampling_traces_on_memory",
	}
	for _, name := range names {
		assert.Eventually(t, func() bool {
			_, err := s.telemetry.GetMetric("otelcol_processor_tail_sampling_" + name)
			return err == nil
		}, 5*time.Second, 10*time.Millisecond, name)
	}
	assert.Equal(t, int64(1), s.count("decisions", attribute.String("policy", "all"), attribute.String("decision", "sampled"), attribute.String("koine.reason", "wait")))
	assert.Equal(t, int64(1), s.count("decisions", attribute.String("policy", ""), attribute.String("decision", "not_sampled")))
}

// TestRandomTraceIDs: a service whose ids are not random is warned of, and its traces state no
// probability.
func TestRandomTraceIDs(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{decision_wait: 1h, num_shards: 1, policies: [{name: half, type: probabilistic, probabilistic: {sampling_percentage: 50}}]}`, sink)
	for i := range uint64(2000) {
		send(t, s, oneSpan("counts", traceID(1, 0xff000000_00000000+i), i+1, 0))
	}
	s.end()
	assert.Equal(t, int64(1), s.count("unrandom_services"))
	stated := 0
	each(sink.AllTraces(), func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) {
		if s.TraceState().AsRaw() != "" {
			stated++
		}
	})
	assert.LessOrEqual(t, stated, 512, "but for those before it was known")
	assert.InDelta(t, 1000, sink.SpanCount(), 400, "a hash decides instead")
}
