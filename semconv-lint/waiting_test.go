package semconvlint

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// traceRecorder is a rule that keeps the traces that it is shown.
type traceRecorder struct {
	mu     sync.Mutex
	traces map[uint64][]*Trace
}

func (r *traceRecorder) rule() Rule {
	r.traces = map[uint64][]*Trace{}
	return Rule{Doc: &Doc{ID: "traces", Severity: Note}, New: func(*Context) Checker {
		return traceFunc(func(t *Trace) {
			r.mu.Lock()
			defer r.mu.Unlock()
			n := binary.BigEndian.Uint64(t.ID[8:])
			r.traces[n] = append(r.traces[n], t)
		})
	}}
}

// spansOf are spans of one service, of the traces by number, as many as there are.
func spansOf(service string, traces ...uint64) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("lib")
	for i, n := range traces {
		s := ss.Spans().AppendEmpty()
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[8:], n)
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{service[0], byte(i + 1)})
		s.SetParentSpanID(pcommon.SpanID{9})
		s.SetName("work")
		s.SetKind(ptrace.SpanKindServer)
		s.SetStartTimestamp(pcommon.Timestamp(100 - i))
		s.SetEndTimestamp(200)
		s.Status().SetCode(ptrace.StatusCodeError)
	}
	return td
}

// TestTracesAreWhole: the spans of a trace come together, whatever batches they came in.
func TestTracesAreWhole(t *testing.T) {
	var r traceRecorder
	e := engine(t, Options{Workers: 2}, r.rule())
	e.Traces(spansOf("a", 1, 2, 1), "f:1")
	e.Traces(spansOf("b", 2, 1), "f:2")
	assert.Empty(t, r.traces)
	result := e.Finish()
	require.Len(t, r.traces, 2)
	require.Len(t, r.traces[1], 1)
	spans := r.traces[1][0].Spans
	require.Len(t, spans, 3)
	assert.Equal(t, TraceSpan{
		ID: pcommon.SpanID{'a', 3}, Parent: pcommon.SpanID{9}, Start: 98, End: 200, Service: "a", Scope: "lib", Name: "work", Kind: ptrace.SpanKindServer, Failed: true, Source: "f:1",
	}, spans[0])
	assert.Equal(t, "b", spans[1].Service)
	assert.EqualValues(t, 2, result.Elements[OnTrace])
	assert.Zero(t, result.PartialTraces)
}

// TestOldestTraceGoes: with no room left the trace goes that was not added to for longest, and
// what comes of it later is counted and nothing else.
func TestOldestTraceGoes(t *testing.T) {
	var r traceRecorder
	e := engine(t, Options{Workers: 1, MaxTraceSpans: 3}, r.rule())
	for range 2 {
		e.Traces(spansOf("a", 1), "")
	}
	e.Traces(spansOf("a", 1, 1), "")
	require.Len(t, r.traces[1], 1)
	assert.True(t, r.traces[1][0].Partial)
	assert.Len(t, r.traces[1][0].Spans, 4)
	e.Traces(spansOf("a", 1), "")
	e.Traces(spansOf("a", 2), "")
	result := e.Finish()
	assert.Len(t, r.traces[1], 1)
	assert.False(t, r.traces[2][0].Partial)
	assert.EqualValues(t, 1, result.PartialTraces)
	assert.EqualValues(t, 1, result.LateSpans)
	assert.EqualValues(t, 2, result.Elements[OnTrace])
}

func TestTraceWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r traceRecorder
		e := engine(t, Options{Workers: 1, TraceWait: 10 * time.Second}, r.rule())
		e.Traces(spansOf("a", 1, 2), "")
		time.Sleep(6 * time.Second)
		e.Traces(spansOf("a", 2), "")
		time.Sleep(6 * time.Second)
		e.Traces(spansOf("a", 3), "")
		require.Len(t, r.traces, 1, "that to which nothing came")
		assert.False(t, r.traces[1][0].Partial)
		time.Sleep(20 * time.Second)
		assert.EqualValues(t, 3, e.Interim().Elements[OnTrace])
		assert.Len(t, r.traces[2][0].Spans, 2)
		e.Traces(spansOf("a", 2), "")
		assert.EqualValues(t, 1, e.Finish().LateSpans)
	})
}

// TestWaitingIsBounded: a span takes some 150 bytes in traces of eight, whatever comes, and no more than that is kept.
func TestWaitingIsBounded(t *testing.T) {
	const limit = 50_000
	e := engine(t, Options{Workers: 1, MaxTraceSpans: limit}, everyTrace)
	before := heap()
	trace := uint64(0)
	for range 400 {
		traces := make([]uint64, 1000)
		for i := range traces {
			if i%8 == 0 {
				trace++
			}
			traces[i] = trace
		}
		e.Traces(spansOf("a", traces...), "f")
	}
	assert.LessOrEqual(t, e.waiting.spans.Load(), int64(limit))
	perSpan := float64(heap()-before) / limit
	t.Logf("%.0f bytes a span", perSpan)
	assert.Less(t, perSpan, 400.0, "with what is remembered of judged traces")
	e.Finish()
}

// TestSingleSpanTraces: a span takes the most, some 300 bytes, where every one is a trace of its own
// that came in a request of its own.
func TestSingleSpanTraces(t *testing.T) {
	const spans = 100_000
	e := engine(t, Options{Workers: 1}, everyTrace)
	before := heap()
	for i := range uint64(spans) {
		td := spansOf("a", i+1)
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(fmt.Sprint("GET /orders/", i))
		e.Traces(td, fmt.Sprint("traces.json:", i))
	}
	require.EqualValues(t, spans, e.waiting.spans.Load())
	perSpan := float64(heap()-before) / spans
	t.Logf("%.0f bytes a span", perSpan)
	assert.Less(t, perSpan, 330.0)
	assert.Greater(t, perSpan, 100.0, "what is measured is there")
	e.Finish()
}

// TestJudgedTracesAreForgotten: of endless traces some are remembered.
func TestJudgedTracesAreForgotten(t *testing.T) {
	var j judgedIDs
	for n := range uint64(3 * maxDone) {
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[:], n)
		j.add(id)
		require.True(t, j.has(id), fmt.Sprint(n))
	}
	assert.Len(t, j.all, maxDone)
	assert.False(t, j.has(pcommon.TraceID{}))
}

// TestWaitingIsBoundedInBytes: long texts and traces of one span leave less room for others, and what
// is taken is given back.
func TestWaitingIsBoundedInBytes(t *testing.T) {
	const limit = 2000
	blind := Rule{Doc: &Doc{ID: "blind", Severity: Note}, New: func(*Context) Checker { return traceFunc(func(*Trace) {}) }}
	e := engine(t, Options{Workers: 2, MaxTraceSpans: limit}, blind)
	long := strings.Repeat("x y", 100)
	var all sync.WaitGroup
	for part := range uint64(2) {
		all.Go(func() {
			for i := range uint64(2_000) {
				name := fmt.Sprint(i, long)
				td := spansOf(name, 2*i+part, 2*i+part+1, i)
				td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().SetName(name)
				td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(name)
				e.Traces(td, "f"+name)
				if waits := e.waiting.bytes.Load(); waits > limit*bytesPerSpan+leastRoom+2000 {
					t.Errorf("%d bytes wait", waits)
					return
				}
			}
		})
	}
	all.Wait()
	assert.Less(t, e.waiting.spans.Load(), int64(limit))
	assert.Positive(t, e.waiting.bytes.Load())
	e.Finish()
	assert.Zero(t, e.waiting.spans.Load())
	assert.Zero(t, e.waiting.bytes.Load())
}
