package tailsamplingprocessor

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"

	"github.com/koine-otel/koine/spans/probability"
)

// fault is what is odd about a request.
type fault int

const (
	nothingOdd  fault = iota
	slowQuery         // orders' query takes ten times as long
	manyQueries       // there are thirty of them
	failed
)

// request is one to a small shop: web → orders → a query and, beside it, a cache. All of it takes
// about 30 ms.
func request(r *rand.Rand, id pcommon.TraceID, odd fault) ptrace.Traces {
	td := ptrace.NewTraces()
	spansOf := func(service string) ptrace.SpanSlice {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		return rs.ScopeSpans().AppendEmpty().Spans()
	}
	web, orders := spansOf("web"), spansOf("orders")
	at := time.Duration(0)
	ms := func(median float64) time.Duration {
		return time.Duration(median * math.Exp(0.2*r.NormFloat64()) * float64(time.Millisecond))
	}
	span := func(to ptrace.SpanSlice, name string, kind ptrace.SpanKind, number, parent uint64, begin, end time.Duration) {
		s := to.AppendEmpty()
		s.SetTraceID(id)
		s.SetSpanID(spanID(number))
		if parent != 0 {
			s.SetParentSpanID(spanID(parent))
		}
		s.SetName(name)
		s.SetKind(kind)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(epoch.Add(begin)))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(epoch.Add(end)))
		if odd == failed && name == "SELECT orders" {
			s.Status().SetCode(ptrace.StatusCodeError)
			s.Attributes().PutStr("error.type", "timeout")
		}
	}
	const root, call, server, cache, query = 1, 2, 3, 4, 5
	at += ms(3)
	began := at
	queries, each := 1, ms(20)
	switch odd {
	case slowQuery:
		each *= 10
	case manyQueries:
		queries = 30
	}
	for i := range queries {
		span(orders, "SELECT orders", ptrace.SpanKindClient, uint64(query+i), server, at, at+each)
		at += each + 10*time.Microsecond
	}
	cached := ms(1)
	span(orders, "GET", ptrace.SpanKindClient, cache, server, at, at+cached)
	at += cached + ms(2)
	span(orders, "GET /orders/{id}", ptrace.SpanKindServer, server, call, began-ms(1), at)
	span(web, "GET", ptrace.SpanKindClient, call, root, began-ms(1.5), at+ms(0.3))
	span(web, "GET /account", ptrace.SpanKindServer, root, 0, 0, at+ms(2))
	return td
}

// randomID is a trace id of a generator.
func randomID(r *rand.Rand) pcommon.TraceID { return traceID(r.Uint64(), r.Uint64()) }

// shop sends requests for a while, some of them odd.
type shop struct {
	t    *testing.T
	p    processor.Traces
	r    *rand.Rand
	odd  map[pcommon.TraceID]fault
	sent int
}

func newShop(t *testing.T, config string, sink *consumertest.TracesSink) *shop {
	p := create(t, NewFactory(), config, sink, nil)
	require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
	return &shop{t: t, p: p, r: rand.New(rand.NewPCG(3, 3)), odd: map[pcommon.TraceID]fault{}}
}

func (s *shop) send(odd fault) pcommon.TraceID {
	id := randomID(s.r)
	if odd != nothingOdd {
		s.odd[id] = odd
	}
	s.sent++
	require.NoError(s.t, s.p.ConsumeTraces(context.Background(), request(s.r, id, odd)))
	return id
}

// run sends evenly for some time; every is after how many requests an odd one comes.
func (s *shop) run(length time.Duration, every int, odd ...fault) {
	const perTick = 20
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for until := time.Now().Add(length); time.Now().Before(until); <-ticker.C {
		for range perTick {
			f := nothingOdd
			if every > 0 && s.sent%every == 0 {
				f = odd[s.sent/every%len(odd)]
			}
			s.send(f)
		}
	}
}

// rootOf gives the root spans of what was kept, by trace.
func rootsOf(all []ptrace.Traces) map[pcommon.TraceID]ptrace.Span {
	roots := map[pcommon.TraceID]ptrace.Span{}
	each(all, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) {
		if s.ParentSpanID().IsEmpty() {
			roots[s.TraceID()] = s
		}
	})
	return roots
}

func attributesOf(s ptrace.Span) map[string]any { return s.Attributes().AsRaw() }

