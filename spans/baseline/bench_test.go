package baseline

import (
	"fmt"
	"testing"
)

func BenchmarkLearn(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, ops, _ := crowd(b, n)
			spans := make([]SpanObservation, 1<<17)
			value := l.logNormal(millisecond, 0.5)
			for i := range spans {
				v := uint64(value())
				spans[i] = SpanObservation{Operation: ops[l.random.IntN(n)], Children: uint32(i % 5), Duration: v, Self: v / 2 * uint64(i%2)}
			}
			const trace = 64
			for range 20 * (1 + n/10_000) {
				l.Learn(spans, nil, l.now)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += trace {
				l.now += 64 * 2000 // 500,000 a second
				at := i % len(spans)
				l.Learn(spans[at:at+trace], nil, l.now)
			}
		})
	}
}

func BenchmarkLearnSite(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, _, sites := crowd(b, n)
			l.random.Shuffle(n, func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
			for range 20 {
				l.Learn(nil, sites, l.now)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				l.now += 2000
				l.Learn(nil, sites[i%n:i%n+1], l.now)
			}
		})
	}
}

func BenchmarkIntern(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, ops, _ := crowd(b, n)
			hashes := make([]uint64, n)
			for i, op := range ops {
				hashes[i] = l.Identity(op).Hash()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				l.now += 20
				l.Intern(hashes[i%n], l.now, nil)
			}
		})
	}
}

// BenchmarkInternOverflow is a flood of new names of one service.
func BenchmarkInternOverflow(b *testing.B) {
	l := newLab(b, Options{MaxOperations: 100_000})
	b.ReportAllocs()
	id := named("shop", "GET /")
	identify := func() Identity { return id }
	for i := range b.N {
		l.Intern(uint64(i)*0x9e3779b97f4a7c15, l.now, identify)
	}
}

func BenchmarkHash(b *testing.B) {
	id := named("shop", operationName(7))
	service := ServiceHash(id.Environment, id.Namespace, id.Service)
	b.ReportAllocs()
	for b.Loop() {
		OperationHash(service, id.Name, id.Kind)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		l, ops, sites := crowd(b, n)
		for range 60 {
			l.Learn(nil, sites, l.now)
		}
		b.Run(fmt.Sprint("duration/", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				l.Duration(ops[i%n])
			}
		})
		b.Run(fmt.Sprint("site/", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				s := &sites[i%n]
				l.Site(s.Entry, s.Parent, s.Operation)
			}
		})
		b.Run(fmt.Sprint("surprise/", n), func(b *testing.B) {
			norm := unpack(pack(100, 200, 400, 100), timeFloor)
			b.ReportAllocs()
			for i := range b.N {
				norm.Surprise(float64(i % 1000))
			}
		})
	}
}

func BenchmarkTick(b *testing.B) {
	l, ops, sites := crowd(b, 100_000)
	spans := make([]SpanObservation, len(ops))
	for i, op := range ops {
		spans[i] = SpanObservation{Operation: op, Duration: millisecond, Self: 5}
	}
	l.Learn(spans, sites, l.now)
	b.ReportAllocs()
	for b.Loop() {
		l.now += 1 << clockBits
		l.Tick(l.now)
	}
}
