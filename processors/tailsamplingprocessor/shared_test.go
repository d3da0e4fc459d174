package tailsamplingprocessor

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/zipkin"
)

// The client calls, the server does its work in two steps; the server's span has its client's
// id. The child comes in a request of its own, as a span that ends before its parent may.
const (
	sharedClient = `{"traceId":"000000000000000a","id":"0000000000000001","kind":"CLIENT","name":"get","timestamp":1700000000000000,"duration":100,"localEndpoint":{"serviceName":"front","ipv4":"10.0.0.1"}}`
	sharedServer = `{"traceId":"000000000000000a","id":"0000000000000001","kind":"SERVER","shared":true,"name":"get","timestamp":1700000000000010,"duration":80,"localEndpoint":{"serviceName":"back","ipv4":"10.0.0.2","port":8080}}`
	sharedChild  = `{"traceId":"000000000000000a","id":"0000000000000002","parentId":"0000000000000001","name":"work","timestamp":1700000000000020,"duration":50,"localEndpoint":{"serviceName":"back","ipv4":"10.0.0.2","port":8080}}`
)

// TestSharedSpans: what the Zipkin receiver left together, or could not place, is put right
// once the trace is whole, and both ways lead to the same ids.
func TestSharedSpans(t *testing.T) {
	var ids []map[string]string
	for _, mode := range []zipkin.SharedSpans{zipkin.DeferShared, zipkin.SplitShared} {
		sink := new(consumertest.TracesSink)
		s := start(t, `{decision_wait: 1h, policies: [{name: all, type: always_sample}]}`, sink)
		for _, body := range []string{sharedChild, sharedServer, sharedClient} {
			// A decoder of its own each: as if another replica had taken it.
			td, _, err := zipkin.NewDecoder(zipkin.Options{SharedSpans: mode}).Decode(zipkin.JSONv2, []byte("["+body+"]"), time.Now())
			require.NoError(t, err)
			require.NoError(t, s.ConsumeTraces(context.Background(), td))
		}
		s.end()
		names := map[string]string{}
		parents := map[string]string{}
		each(sink.AllTraces(), func(rs ptrace.ResourceSpans, _ ptrace.ScopeSpans, span ptrace.Span) {
			service, _ := rs.Resource().Attributes().Get("service.name")
			name := service.Str() + " " + span.Name()
			names[span.SpanID().String()] = name
			parents[name] = span.ParentSpanID().String()
			_, marked := span.Attributes().Get(zipkinShared)
			assert.False(t, marked)
		})
		require.Len(t, names, 3, "three spans with three ids")
		got := map[string]string{}
		for id, name := range names {
			got[name] = id + " of " + names[parents[name]]
		}
		assert.Equal(t, "0000000000000001 of ", got["front get"])
		assert.Contains(t, got["back get"], " of front get")
		assert.Equal(t, "0000000000000002 of back get", got["back work"])
		ids = append(ids, got)
	}
	assert.Equal(t, ids[0], ids[1])
}