// TestBottlenecks: what is odd is kept and named, what is not is kept in its share, and the
// thresholds add up.
func TestBottlenecks(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `
decision_wait: 400ms
policies:
  - name: where
    type: bottleneck
    bottleneck: {budget: {fraction: 0.1}, keep_all_below: 0}
`, sink)
	s.run(2500*time.Millisecond, 0) // to learn
	warm := s.sent
	time.Sleep(600 * time.Millisecond)
	before := len(rootsOf(sink.AllTraces()))
	s.run(2500*time.Millisecond, 100, slowQuery, manyQueries)
	require.NoError(t, s.p.Shutdown(context.Background()))

	roots := rootsOf(sink.AllTraces())
	found := map[fault]int{}
	for id, odd := range s.odd {
		root, ok := roots[id]
		if !ok {
			t.Logf("%v %d is not kept", id, odd)
			continue
		}
		a := attributesOf(root)
		if a["koine.bottleneck.operation"] == "SELECT orders" && a["koine.bottleneck.service"] == "orders" &&
			a["koine.bottleneck.pattern"] == map[fault]string{slowQuery: "slow", manyQueries: "repeated"}[odd] {
			found[odd]++
		} else {
			t.Logf("%v %d is kept with %v", id, odd, a)
		}
		assert.Equal(t, "where", a["koine.sampling.policy"])
		assert.Greater(t, a["koine.bottleneck.excess"], 0.1)
		assert.GreaterOrEqual(t, a["koine.bottleneck.self_time"], a["koine.bottleneck.excess"])
		assert.Len(t, a["koine.bottleneck.span_id"], 16)
	}
	t.Logf("%d sent, %d odd, found %v, kept %d of %d after the warm-up", s.sent, len(s.odd), found, len(roots)-before, s.sent-warm)
	assert.GreaterOrEqual(t, float64(found[slowQuery]+found[manyQueries]), 0.9*float64(len(s.odd)))
	stands := 0.0
	for id, root := range roots {
		state, ok := probability.Read(root.TraceState().AsRaw())
		require.True(t, ok)
		assert.True(t, state.Threshold.Keeps(probability.FromTraceID(id)))
		stands += state.Threshold.AdjustedCount()
	}
	assert.InEpsilon(t, s.sent, stands, 0.5)
	spans := 0
	each(sink.AllTraces(), func(ptrace.ResourceSpans, ptrace.ScopeSpans, ptrace.Span) { spans++ })
	t.Logf("stand for %.0f; %d spans", stands, spans)
}

// TestBottlenecksOverAReload: traces that wait for their round are decided by the new
// configuration, and what is normal is known to it.
func TestBottlenecksOverAReload(t *testing.T) {
	const config = `{decision_wait: 400ms, policies: [{name: where, type: bottleneck, bottleneck: {budget: {fraction: 0.2}, keep_all_below: 0}}]}`
	sink := new(consumertest.TracesSink)
	first := start(t, config, sink)
	s := &shop{t: t, p: first, r: rand.New(rand.NewPCG(4, 4)), odd: map[pcommon.TraceID]fault{}}
	s.run(1500*time.Millisecond, 0)
	time.Sleep(100 * time.Millisecond) // some are parked
	reloaded(first.end)
	before := first.count("received_spans")
	decided := first.count("global_count_traces_sampled")
	assert.Less(t, decided, int64(s.sent), "some waited")

	second := start(t, config, sink)
	s.p = second
	id := s.send(slowQuery)
	second.end()
	assert.Equal(t, int64(s.sent), decided+second.count("global_count_traces_sampled"))
	assert.Equal(t, before+second.count("received_spans"), first.released("forwarded")+second.released("forwarded")+first.released("dropped")+second.released("dropped"))
	root, ok := rootsOf(sink.AllTraces())[id]
	require.True(t, ok)
	assert.Equal(t, "slow", attributesOf(root)["koine.bottleneck.pattern"], "what is normal is known")
}

// TestBottlenecksTakenAway: a reload to policies without a bottleneck among them, and back.
func TestBottlenecksTakenAway(t *testing.T) {
	const with, without = `{decision_wait: 100ms, policies: [{name: where, type: bottleneck, bottleneck: {keep_all_below: 1000000}}]}`, `{decision_wait: 100ms, policies: [{name: all, type: always_sample}]}`
	sink := new(consumertest.TracesSink)
	r := rand.New(rand.NewPCG(5, 5))
	sent := 0
	for _, config := range []string{without, with, without, with, with} {
		s := start(t, config, sink)
		for range 50 {
			td := request(r, randomID(r), nothingOdd)
			sent += td.SpanCount()
			require.NoError(t, s.ConsumeTraces(context.Background(), td))
		}
		time.Sleep(60 * time.Millisecond)
		reloaded(s.end)
	}
	last := start(t, with, sink)
	last.end()
	assert.Equal(t, sent, sink.SpanCount(), "all of it is below what is kept anyway")
}

// TestNewcomer: with no options at all, the first requests to someone's first collector are kept.
func TestNewcomer(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `{decision_wait: 50ms, policies: [{name: where, type: bottleneck}]}`, sink)
	for range 5 {
		s.send(nothingOdd)
		time.Sleep(60 * time.Millisecond)
	}
	require.NoError(t, s.p.Shutdown(context.Background()))
	assert.Len(t, rootsOf(sink.AllTraces()), 5)
	for _, root := range rootsOf(sink.AllTraces()) {
		assert.NotContains(t, root.TraceState().AsRaw(), "th:", "for certain")
	}
}

