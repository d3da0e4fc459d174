package tailsamplingprocessor

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// FuzzWhole: whatever a client sends that can be decoded leaves as it came, if it is kept:
// each span, with its resource and scope.
func FuzzWhole(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, td := range traffic(r, 10, 10, 5) {
		body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
		if err != nil {
			return
		}
		sink := new(consumertest.TracesSink)
		p := create(t, NewFactory(), `{decision_wait: 5m, dry_run: true, memory_limit_mib: 8, policies: [{name: none, type: span_count, span_count: {min_spans: 2000000000}}, {name: where, type: bottleneck}]}`, sink, nil)
		require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
		require.NoError(t, p.ConsumeTraces(context.Background(), td))
		require.NoError(t, p.Shutdown(context.Background()))
		assert.Equal(t, alone([]ptrace.Traces{td}), alone(sink.AllTraces()))
	})
}

// alone gives each span as a request of its own, as bytes, in order; what the sampler adds is
// taken away.
func alone(all []ptrace.Traces) (out []string) {
	high := map[[8]byte][8]byte{} // the long form of each id whose short form is there, too
	each(all, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) {
		id := s.TraceID()
		if [8]byte(id[:8]) != [8]byte{} {
			if _, ok := high[[8]byte(id[8:])]; !ok {
				high[[8]byte(id[8:])] = [8]byte(id[:8])
			}
		}
	})
	each(all, func(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, s ptrace.Span) {
		td := ptrace.NewTraces()
		rs2 := td.ResourceSpans().AppendEmpty()
		rs.Resource().CopyTo(rs2.Resource())
		rs2.SetSchemaUrl(rs.SchemaUrl())
		ss2 := rs2.ScopeSpans().AppendEmpty()
		ss.Scope().CopyTo(ss2.Scope())
		ss2.SetSchemaUrl(ss.SchemaUrl())
		span := ss2.Spans().AppendEmpty()
		s.CopyTo(span)
		span.Attributes().RemoveIf(func(key string, _ pcommon.Value) bool {
			return key == attributeDryRun || key == attributePolicy || strings.HasPrefix(key, "koine.bottleneck.")
		})
		if id := span.TraceID(); [8]byte(id[:8]) == [8]byte{} {
			h := high[[8]byte(id[8:])]
			copy(id[:8], h[:])
			span.SetTraceID(id)
		}
		body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			panic(err)
		}
		out = append(out, string(body))
	})
	slices.Sort(out)
	return out
}
