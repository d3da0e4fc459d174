package tailsamplingprocessor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/metadata"
	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/tree"
)

// sum adds up the points of a metric that have the attributes, and gives them.
func sum[N int64 | float64](t *testing.T, tel *componenttest.Telemetry, name string, attrs ...attribute.KeyValue) (n N, points []metricdata.DataPoint[N]) {
	t.Helper()
	m, err := tel.GetMetric("otelcol_processor_tail_sampling_" + name)
	require.NoError(t, err)
	for _, p := range pointsOf[N](m) {
		matches := true
		for _, a := range attrs {
			v, ok := p.Attributes.Value(a.Key)
			matches = matches && ok && v == a.Value
		}
		if matches {
			n += p.Value
			points = append(points, p)
		}
	}
	return n, points
}

func pointsOf[N int64 | float64](m metricdata.Metrics) []metricdata.DataPoint[N] {
	if g, ok := m.Data.(metricdata.Gauge[N]); ok {
		return g.DataPoints
	}
	return m.Data.(metricdata.Sum[N]).DataPoints
}

const keepsFailed = `policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}]`

// TestAggregates: everything counts once, kept or not, however it comes to be decided.
func TestAggregates(t *testing.T) {
	for name, config := range map[string]string{
		"rounds":   `{analysis: {enabled: true}, decision_wait: 20ms, ` + keepsFailed + `}`,
		"root":     `{analysis: {enabled: true}, decision_wait: 5m, decision_wait_after_root_received: 5ms, ` + keepsFailed + `}`,
		"shutdown": `{analysis: {enabled: true}, decision_wait: 5m, ` + keepsFailed + `}`,
		"early":    `{analysis: {enabled: true}, decision_wait: 5m, num_traces: 5, ` + keepsFailed + `}`,
		"dry run":  `{analysis: {enabled: true}, decision_wait: 20ms, dry_run: true, ` + keepsFailed + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, config, consumertest.NewNop())
			r := rand.New(rand.NewPCG(1, 2))
			const requests, each = 300, 10
			var durations, roots time.Duration
			for i := range requests {
				odd := nothingOdd
				if i%each == 0 {
					odd = failed
				}
				td := request(r, randomID(r), odd)
				eachSpan(td, func(span ptrace.Span) {
					took := span.EndTimestamp().AsTime().Sub(span.StartTimestamp().AsTime())
					durations += took
					if span.ParentSpanID().IsEmpty() {
						roots += took
					}
				})
				require.NoError(t, s.ConsumeTraces(context.Background(), td))
				if i%20 == 0 {
					time.Sleep(2 * time.Millisecond)
				}
			}
			s.end()

			tel := s.telemetry
			calls, _ := sum[int64](t, tel, "operation_calls")
			assert.Equal(t, int64(5*requests), calls)
			query := []attribute.KeyValue{
				attribute.String("service.name", "orders"), attribute.String("koine.operation", "SELECT orders"), attribute.String("span.kind", "client"),
			}
			calls, _ = sum[int64](t, tel, "operation_calls", query...)
			assert.Equal(t, int64(requests), calls)
			failures, _ := sum[int64](t, tel, "operation_errors", query...)
			assert.Equal(t, int64(requests/each), failures)
			failures, _ = sum[int64](t, tel, "operation_errors")
			assert.Equal(t, int64(requests/each), failures)
			duration, _ := sum[float64](t, tel, "operation_duration")
			assert.InEpsilon(t, durations.Seconds(), duration, 1e-6)
			path, _ := sum[float64](t, tel, "operation_critical_path")
			assert.InEpsilon(t, roots.Seconds(), path, 1e-6, "the path of each trace is as long as its root")
		})
	}
}

func eachSpan(td ptrace.Traces, f func(ptrace.Span)) {
	each([]ptrace.Traces{td}, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) { f(s) })
}

