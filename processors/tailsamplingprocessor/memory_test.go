package tailsamplingprocessor

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// TestHeapObjects: what waits is nothing for the garbage collector to look at.
func TestHeapObjects(t *testing.T) {
	s := start(t, `{decision_wait: 1h, policies: [{name: all, type: status_code, status_code: {status_codes: [ERROR]}}, {name: slow, type: latency, latency: {threshold_ms: 2000}}]}`, new(consumertest.TracesSink))
	r := rand.New(rand.NewPCG(1, 1))
	objects := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapObjects)
	}
	send(t, s, traffic(r, 1, 10, 30)...)
	before := objects()
	spans := 0
	for range 100 {
		for _, td := range traffic(r, 50, 100, 30) {
			spans += td.SpanCount()
			require.NoError(t, s.ConsumeTraces(context.Background(), td))
		}
	}
	perSpan := float64(objects()-before) / float64(spans)
	t.Logf("%d spans wait in %d KiB, %.0f B each, and %.3f heap objects each", spans, s.engine.held()>>10, float64(s.engine.held())/float64(spans), perSpan)
	assert.Less(t, perSpan, 0.1)
	assert.LessOrEqual(t, float64(s.engine.held())/float64(spans), 250.0)
}
