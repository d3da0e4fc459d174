package tailsamplingprocessor

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestHostile: requests that are made to be expensive, or empty, lose nothing and take time in
// proportion to their size: a quadratic walk over the largest would not end.
func TestHostile(t *testing.T) {
	const many = 200_000
	request := func(spans int, change func(i int, s ptrace.Span)) ptrace.Traces {
		td := ptrace.NewTraces()
		list := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		for i := range spans {
			s := list.AppendEmpty()
			s.SetTraceID(traceID(1, uint64(i+1)))
			s.SetSpanID(spanID(uint64(i + 1)))
			change(i, s)
		}
		return td
	}
	empty := ptrace.NewTraces()
	empty.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	empty.ResourceSpans().AppendEmpty()
	for name, td := range map[string]ptrace.Traces{
		"one low half":              request(many, func(i int, s ptrace.Span) { s.SetTraceID(traceID(uint64(i+1), 7)) }),
		"ids of nothing":            request(1000, func(_ int, s ptrace.Span) { s.SetTraceID(pcommon.TraceID{}); s.SetSpanID(pcommon.SpanID{}) }),
		"one trace, parents astray": request(many, func(i int, s ptrace.Span) { s.SetTraceID(traceID(1, 1)); s.SetParentSpanID(spanID(uint64(many + i))) }),
		"many traces":               request(many, func(int, ptrace.Span) {}),
		"megabytes a span":          request(5, func(_ int, s ptrace.Span) { s.SetName(strings.Repeat("long ", 1<<20)) }),
		"end before start":          request(10, func(_ int, s ptrace.Span) { s.SetStartTimestamp(1 << 63); s.SetEndTimestamp(1) }),
		"nothing":                   ptrace.NewTraces(),
		"no spans":                  empty,
	} {
		for _, policies := range []string{"", ", {name: where, type: bottleneck}"} {
			t.Run(name+policies, func(t *testing.T) {
				sink := new(consumertest.TracesSink)
				s := start(t, `{decision_wait: 10ms, wait_for_open_spans: 100ms, memory_limit_mib: 64, policies: [{name: all, type: always_sample}, {name: slow, type: latency, latency: {threshold_ms: 5}}`+policies+`]}`, sink)
				require.NoError(t, s.ConsumeTraces(context.Background(), td))
				s.end()
				assert.Equal(t, td.SpanCount(), sink.SpanCount())
				s.balance(int64(td.SpanCount()), int64(sink.SpanCount()))
			})
		}
	}
}
