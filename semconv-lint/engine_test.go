package semconvlint

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// spanCounter counts spans by service, in all goroutines, and tells in the end.
type spanCounter struct {
	c        *Context
	services map[string]int
}

func (s *spanCounter) Element(e *Element) {
	if e.Signal == OnSpan {
		s.services[e.Service]++
	}
}

func (s *spanCounter) Merge(other Checker) {
	for name, n := range other.(*spanCounter).services {
		s.services[name] += n
	}
}

func (s *spanCounter) Finish() {
	for name, n := range s.services {
		s.c.Report(Report{Service: name, Signal: OnService, Detail: fmt.Sprint(n)})
	}
}

var spanCount = Rule{Doc: &Doc{ID: "span-count", Severity: Note}, New: func(c *Context) Checker { return &spanCounter{c, map[string]int{}} }}

// TestSameWhoeverWorks: the result depends neither on how many work nor on the batches' order.
func TestSameWhoeverWorks(t *testing.T) {
	batches := traffic(t, true, 100, 3)
	run := func(workers int, order []int) *Result {
		e := engine(t, Options{Workers: workers}, everyProblem, everyTrace, spanCount)
		next := make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := range next {
					e.Traces(batches[i], fmt.Sprintf("f:%d", i))
				}
			})
		}
		for _, i := range order {
			next <- i
		}
		close(next)
		all.Wait()
		return e.Finish()
	}
	var inOrder []int
	for i := range batches {
		inOrder = append(inOrder, i)
	}
	want := run(1, inOrder)
	require.Greater(t, len(want.Findings), 50)
	assert.EqualValues(t, 100, want.Elements[OnTrace])
	for i := range 4 {
		assert.Equal(t, want, run(1+7*(i%2), rand.New(rand.NewPCG(uint64(i), 1)).Perm(len(batches))))
	}
}

// TestFirstExampleIsTheFirstLine: of a file's lines the first counts, not the first by its letters.
func TestFirstExampleIsTheFirstLine(t *testing.T) {
	e := engine(t, Options{Workers: 1}, everyProblem)
	for _, source := range []string{"f:10", "f:9", "f:11"} {
		e.Traces(oldSpan("shop", source), source)
	}
	r := e.Finish()
	require.Len(t, r.Findings, 2)
	assert.Equal(t, "f:9", r.Findings[0].Example.Source)
	assert.EqualValues(t, 3, r.Findings[0].Count)
}

// oldSpan is one with a name that was retired.
func oldSpan(service, name string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetName(name)
	span.SetKind(ptrace.SpanKindClient)
	span.SetTraceID(pcommon.TraceID{1})
	span.Attributes().PutStr("net.peer.name", "a")
	span.Attributes().PutStr("messaging.message_id", "a")
	return td
}

func TestInterim(t *testing.T) {
	e := engine(t, Options{Workers: 2}, everyProblem, spanCount)
	e.Traces(oldSpan("shop", "x"), "")
	first := e.Interim()
	require.Len(t, first.Findings, 3)
	assert.Equal(t, "1", told(first, "shop"))
	assert.EqualValues(t, 1, first.Elements[OnSpan])
	second := e.Interim()
	assert.Empty(t, second.Findings, "services that are not seen are not told of")
	assert.Empty(t, second.Services)
	assert.True(t, second.Empty())
	e.Traces(oldSpan("shop", "x"), "")
	e.Traces(oldSpan("cart", "x"), "")
	third := e.Interim()
	assert.Equal(t, "2", told(third, "shop"), "what it keeps stays")
	assert.Equal(t, "1", told(third, "cart"))
	e.Forget()
	e.Traces(oldSpan("shop", "x"), "")
	last := e.Finish()
	require.Len(t, last.Findings, 3)
	assert.Equal(t, "1", told(last, "shop"))
	e.Traces(oldSpan("shop", "x"), "")
	e.Forget()
	assert.Same(t, last, e.Finish())
	assert.Same(t, last, e.Interim())
}

