package semconvprocessor

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// FuzzTraces: no span is lost, and what has a name of the registry has its type or was
// totals(w).
func FuzzTraces(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		fuzzedAttributes(rng, rs.Resource().Attributes())
		ss := rs.ScopeSpans().AppendEmpty()
		fuzzedAttributes(rng, ss.Scope().Attributes())
		span := ss.Spans().AppendEmpty()
		span.SetKind(ptrace.SpanKind(rng.IntN(6)))
		fuzzedAttributes(rng, span.Attributes())
		fuzzedAttributes(rng, span.Events().AppendEmpty().Attributes())
		fuzzedAttributes(rng, span.Links().AppendEmpty().Attributes())
		data, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(data)
		if err != nil {
			return
		}
		w := newWork(newJob(translate.Default()))
		before := td.SpanCount()
		w.traces(td)
		require.Equal(t, before, td.SpanCount())
		wrong := 0
		for _, rs := range td.ResourceSpans().All() {
			wrong += wrongTypes(rs.Resource().Attributes())
			for _, ss := range rs.ScopeSpans().All() {
				wrong += wrongTypes(ss.Scope().Attributes())
				for _, span := range ss.Spans().All() {
					wrong += wrongTypes(span.Attributes())
					for _, event := range span.Events().All() {
						wrong += wrongTypes(event.Attributes())
					}
					for _, link := range span.Links().All() {
						wrong += wrongTypes(link.Attributes())
					}
				}
			}
		}
		require.LessOrEqual(t, int64(wrong), totals(w).invalid)
	})
}

// FuzzLogs: likewise for log records.
func FuzzLogs(f *testing.F) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		ld := plog.NewLogs()
		record := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		fuzzedAttributes(rng, record.Attributes())
		record.Body().SetStr("http.method")
		data, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ld, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(data)
		if err != nil {
			return
		}
		w := newWork(newJob(translate.Default()))
		before := ld.LogRecordCount()
		w.logs(ld)
		require.Equal(t, before, ld.LogRecordCount())
		wrong := 0
		for _, rl := range ld.ResourceLogs().All() {
			wrong += wrongTypes(rl.Resource().Attributes())
			for _, sl := range rl.ScopeLogs().All() {
				wrong += wrongTypes(sl.Scope().Attributes())
				for _, record := range sl.LogRecords().All() {
					wrong += wrongTypes(record.Attributes())
				}
			}
		}
		require.LessOrEqual(t, int64(wrong), totals(w).invalid)
	})
}

// FuzzMetrics: no point is lost that is not counted, and what was converted can be
// written again.
func FuzzMetrics(f *testing.F) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		md := pmetric.NewMetrics()
		list := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
		for range 3 {
			randomMetric(rng, list.AppendEmpty())
		}
		data, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		md, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(data)
		if err != nil {
			return
		}
		w := newWork(newJob(translate.Default()))
		before := md.DataPointCount()
		w.metrics(md)
		seen := int64(0)
		for _, count := range totals(w).elements[points] {
			seen += count
		}
		require.EqualValues(t, before, seen)
		require.EqualValues(t, before-md.DataPointCount(), totals(w).elements[points][merged]+totals(w).elements[points][duplicate])
		kept := totals(w).elements[points][conflict] + totals(w).elements[points][unconvertible]
		wrong := 0
		for _, rm := range md.ResourceMetrics().All() {
			wrong += wrongTypes(rm.Resource().Attributes())
			for _, sm := range rm.ScopeMetrics().All() {
				wrong += wrongTypes(sm.Scope().Attributes())
				for _, m := range sm.Metrics().All() {
					wrong += wrongPoints(m)
				}
			}
		}
		if kept == 0 {
			require.LessOrEqual(t, int64(wrong), totals(w).invalid)
		}
		_, err = new(pmetric.ProtoMarshaler).MarshalMetrics(md)
		require.NoError(t, err)
	})
}

func wrongPoints(m pmetric.Metric) (wrong int) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		wrong = wrongIn(gauges, m)
	case pmetric.MetricTypeSum:
		wrong = wrongIn(counters, m)
	case pmetric.MetricTypeHistogram:
		wrong = wrongIn(histograms, m)
	case pmetric.MetricTypeExponentialHistogram:
		wrong = wrongIn(exponentials, m)
	case pmetric.MetricTypeSummary:
		wrong = wrongIn(summaries, m)
	}
	return wrong
}

func wrongIn[P point, S slice[P, S]](s *shape[P, S], m pmetric.Metric) (wrong int) {
	for i := range s.len(m) {
		wrong += wrongTypes(s.points(m).At(i).Attributes())
	}
	return wrong
}

// wrongTypes counts attributes that have a name of the registry and not its type. A map
// with a key twice is no map; it counts for nothing.
func wrongTypes(m pcommon.Map) (wrong int) {
	var a attributes
	a.of(m)
	seen := map[string]bool{}
	for i, key := range a.keys {
		if seen[key] {
			return 0
		}
		seen[key] = true
		attr := registry.Lookup(key)
		if attr == nil || attr.Deprecation != registry.Live || attr.Type&registry.Template != 0 {
			continue
		}
		if typ := attr.Type.Base(); typ != registry.Any && a.read[i].Type != typ {
			wrong++
		}
	}
	return wrong
}

func fuzzedAttributes(rng *rand.Rand, m pcommon.Map) {
	keys := []string{
		"http.method", "http.url", "http.target", "http.status_code", "http.response.status_code", "net.peer.name", "rpc.service",
		"rpc.method", "db.system", "k8s.pod.labels.app", "own", "code.function", "code.namespace", "deployment.environment",
	}
	for range rng.IntN(len(keys)) {
		randomValue(rng, m.PutEmpty(keys[rng.IntN(len(keys))]))
	}
}
