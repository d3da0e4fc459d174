package tailsamplingprocessor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.yaml.in/yaml/v3"
)

// create makes a processor of a factory from YAML.
func create(t testing.TB, f processor.Factory, text string, next consumer.Traces, set *processor.Settings) processor.Traces {
	t.Helper()
	var values map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &values))
	cfg := f.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(values).Unmarshal(cfg))
	if v, ok := cfg.(interface{ Validate() error }); ok {
		require.NoError(t, v.Validate())
	}
	settings := processortest.NewNopSettings(f.Type())
	if set != nil {
		settings.TelemetrySettings = set.TelemetrySettings
	}
	p, err := f.CreateTraces(context.Background(), settings, cfg, next)
	require.NoError(t, err)
	return p
}

// sample sends requests to a processor, ends it, and gives what it kept.
func sample(t testing.TB, f processor.Factory, text string, requests []ptrace.Traces) []ptrace.Traces {
	t.Helper()
	sink := new(consumertest.TracesSink)
	p := create(t, f, text, sink, nil)
	require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
	for _, td := range requests {
		copied := ptrace.NewTraces()
		td.CopyTo(copied)
		require.NoError(t, p.ConsumeTraces(context.Background(), copied))
	}
	require.NoError(t, p.Shutdown(context.Background()))
	return sink.AllTraces()
}

// spansByTrace counts spans.
func spansByTrace(all []ptrace.Traces) map[pcommon.TraceID]int {
	n := map[pcommon.TraceID]int{}
	each(all, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) { n[s.TraceID()]++ })
	return n
}

func each(all []ptrace.Traces, f func(ptrace.ResourceSpans, ptrace.ScopeSpans, ptrace.Span)) {
	for _, td := range all {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					f(rs, ss, s)
				}
			}
		}
	}
}

var epoch = time.Unix(1_700_000_000, 0)

// traffic makes requests of some services with parts of random traces, rich in what policies
// look at.
func traffic(r *rand.Rand, requests, traces, spans int) []ptrace.Traces {
	var all []ptrace.Traces
	ids := make([]pcommon.TraceID, traces)
	for i := range ids {
		ids[i] = traceID(r.Uint64(), r.Uint64())
	}
	for range requests {
		td := ptrace.NewTraces()
		for range 1 + r.IntN(3) {
			rs := td.ResourceSpans().AppendEmpty()
			someAttributes(r, rs.Resource().Attributes())
			rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("s", r.IntN(5)))
			if r.IntN(3) == 0 {
				rs.SetSchemaUrl("https://opentelemetry.io/schemas/1.44.0")
			}
			for range 1 + r.IntN(2) {
				ss := rs.ScopeSpans().AppendEmpty()
				ss.Scope().SetName(fmt.Sprint("scope", r.IntN(3)))
				for range 1 + r.IntN(spans) {
					someSpan(r, ids[r.IntN(len(ids))], ss.Spans().AppendEmpty())
				}
			}
		}
		all = append(all, td)
	}
	return all
}

func someSpan(r *rand.Rand, id pcommon.TraceID, s ptrace.Span) {
	s.SetTraceID(id)
	s.SetSpanID(spanID(r.Uint64()))
	if r.IntN(4) > 0 {
		s.SetParentSpanID(spanID(r.Uint64()))
	}
	s.SetName(fmt.Sprint("op", r.IntN(6)))
	s.SetKind(ptrace.SpanKind(r.IntN(6)))
	start := epoch.Add(time.Duration(r.IntN(500)) * time.Millisecond)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(r.IntN(700)) * time.Millisecond)))
	s.Status().SetCode([]ptrace.StatusCode{0, 0, 0, 0, 0, 1, 2}[r.IntN(7)])
	s.SetFlags(uint32(r.IntN(8) / 7))
	if r.IntN(8) == 0 {
		s.TraceState().FromRaw([]string{"vendor=a", "vendor=b,other=c", "bad", "vendor=c"}[r.IntN(4)])
	}
	someAttributes(r, s.Attributes())
	if r.IntN(3) == 0 {
		e := s.Events().AppendEmpty()
		e.SetName([]string{"exception", "message"}[r.IntN(2)])
		someAttributes(r, e.Attributes())
	}
}

func someAttributes(r *rand.Rand, m pcommon.Map) {
	for range r.IntN(4) {
		key := []string{"k0", "k1", "k2", "k3"}[r.IntN(4)]
		switch r.IntN(5) {
		case 0:
			m.PutInt(key, int64(r.IntN(40)-10))
		case 1:
			m.PutBool(key, r.IntN(2) == 0)
		case 2:
			m.PutDouble(key, r.Float64()*10)
		default:
			m.PutStr(key, []string{"", "a", "b", "abc", "value"}[r.IntN(5)])
		}
	}
}