// told is what spanCount says of a service.
func told(r *Result, service string) string {
	for _, f := range r.Findings {
		if f.Rule == "span-count" && f.Service == service {
			return f.Detail
		}
	}
	return ""
}

func TestWithoutTraces(t *testing.T) {
	e := engine(t, Options{WithoutTraces: true}, everyProblem, everyTrace, spanCount)
	e.Traces(oldSpan("shop", "x"), "")
	r := e.Finish()
	assert.Len(t, r.Rules, 2)
	assert.Zero(t, r.Elements[OnTrace])
}

// TestInterimWhileOthersWork: nothing is lost between calls.
func TestInterimWhileOthersWork(t *testing.T) {
	e := engine(t, Options{Workers: 2}, everyProblem)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				e.Traces(oldSpan("shop", "x"), "")
			}
		})
	}
	seen := int64(0)
	for range 20 {
		seen += e.Interim().Elements[OnSpan]
	}
	all.Wait()
	assert.EqualValues(t, 200, seen+e.Finish().Elements[OnSpan])
}

// TestFindingsAreBounded: names with ids in them are each a cause, up to a bound, and long ones
// are cut.
func TestFindingsAreBounded(t *testing.T) {
	rule := Rule{Doc: &Doc{ID: "x", Severity: Note, Impact: Low}, New: func(c *Context) Checker {
		return elementFunc(func(e *Element) {
			if e.Signal == OnLog {
				c.At(e, Report{Key: e.Name, Message: e.Name})
			}
		})
	}}
	e := engine(t, Options{Workers: 1}, rule)
	long := strings.Repeat("ü", 1<<10)
	before := heap()
	for i := range 60 {
		ld := plog.NewLogs()
		rl := ld.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("service.name", fmt.Sprint("service", i, long))
		for n := range 500 {
			rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().SetEventName(fmt.Sprint(i, "-", n, long))
		}
		e.Logs(ld, "")
	}
	assert.Less(t, heap()-before, int64(maxCauses*8*maxText))
	r := e.Finish()
	const each = (maxCauses - 60) / 60
	assert.Len(t, r.Findings, 60*(each+1), "of every service as many that are told apart, and one for the others")
	assert.EqualValues(t, 60*(500-each), r.Dropped)
	all := int64(0)
	for _, f := range r.Findings {
		all += f.Count
	}
	assert.EqualValues(t, 60*500, all, "nothing is lost")
	assert.LessOrEqual(t, len(r.Findings[0].Key), maxText)
	for _, s := range r.Services {
		assert.Equal(t, []string{"x"}, s.Score.Failed, "whether there was room for it or not")
	}
}

func TestServicesAreBounded(t *testing.T) {
	e := engine(t, Options{Workers: 1}, scoreRule("RES-005", Critical, ""))
	for i := range maxServices + 50 {
		ld := plog.NewLogs()
		ld.ResourceLogs().AppendEmpty().Resource().Attributes().PutStr("service.name", fmt.Sprint(i))
		e.Logs(ld, "")
	}
	r := e.Finish()
	require.Len(t, r.Services, maxServices+1)
	others := r.Services[len(r.Services)-1]
	assert.Equal(t, OtherServices, others.Name)
	assert.EqualValues(t, 50, others.Elements[OnResource])
	assert.Zero(t, others.Score.Of, "nobody knows who failed")
	assert.EqualValues(t, Critical, r.Services[0].Score.Points)
}

// TestNothingIsKept: what came is let go of when its batch is done.
func TestNothingIsKept(t *testing.T) {
	e := engine(t, Options{Workers: 1}, everyProblem)
	before := heap()
	for i := range 20 {
		td := ptrace.NewTraces()
		span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		for n := range 50 {
			span.Attributes().PutStr(fmt.Sprint("http.url", n), strings.Repeat("x", 100_000)+fmt.Sprint(i))
		}
		e.Traces(td, "")
	}
	assert.Less(t, heap()-before, int64(4<<20))
	e.Finish()
}
