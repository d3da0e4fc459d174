package semconvlint

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// namedLogs finds every log record's name, and those that are called broken.
func namedLogs() []Rule {
	finder := func(id string, s Severity, when func(name string) bool) Rule {
		return Rule{Doc: &Doc{ID: id, Severity: s}, New: func(c *Context) Checker {
			return elementFunc(func(e *Element) {
				if e.Signal == OnLog && when(e.Name) {
					c.At(e, Report{Key: e.Name, Message: "it is there"})
				}
			})
		}}
	}
	return []Rule{
		finder("name", Note, func(name string) bool { return name != "broken" }),
		finder("broken", Error, func(name string) bool { return name == "broken" }),
		recordCount,
	}
}

// recordCount tells how many records there were, in the end.
var recordCount = Rule{Doc: &Doc{ID: "record-count", Severity: Note}, New: func(c *Context) Checker { return &recordCounter{c: c} }}

type recordCounter struct {
	c *Context
	n int
}

func (r *recordCounter) Element(e *Element) {
	if e.Signal == OnLog {
		r.n++
	}
}

func (r *recordCounter) Merge(other Checker) { r.n += other.(*recordCounter).n }

func (r *recordCounter) Finish() {
	r.c.Report(Report{Service: "s", Signal: OnService, Detail: fmt.Sprint(r.n)})
}

func logsNamed(service string, names ...string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", service)
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	for _, name := range names {
		records.AppendEmpty().SetEventName(name)
	}
	return ld
}

// TestFloodHidesNothing: what comes after more notes than there is room for is found, whether it is
// an error or what a rule tells in the end, and the notes are all counted.
func TestFloodHidesNothing(t *testing.T) {
	const services, names = 60, 1000
	e := engine(t, Options{Workers: 1}, namedLogs()...)
	for i := range services {
		flood := make([]string, names)
		for n := range flood {
			flood[n] = fmt.Sprint(n)
		}
		e.Logs(logsNamed(fmt.Sprint("service", i), flood...), "f")
	}
	e.Logs(logsNamed("s", "broken"), "f")
	r := e.Finish()
	require.Equal(t, "broken", r.Findings[0].Key)
	assert.Equal(t, Error, r.Findings[0].Severity)
	all, told := int64(0), 0
	for _, f := range r.Findings {
		if f.Rule == "name" {
			all += f.Count
		}
		if f.Rule == "record-count" {
			assert.Equal(t, fmt.Sprint(services*names+1), f.Detail)
			told++
		}
	}
	assert.Equal(t, 1, told)
	assert.EqualValues(t, services*names, all)
}

// TestBeyondBoundsTheSame: with more services and causes than are told apart, neither what is told nor
// how often depends on who saw what, and nothing is lost.
func TestBeyondBoundsTheSame(t *testing.T) {
	for _, c := range []struct{ services, names, findings int }{
		{300, 60, 300 * (1 + (maxCauses-300)/300)}, // a group has 32 causes, and those that are left
		{maxCauses * 3 / 2, 1, maxCauses + 1},      // one for each group, and one for the services that are left
		{maxCauses * 3 / 4, 1, maxCauses * 3 / 4},  // the second cause of a group has no room
	} {
		run := func(workers int, seed uint64) *Result {
			e := engine(t, Options{Workers: workers}, namedLogs()[:1]...)
			order := rand.New(rand.NewPCG(seed, 3)).Perm(c.services)
			var all sync.WaitGroup
			for part := range workers {
				all.Go(func() {
					for i := part; i < len(order); i += workers {
						for half := range 2 { // causes of one group come apart
							names := make([]string, c.names)
							for n := range names {
								names[n] = fmt.Sprint(n*2 + half)
							}
							e.Logs(logsNamed(fmt.Sprintf("Service%d", order[i]), names...), fmt.Sprint("f:", order[i]))
						}
					}
				})
			}
			all.Wait()
			return e.Finish()
		}
		want := run(1, 1)
		assert.Len(t, want.Findings, c.findings)
		total := int64(0)
		for _, f := range want.Findings {
			total += f.Count
		}
		assert.EqualValues(t, 2*c.services*c.names, total)
		for seed := range uint64(2) {
			got := run(4, seed)
			assert.True(t, reflect.DeepEqual(want.Findings, got.Findings), "%v, findings", c)
			assert.True(t, reflect.DeepEqual(want.Services, got.Services), "%v, services", c)
			assert.Equal(t, want.Elements, got.Elements)
			assert.Equal(t, want.Dropped, got.Dropped)
		}
	}
}

// TestFloodIsTheSameWhoeverWorks: which causes are told apart does not depend on who saw what.
func TestFloodIsTheSameWhoeverWorks(t *testing.T) {
	const batches, perBatch = 50, 100
	run := func(workers int, order []int) *Result {
		e := engine(t, Options{Workers: workers}, namedLogs()...)
		next := make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := range next {
					names := make([]string, perBatch)
					for n := range names {
						names[n] = fmt.Sprint((i*perBatch + n) % (3 * perBatch * batches / 4)) // some twice
					}
					e.Logs(logsNamed("s", names...), fmt.Sprint("f:", i))
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
	want := run(1, rand.New(rand.NewPCG(1, 1)).Perm(batches))
	more := slices.IndexFunc(want.Findings, func(f Finding) bool { return f.Detail == Untold })
	require.GreaterOrEqual(t, more, 0)
	assert.EqualValues(t, want.Findings[more].Count, want.Dropped)
	assert.Equal(t, "f:0", want.Findings[more].Example.Source)
	require.Len(t, want.Findings, maxTold+2, "those, one for the others, and what is told in the end")
	for i := range 4 {
		assert.Equal(t, want, run(1+7*(i%2), rand.New(rand.NewPCG(uint64(i), 2)).Perm(batches)))
	}
}