// TestAggregatesOverAReload: what was counted before is not counted again, and what was not is.
func TestAggregatesOverAReload(t *testing.T) {
	const config = `{analysis: {enabled: true}, decision_wait: 300ms, ` + keepsFailed + `}`
	r := rand.New(rand.NewPCG(1, 2))
	first := start(t, config, consumertest.NewNop())
	const requests = 300
	for range requests { // some are decided, some wait for their round, and some for their time
		require.NoError(t, first.ConsumeTraces(context.Background(), request(r, randomID(r), nothingOdd)))
		time.Sleep(3 * time.Millisecond)
	}
	reloaded(first.end)
	second := start(t, config, consumertest.NewNop())
	second.end()
	before, _ := sum[int64](t, first.telemetry, "operation_calls")
	after := int64(0)
	if _, err := second.telemetry.GetMetric("otelcol_processor_tail_sampling_operation_calls"); err == nil {
		after, _ = sum[int64](t, second.telemetry, "operation_calls")
	}
	assert.Equal(t, int64(5*requests), before+after)
}

// TestPace: slow traces are told apart, with all of their spans.
func TestPace(t *testing.T) {
	s := start(t, `{analysis: {enabled: true}, decision_wait: 20ms, `+keepsFailed+`}`, consumertest.NewNop())
	r := rand.New(rand.NewPCG(1, 2))
	const normal, slow = 1000, 40
	for range normal {
		require.NoError(t, s.ConsumeTraces(context.Background(), request(r, randomID(r), nothingOdd)))
	}
	a := s.engine.analysis.Load()
	known := baseline.Identity{Service: "orders", Name: "SELECT orders", Kind: tree.Client}
	op := a.baseline.Intern(known.Hash(), 0, func() baseline.Identity { return known })
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 && a.baseline.Self(op).Known() }, 5*time.Second, 5*time.Millisecond)
	for range slow {
		require.NoError(t, s.ConsumeTraces(context.Background(), request(r, randomID(r), slowQuery)))
	}
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 }, 5*time.Second, 5*time.Millisecond)
	a.unlearned.Store(7) // a gauge of it below
	var norms []metricdata.DataPoint[float64]
	require.Eventually(t, func() bool {
		if _, err := s.telemetry.GetMetric("otelcol_processor_tail_sampling_operation_normal_self_time"); err != nil {
			return false
		}
		_, norms = sum[float64](t, s.telemetry, "operation_normal_self_time", attribute.String("koine.operation", "SELECT orders"))
		return len(norms) > 0
	}, 5*time.Second, 20*time.Millisecond)
	unlearned, _ := sum[int64](t, s.telemetry, "baseline_unlearned")
	assert.Equal(t, int64(7), unlearned)
	operations, _ := sum[int64](t, s.telemetry, "baseline_operations")
	assert.Equal(t, int64(7), operations, "five, and two services")
	s.end()

	require.Len(t, norms, 2)
	for _, p := range norms {
		q, _ := p.Attributes.Value("quantile")
		want := map[float64][2]float64{0.5: {0.015, 0.025}, 0.99: {0.024, 0.3}}[q.AsFloat64()]
		assert.Greater(t, p.Value, want[0], q)
		assert.Less(t, p.Value, want[1], q)
	}
	for _, name := range []string{"SELECT orders", "GET /account"} {
		n, _ := sum[int64](t, s.telemetry, "operation_calls", attribute.String("koine.operation", name), attribute.String("koine.pace", "slow"))
		assert.GreaterOrEqual(t, n, int64(slow*9/10), name)
		assert.Less(t, n, int64(slow+normal/10), name)
	}
}

// TestExemplars: kept traces are shown, and no others.
func TestExemplars(t *testing.T) {
	sink := new(consumertest.TracesSink)
	s := start(t, `{analysis: {enabled: true}, decision_wait: 20ms, `+keepsFailed+`}`, sink)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		odd := nothingOdd
		if i%50 == 0 {
			odd = failed
		}
		require.NoError(t, s.ConsumeTraces(context.Background(), request(r, randomID(r), odd)))
	}
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 }, 5*time.Second, 5*time.Millisecond)
	s.end()
	kept := rootsOf(sink.AllTraces())
	require.Len(t, kept, 10)
	shown := 0
	_, points := sum[float64](t, s.telemetry, "operation_critical_path")
	for _, p := range points {
		for _, e := range p.Exemplars {
			shown++
			root, ok := kept[pcommon.TraceID(e.TraceID)]
			if assert.True(t, ok, "%x is not kept", e.TraceID) {
				assert.Equal(t, root.SpanID(), pcommon.SpanID(e.SpanID))
				operation, _ := p.Attributes.Value("koine.operation")
				assert.Equal(t, root.Attributes().AsRaw()["koine.bottleneck.operation"], operation.AsString())
				assert.InEpsilon(t, root.Attributes().AsRaw()["koine.bottleneck.self_time"], e.Value, 1e-3)
			}
		}
	}
	assert.Positive(t, shown)
	_, others := sum[float64](t, s.telemetry, "operation_duration")
	for _, p := range others {
		assert.Empty(t, p.Exemplars)
	}
}

