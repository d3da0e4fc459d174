package baseline

import (
	"fmt"
	"runtime"
	"testing"
)

// crowd is a baseline with so many operations of a hundred services, and as many sites.
func crowd(t testing.TB, n int) (*lab, []Operation, []SiteObservation) {
	l := newLab(t, Options{MaxOperations: n + n/10})
	ops := make([]Operation, n)
	sites := make([]SiteObservation, n)
	for i := range ops {
		ops[i] = l.op(fmt.Sprint("service", i%100), operationName(i))
		sites[i] = SiteObservation{Entry: ops[i/3], Parent: ops[i/2], Operation: ops[i], Count: 2, Sum: millisecond}
	}
	return l, ops, sites
}

func TestMemory(t *testing.T) {
	const n = 100_000
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	l := newLab(t, Options{MaxOperations: n})
	ops := make([]Operation, n)
	for i := range ops {
		ops[i] = l.op(fmt.Sprint("service", i%100), operationName(i))
		l.learn(ops[i], millisecond)
	}
	taken := heap()
	for i := range ops {
		l.Learn(nil, []SiteObservation{{ops[i/3], ops[i/2], ops[i], 2, millisecond}}, l.now)
	}
	after := heap()
	s := l.Stats()
	if s.Operations != n || s.Sites < n-200 {
		t.Fatalf("there are %+v", s)
	}
	got := after - before - 4*n // without the numbers
	t.Logf("%.1f MiB (operations %.1f), says %.1f MiB", got/(1<<20), (taken-before)/(1<<20), float64(l.Bytes())/(1<<20))
	if got > 64<<20 {
		t.Errorf("it takes %.1f MiB", got/(1<<20))
	}
	near(t, "Bytes", float64(l.Bytes()), got, 0.1)
	runtime.KeepAlive(l)
}

func TestNothingIsAllocated(t *testing.T) {
	l, ops, sites := crowd(t, 1000)
	spans := make([]SpanObservation, 100)
	hash := named("service3", operationName(3)).Hash()
	turn := func() {
		for i := range spans {
			spans[i] = SpanObservation{Operation: ops[l.random.IntN(len(ops))], Children: 2, Duration: l.random.Uint64N(1e9), Self: l.random.Uint64N(1e8)}
		}
		l.now += 2e9
		l.Learn(spans, sites[:20], l.now)
		l.Tick(l.now)
		op := l.Intern(hash, l.now, nil)
		l.Duration(op).Surprise(1e9)
		l.Self(op)
		l.Children(op)
		l.Site(sites[3].Entry, sites[3].Parent, sites[3].Operation)
	}
	turn()
	if n := testing.AllocsPerRun(200, turn); n > 0 {
		t.Errorf("%v allocations a turn", n)
	}
}
