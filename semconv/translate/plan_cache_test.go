package translate

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// TestPlanMemory: whoever sends no shape twice, but each often enough to be remembered,
// does not get more memory than plans and arrangements have, nor what is in use forgotten
// for long.
func TestPlanMemory(t *testing.T) {
	table := New(Options{}, Embedded()...)
	var keys []string
	for _, a := range registry.Attributes() {
		if a.Type&registry.Template == 0 {
			keys = append(keys, a.Key)
		}
	}
	live := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	var workers sync.WaitGroup
	for n := range uint64(2) {
		workers.Go(func() {
			var r Result
			rng := rand.New(rand.NewPCG(n, 0))
			mine := append([]string(nil), keys...)
			in := Input{Values: make([]Value, maxPlanned)}
			for i := range in.Values {
				in.Values[i] = StringValue("x")
			}
			for range 1500 {
				rng.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				in.Keys, in.Place = mine[:maxPlanned], Place(1<<rng.IntN(11))
				for range 2 {
					table.Translate(&in, &r)
				}
			}
		})
	}
	workers.Wait()
	// A span's bytes are estimated, and what the allocator adds is not: a quarter.
	const limit = 2 * planBytes * 5 / 4
	if grown := int64(live()) - int64(before); grown > limit {
		t.Errorf("%d MiB are live, of %d remembered", grown>>20, limit>>20)
	} else if grown < planBytes/4 {
		t.Errorf("%d KiB are live: nothing is remembered", grown>>10)
	}
	if got := table.plans.bytes.Load(); got > planBytes || got < planBytes/2 {
		t.Errorf("plans say they take %d KiB", got>>10)
	}
	var sum int64
	for i := range table.plans.slots {
		if p := table.plans.slots[i].Load(); p != nil {
			sum += p.size()
		}
	}
	if got := table.plans.bytes.Load(); got != sum {
		t.Errorf("plans say they take %d bytes and take %d", got, sum)
	}
	var r Result
	in := of("http.method", "GET", "server.port", 80).input(Client)
	for range 3 {
		table.Translate(in, &r)
	}
	if hits, _ := r.TakePlanStats(); hits != 2 {
		t.Errorf("%d of 2 hits after that", hits)
	}
	runtime.KeepAlive(table)
}

// TestLargeShapesAreNotRemembered: a plan of more keys is made each time.
func TestLargeShapesAreNotRemembered(t *testing.T) {
	table := New(Options{}, Embedded()...)
	var in Input
	in.Place = Client
	for _, a := range registry.Attributes()[:maxPlanned+1] {
		in.Keys, in.Values = append(in.Keys, a.Key), append(in.Values, StringValue("x"))
	}
	var r Result
	for range 3 {
		table.Translate(&in, &r)
	}
	if hits, misses := r.TakePlanStats(); hits != 0 || misses != 3 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
	if n := table.plans.bytes.Load(); n != 0 {
		t.Errorf("%d bytes are remembered", n)
	}
}