func TestNoSeries(t *testing.T) {
	s := start(t, `{analysis: {enabled: true, max_series: 0}, decision_wait: 10ms, `+keepsFailed+`}`, consumertest.NewNop())
	r := rand.New(rand.NewPCG(1, 2))
	require.NoError(t, s.ConsumeTraces(context.Background(), request(r, randomID(r), failed)))
	require.Eventually(t, func() bool { return s.engine.traces.Load() == 0 }, 5*time.Second, 5*time.Millisecond)
	s.end()
	_, err := s.telemetry.GetMetric("otelcol_processor_tail_sampling_operation_calls")
	assert.Error(t, err)
}

// operations interns some.
type operations struct {
	*baseline.Baseline
	now int64
}

func (o *operations) intern(service, name string, kind tree.Kind) baseline.Operation {
	id := baseline.Identity{Environment: "prod", Service: service, Name: name, Kind: kind}
	return o.Intern(id.Hash(), o.now, func() baseline.Identity { return id })
}

func names(t *seriesTable, op baseline.Operation) string {
	s := &t.all[t.place(op)]
	set := attribute.NewSet(s.attributes()...)
	return set.Encoded(attribute.DefaultEncoder())
}

// TestSeriesAreBounded: who comes too late is summed up in its service's others, and then in all.
func TestSeriesAreBounded(t *testing.T) {
	given.join()
	defer given.leave()
	o := operations{Baseline: baseline.New(baseline.Options{MaxOperations: 1000})}
	var shown atomic.Pointer[[]shownOperation]
	table := newSeriesTable(o.Baseline, 16, &shown) // six operations, others of one service, others of all
	for i := range 6 {
		op := o.intern("a", fmt.Sprint("op", i), tree.Kind(i))
		want := fmt.Sprintf("deployment.environment.name=prod,koine.operation=op%d,service.name=a,span.kind=%s", i, kindNames[i])
		assert.Equal(t, want, names(&table, op))
		assert.Equal(t, want, names(&table, op))
	}
	assert.Equal(t, "deployment.environment.name=prod,koine.operation=other,service.name=a", names(&table, o.intern("a", "late", 0)))
	assert.Equal(t, "deployment.environment.name=prod,koine.operation=other,service.name=a", names(&table, o.Service(o.intern("a", "late", 0))))
	assert.Equal(t, "koine.operation=other,service.name=other", names(&table, o.intern("b", "late", 0)))
	assert.Equal(t, "koine.operation=other,service.name=other", names(&table, baseline.Other))
	assert.Equal(t, "koine.operation=other,service.name=other", names(&table, 999), "no operation has it")
}

// TestQuietSeries: they make room for others, as far as the SDK has any.
func TestQuietSeries(t *testing.T) {
	given.join()
	defer given.leave()
	o := operations{Baseline: baseline.New(baseline.Options{MaxOperations: 10_000})}
	var shown atomic.Pointer[[]shownOperation]
	table := newSeriesTable(o.Baseline, 4, &shown) // one operation
	first := o.intern("a", "first", tree.Server)
	assert.Contains(t, names(&table, first), "first")
	second := o.intern("a", "second", tree.Server)
	assert.Contains(t, names(&table, second), "service.name=other")
	table.all[table.place(first)].seen = 1
	table.expire(quietSeries)
	assert.Contains(t, names(&table, second), "service.name=other", "not yet an hour")
	table.expire(quietSeries + 1)
	assert.Contains(t, names(&table, second), "second")
	assert.Contains(t, names(&table, first), "service.name=other")
	table.follow()
	require.Len(t, *shown.Load(), 1)
	assert.Equal(t, second, (*shown.Load())[0].operation)

	for i := range 2 * mostSeries {
		table.expire(int64(i+2) * 2 * quietSeries)
		table.place(o.intern("a", fmt.Sprint("op", i), tree.Server))
		for n := range table.all {
			table.all[n].seen = 1
		}
		table.refused = true
	}
	assert.LessOrEqual(t, 2*(1+len(given.hashes)), mostSeries)
	assert.Greater(t, 2*(1+len(given.hashes)), mostSeries-4)
	other := newSeriesTable(o.Baseline, 4, &shown) // another processor's
	assert.Contains(t, names(&other, o.intern("c", "late", 0)), "service.name=other")
	assert.Contains(t, names(&other, o.intern("a", "op1", tree.Server)), "op1", "they share its series")
}

