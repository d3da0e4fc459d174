//go:build !race

// Under the race detector memory is not what it is, and the test takes a minute and a half.

package semconvlint_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules"
)

// TestMemoryIsBounded: with all rules, spans of which each has a trace, a service, a scope, a name and
// keys of its own take no more memory when the stream goes on, and no more than the README says.
func TestMemoryIsBounded(t *testing.T) {
	const (
		spans, perRequest, workers = 300_000, 200, 2
		maxTraceSpans              = 50_000
	)
	conventions, err := semconvlint.NewConventions("")
	require.NoError(t, err)
	e, err := semconvlint.New(conventions, rules.All(), semconvlint.Options{Workers: workers, MaxTraceSpans: maxTraceSpans})
	require.NoError(t, err)
	begin := live()
	show := func(from, to int) int64 {
		next := make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := range next {
					e.Traces(distinctSpans(i, perRequest), fmt.Sprint("traces.json:", i))
				}
			})
		}
		for i := from; i < to; i += perRequest {
			next <- i
		}
		close(next)
		all.Wait()
		return live() - begin
	}
	half := show(0, spans/2)
	whole := show(spans/2, spans)
	t.Logf("%d MB after half of them, %d MB after all", half>>20, whole>>20)
	assert.Less(t, whole, int64(128<<20), "it has some 80 MB of live heap, and for the million spans that may wait 120 MB more")
	assert.Less(t, whole, half+half/4, "it does not grow any more")
	r := e.Finish()
	assert.EqualValues(t, spans, r.Elements[semconvlint.OnSpan])
	assert.EqualValues(t, spans, r.Elements[semconvlint.OnTrace])
	assert.Greater(t, r.PartialTraces, int64(spans-maxTraceSpans))
	last := len(r.Services) - 1
	assert.Equal(t, semconvlint.OtherServices, r.Services[last].Name)
	assert.EqualValues(t, spans-last, r.Services[last].Elements[semconvlint.OnSpan])
}

// distinctSpans are spans that have nothing in common.
func distinctSpans(from, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	for i := from; i < from+n; i++ {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("Service-", i))
		rs.Resource().Attributes().PutStr("service.instance.id", fmt.Sprint("instance-", i))
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(fmt.Sprint("scope-", i))
		s := ss.Spans().AppendEmpty()
		var trace pcommon.TraceID
		binary.BigEndian.PutUint64(trace[8:], uint64(i+1))
		s.SetTraceID(trace)
		s.SetSpanID(pcommon.SpanID(trace[8:]))
		s.SetName(fmt.Sprint("operation ", i))
		s.SetKind(ptrace.SpanKind(1 + i%5))
		s.SetEndTimestamp(1)
		s.Attributes().PutStr(fmt.Sprint("Key-", i), strings.Repeat("v", i%100))
		s.Attributes().PutStr(fmt.Sprint("acme.key", i), fmt.Sprint(i))
	}
	return td
}

func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
