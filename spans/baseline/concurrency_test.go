package baseline

import (
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestAllAtOnce has names come and go while they are interned, read, learned and written. The
// clock runs so fast that operations are evicted; none is held for longer than one turn.
func TestAllAtOnce(t *testing.T) {
	b := New(Options{MaxOperations: 400, MaxSites: 100})
	var now atomic.Int64
	now.Store(int64(time.Hour))
	var stop atomic.Bool
	var wait sync.WaitGroup
	for worker := range 3 {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for !stop.Load() {
				id := named([]string{"a", "b", "c"}[random.IntN(3)], operationName(random.IntN(50)+int(now.Load()/int64(time.Hour))%40*20))
				at := now.Load()
				op := b.Intern(id.Hash(), at, func() Identity { return id })
				if got := b.Identity(op); now.Load()-at < int64(5*time.Minute) && op != Other && got != id && got != id.service() {
					t.Errorf("%v is %v", id, got)
					return
				}
				if n := b.Duration(op); n.P50 > n.P99 {
					t.Errorf("quantiles out of order: %+v", n)
				}
				b.Self(op)
				b.Children(op)
				b.Site(op, op-1, op)
				b.Bytes()
				b.Stats()
			}
		})
	}
	random := rand.New(rand.NewPCG(9, 9))
	for end := time.Now().Add(700 * time.Millisecond); time.Now().Before(end); {
		at := now.Add(int64(20 * time.Second))
		for range 100 {
			op := Operation(random.IntN(401))
			b.Learn([]SpanObservation{{op, 1, random.Uint64N(1e9), 5}}, []SiteObservation{{op, op - min(op, 1), op, 1, 1}}, at)
		}
		b.Tick(at)
		if random.IntN(100) == 0 {
			if _, err := b.WriteTo(io.Discard); err != nil {
				t.Error(err)
			}
		}
	}
	stop.Store(true)
	wait.Wait()
	s := b.Stats()
	t.Logf("%+v", s)
	if s.Evicted == 0 || s.Sites == 0 {
		t.Error("nothing was evicted: the test shows nothing")
	}
}