// TestNumbersOfOthers: a number that the baseline gives to another operation is counted as that.
func TestNumbersOfOthers(t *testing.T) {
	given.join()
	defer given.leave()
	o := operations{Baseline: baseline.New(baseline.Options{MaxOperations: 16})}
	var shown atomic.Pointer[[]shownOperation]
	table := newSeriesTable(o.Baseline, defaultSeries, &shown)
	of := map[baseline.Operation]string{}
	for i := range 15 {
		name := fmt.Sprint("old", i)
		op := o.intern("a", name, tree.Server)
		of[op] = name
		require.Contains(t, names(&table, op), "operation="+name+",")
	}
	again := 0
	for range 100 {
		o.now += int64(time.Minute)
		o.intern("a", "old3", tree.Server)
		o.Tick(o.now)
		table.follow()
		assert.Contains(t, names(&table, o.intern("a", "old3", tree.Server)), "old3")
		name := fmt.Sprint("new", o.now)
		if op := o.intern("a", name, tree.Server); o.Service(op) != op {
			if _, ok := of[op]; ok {
				again++
			}
			assert.Contains(t, names(&table, op), "operation="+name+",")
		}
	}
	assert.Positive(t, again, "no number was given again")
}

// BenchmarkAggregates: ns an operation is ns a span.
func BenchmarkAggregates(b *testing.B) {
	for _, count := range []int{100, 1000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			given.join()
			defer given.leave()
			o := operations{Baseline: baseline.New(baseline.Options{})}
			r := rand.New(rand.NewPCG(1, 1))
			var spans bottleneck.Observations
			for range 1 << 17 {
				i := r.IntN(count)
				spans.Spans = append(spans.Spans, baseline.SpanObservation{
					Operation: o.intern(fmt.Sprint("s", i/100), fmt.Sprint("op", i), tree.Server), Duration: r.Uint64N(1e9), Self: r.Uint64N(1e8),
				})
				spans.Marks = append(spans.Marks, bottleneck.Mark(r.IntN(64)&3))
			}
			var shown atomic.Pointer[[]shownOperation]
			table := newSeriesTable(o.Baseline, defaultSeries, &shown)
			tel := componenttest.NewTelemetry()
			m, err := metadata.NewTelemetryBuilder(tel.NewTelemetrySettings())
			require.NoError(b, err)
			g := &aggregates{seriesTable: table, telemetry: m, totals: make([][2]total, len(table.all))}
			g.add(&spans)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += observationBatch {
				from := i % len(spans.Spans)
				batch := bottleneck.Observations{Spans: spans.Spans[from:][:observationBatch], Marks: spans.Marks[from:][:observationBatch]}
				g.add(&batch)
			}
			b.StopTimer()
			began := time.Now()
			g.publish(0)
			b.ReportMetric(float64(time.Since(began).Microseconds()), "µs/publish")
			m.Shutdown()
			require.NoError(b, tel.Shutdown(context.Background()))
		})
	}
}

// BenchmarkCount is what a shard pays for a span beyond its judgement.
func BenchmarkCount(b *testing.B) {
	o := operations{Baseline: baseline.New(baseline.Options{})}
	j := bottleneck.NewJudge(o.Baseline)
	var tr bottleneck.Trace
	for i := range 64 {
		tr.Add(criticalpath.Span{ID: uint64(i + 1), Parent: uint64(i), Start: uint64(1000 * i), End: uint64(1_000_000 - i)}, o.intern("s", fmt.Sprint("op", i), tree.Internal), 0)
	}
	j.Judge(&tr)
	var seen bottleneck.Observations
	b.ReportAllocs()
	for i := 0; i < b.N; i += 64 {
		if j.Count(&seen); len(seen.Spans) >= observationBatch {
			seen.Reset()
		}
	}
}
