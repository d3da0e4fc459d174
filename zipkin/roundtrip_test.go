package zipkin_test

import (
	"maps"
	"slices"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/zipkin"
)

// exported is telemetry with everything that the mapping can carry through Zipkin: attributes
// are text there, and times µs.
func exported() ptrace.Traces {
	traces := ptrace.NewTraces()
	for _, host := range []string{"h1", "h2"} {
		rs := traces.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "shop")
		rs.Resource().Attributes().PutStr("host.name", host)
		rs.Resource().Attributes().PutStr("telemetry.sdk.language", "go")
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName("lib")
		ss.Scope().SetVersion("1.2")
		for i, kind := range []ptrace.SpanKind{ptrace.SpanKindInternal, ptrace.SpanKindServer, ptrace.SpanKindClient, ptrace.SpanKindProducer, ptrace.SpanKindConsumer} {
			s := ss.Spans().AppendEmpty()
			s.SetTraceID(pcommon.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
			s.SetSpanID(pcommon.SpanID{host[1], byte(i + 1)})
			s.SetParentSpanID(pcommon.SpanID{9})
			s.SetName("work")
			s.SetKind(kind)
			s.SetStartTimestamp(1_500_000_000_000_000_000)
			s.SetEndTimestamp(1_500_000_000_000_250_000)
			s.TraceState().FromRaw("ot=th:8")
			s.Status().SetCode(ptrace.StatusCode(i % 3))
			if i%3 == int(ptrace.StatusCodeError) {
				s.Status().SetMessage("boom")
			}
			s.Attributes().PutStr("http.request.method", "GET")
			s.Attributes().PutStr("network.peer.address", "10.0.0.9")
			s.Attributes().PutStr("service.peer.name", "db")
			e := s.Events().AppendEmpty()
			e.SetName("cache|miss")
			e.SetTimestamp(1_500_000_000_000_100_000)
			e.SetDroppedAttributesCount(2)
			e.Attributes().PutStr("key", "a|b{c}")
			e.Attributes().PutInt("n", 3)
			e.Attributes().PutBool("hit", false)
			e.Attributes().PutDouble("share", 1.5)
			e.Attributes().PutEmptySlice("list").AppendEmpty().SetStr("x")
			s.Events().AppendEmpty().SetName("plain")
			s.Events().At(1).SetTimestamp(1_500_000_000_000_200_000)
			l := s.Links().AppendEmpty()
			l.SetTraceID(pcommon.TraceID{7})
			l.SetSpanID(pcommon.SpanID{8})
			l.TraceState().FromRaw("a=b")
			l.Attributes().PutStr("why", "batch")
			l.SetDroppedAttributesCount(1)
		}
	}
	return traces
}

// TestRoundTripThroughContrib: what contrib's exporter writes comes back whole.
func TestRoundTripThroughContrib(t *testing.T) {
	spans, err := contrib.FromTranslator{}.FromTraces(exported())
	require.NoError(t, err)
	for format, serializer := range map[zipkin.Format]reporter.SpanSerializer{
		zipkin.JSONv2: reporter.JSONSerializer{}, zipkin.Proto3: zipkin_proto3.SpanSerializer{},
	} {
		body, err := serializer.Serialize(spans)
		require.NoError(t, err)
		back := decode(t, format, body)
		assert.Equal(t, sorted(exported()), sorted(back), format)
	}
}

// sorted is telemetry as text, attributes in the order of their keys: Zipkin's tags have none.
func sorted(traces ptrace.Traces) string {
	sort := func(m pcommon.Map) {
		raw := m.AsRaw()
		m.Clear()
		for _, k := range slices.Sorted(maps.Keys(raw)) {
			_ = m.PutEmpty(k).FromRaw(raw[k])
		}
	}
	for _, rs := range traces.ResourceSpans().All() {
		sort(rs.Resource().Attributes())
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				sort(s.Attributes())
				for _, e := range s.Events().All() {
					sort(e.Attributes())
				}
			}
		}
	}
	return dump(traces)
}