// TestAnalysisAlone: with other policies traces say where their time went, too.
func TestAnalysisAlone(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `{decision_wait: 50ms, analysis: {enabled: true}, policies: [{name: all, type: always_sample}]}`, sink)
	id := s.send(slowQuery)
	require.NoError(t, s.p.Shutdown(context.Background()))
	a := attributesOf(rootsOf(sink.AllTraces())[id])
	assert.Equal(t, "orders", a["koine.bottleneck.service"])
	assert.Equal(t, "SELECT orders", a["koine.bottleneck.operation"])
	assert.Equal(t, spanID(5).String(), a["koine.bottleneck.span_id"])
	assert.Equal(t, 0.0, a["koine.bottleneck.excess"], "nothing is known yet")
	assert.NotContains(t, a, "koine.bottleneck.pattern")
}

// TestBottleneckInAnd: the budget is for the traces that the other parts let through.
func TestBottleneckInAnd(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `
decision_wait: 100ms
policies:
  - name: slow ones
    type: and
    and:
      and_sub_policy:
        - {name: slow, type: latency, latency: {threshold_ms: 100}}
        - {name: where, type: bottleneck, bottleneck: {budget: {fraction: 0.5}, keep_all_below: 0}}
`, sink)
	s.run(time.Second, 10, slowQuery)
	require.NoError(t, s.p.Shutdown(context.Background()))
	roots := rootsOf(sink.AllTraces())
	for id := range roots {
		assert.Equal(t, slowQuery, s.odd[id])
	}
	assert.InEpsilon(t, 0.5*float64(len(s.odd)), len(roots), 0.1)
}

// TestErrorsStayInTheirShare: an incident in which all requests fail does not blow the budget.
func TestErrorsStayInTheirShare(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `{decision_wait: 200ms, policies: [{name: where, type: bottleneck, bottleneck: {budget: {spans_per_second: 200}, keep_all_below: 0}}]}`, sink)
	s.run(2*time.Second, 2, failed)
	require.NoError(t, s.p.Shutdown(context.Background()))
	spans := 0
	for _, n := range spansByTrace(sink.AllTraces()) {
		spans += n
	}
	assert.InDelta(t, 200*2.2, spans, 100)
}

// TestDropAtTheEnd: traces that wait for their round are dropped, and counted, too.
func TestDropAtTheEnd(t *testing.T) {
	sink := new(consumertest.TracesSink)
	first := start(t, `{decision_wait: 1s, drop_pending_traces_on_shutdown: true, policies: [{name: where, type: bottleneck}]}`, sink)
	s := &shop{t: t, p: first, r: rand.New(rand.NewPCG(6, 6)), odd: map[pcommon.TraceID]fault{}}
	s.run(1300*time.Millisecond, 0)
	first.end()
	assert.Equal(t, first.count("received_spans"), first.released("forwarded")+first.released("dropped"))
	assert.Equal(t, int64(s.sent), first.count("global_count_traces_sampled"))
}

// TestEarlyBottlenecks: where there are always more traces than may wait, the budget is used and
// what is odd is kept.
func TestEarlyBottlenecks(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `{decision_wait: 30s, num_traces: 300, policies: [{name: where, type: bottleneck, bottleneck: {budget: {fraction: 0.1}, keep_all_below: 0}}]}`, sink)
	s.run(3*time.Second, 0)
	s.run(3*time.Second, 100, slowQuery)
	require.NoError(t, s.p.Shutdown(context.Background()))
	roots := rootsOf(sink.AllTraces())
	found := 0
	for id := range s.odd {
		if _, ok := roots[id]; ok {
			found++
		}
	}
	t.Logf("%d of %d kept, %d of %d odd ones", len(roots), s.sent, found, len(s.odd))
	assert.InEpsilon(t, 0.1*float64(s.sent), len(roots), 0.5)
	assert.Greater(t, float64(found), 0.7*float64(len(s.odd)))
}

// TestDropSpendsNothing: what another policy drops takes nothing of the budget.
func TestDropSpendsNothing(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := newShop(t, `
decision_wait: 200ms
policies:
  - {name: where, type: bottleneck, bottleneck: {budget: {spans_per_second: 300}, keep_all_below: 0}}
  - name: not these
    type: drop
    drop: {drop_sub_policy: [{name: long, type: latency, latency: {threshold_ms: 100}}]}
`, sink)
	s.run(2*time.Second, 5, slowQuery)
	require.NoError(t, s.p.Shutdown(context.Background()))
	spans := 0
	for id, n := range spansByTrace(sink.AllTraces()) {
		assert.NotEqual(t, slowQuery, s.odd[id])
		spans += n
	}
	assert.InDelta(t, 300*2.2, spans, 150)
}
