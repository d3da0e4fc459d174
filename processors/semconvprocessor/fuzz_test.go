package semconvprocessor

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
)

// ways are configurations to try, dialects included.
var ways = sync.OnceValue(func() []*job {
	var jobs []*job
	for _, change := range []func(*Config){
		func(*Config) {},
		func(c *Config) { c.Mode = modeDuplicate },
		func(c *Config) { c.OnConflict = oldWins },
		func(c *Config) { c.Unmatched, c.SpanNames, c.Stability.Metrics = unmatchedPrefix, true, "development" },
		func(c *Config) {
			c.Mode, c.Unmatched, c.Stability.Metrics = modeDuplicate, unmatchedPrefix, "development"
		},
		func(c *Config) { c.Target = "1.21.0" },
		func(c *Config) { c.Target, c.Mode = "1.37.0", modeDuplicate },
		func(c *Config) { c.Disable, c.Stability.Attributes = []string{"db.*"}, "stable" },
	} {
		cfg := createDefaultConfig().(*Config)
		change(cfg)
		j, err := cfg.job()
		if err != nil {
			panic(err)
		}
		jobs = append(jobs, j)
	}
	return jobs
})

// workOf begins with one of the ways and nothing counted. It says whether that enforces
// the types of today's registry.
func workOf(way uint8) (w *work, typed bool) {
	n := int(way) % len(ways())
	j := *ways()[n]
	j.tally = newTally(j.tally.rules)
	return newWork(&j), n < 5
}

// FuzzTraces: no span is lost, and what has a name of the registry has its type or was
// counted. A second time nothing changes.
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
		f.Add(data, uint8(rng.IntN(8)))
	}
	f.Fuzz(func(t *testing.T, data []byte, way uint8) {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(data)
		if err != nil {
			return
		}
		w, typed := workOf(way)
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
		if typed {
			require.LessOrEqual(t, int64(wrong), totals(w).invalid)
		}
		once, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
		require.NoError(t, err)
		w.traces(td)
		twice, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
		require.NoError(t, err)
		require.Equal(t, once, twice)
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
		f.Add(data, uint8(rng.IntN(8)))
	}
	f.Fuzz(func(t *testing.T, data []byte, way uint8) {
		ld, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(data)
		if err != nil {
			return
		}
		w, typed := workOf(way)
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
		if typed {
			require.LessOrEqual(t, int64(wrong), totals(w).invalid)
		}
		once, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		require.NoError(t, err)
		w.logs(ld)
		twice, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}

// FuzzMetrics: no point is lost that is not counted, and what was converted can be
// written again. A second time nothing changes.
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
		f.Add(data, uint8(rng.IntN(8)))
	}
	f.Fuzz(func(t *testing.T, data []byte, way uint8) {
		md, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(data)
		if err != nil {
			return
		}
		w, typed := workOf(way)
		before := md.DataPointCount()
		w.metrics(md)
		seen := int64(0)
		for _, count := range totals(w).elements[points] {
			seen += count
		}
		require.EqualValues(t, before, seen)
		gone := totals(w).elements[points][merged] + totals(w).elements[points][duplicate]
		if w.renames == nil {
			require.EqualValues(t, before-md.DataPointCount(), gone)
		} else {
			require.GreaterOrEqual(t, md.DataPointCount()+int(gone), before)
		}
		kept := totals(w).elements[points][conflict] + totals(w).elements[points][unconvertible]
		wrong := 0
		for _, rm := range md.ResourceMetrics().All() {
			wrong += wrongTypes(rm.Resource().Attributes())
			for _, sm := range rm.ScopeMetrics().All() {
				wrong += wrongTypes(sm.Scope().Attributes())
				for _, m := range sm.Metrics().All() {
					if w.renames != nil && isRetired(m) {
						continue // it was left beside the new one as it came, with whatever it has
					}
					wrong += wrongPoints(m)
				}
			}
		}
		if kept == 0 && typed {
			require.LessOrEqual(t, int64(wrong), totals(w).invalid)
		}
		once, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
		require.NoError(t, err)
		w.metrics(md)
		twice, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}

func isRetired(m pmetric.Metric) bool {
	known := registry.LookupMetric(m.Name())
	return known != nil && known.Deprecation != registry.Live
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
		attr := registry.Resolve(key)
		if attr == nil || attr.Deprecation != registry.Live || attr.Key == key && attr.Type&registry.Template != 0 {
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
		"span.kind", "error", "peer.service", "http.path", "sql.query", "resource.name", "otel.status_code", "event.name", "http.own",
		"koine.unmatched.http.own", "http.request.headers.a", "http.request.header.a", "component", "db.instance",
	}
	for range rng.IntN(len(keys)) {
		randomValue(rng, m.PutEmpty(keys[rng.IntN(len(keys))]))
	}
}
