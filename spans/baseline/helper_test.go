package baseline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/koine-otel/koine/spans/tree"
)

// lab is a baseline on a virtual clock.
type lab struct {
	testing.TB
	*Baseline
	now    int64
	random *rand.Rand
}

func newLab(t testing.TB, o Options) *lab {
	return &lab{TB: t, Baseline: New(o), now: int64(time.Hour), random: rand.New(rand.NewPCG(1, 2))}
}

func named(service, name string) Identity {
	return Identity{Environment: "production", Namespace: "shop", Service: service, Name: name, Kind: tree.Server}
}

func (l *lab) op(service, name string) Operation {
	id := named(service, name)
	return l.Intern(id.Hash(), l.now, func() Identity { return id })
}

func (l *lab) learn(op Operation, duration float64) {
	l.Learn([]SpanObservation{{Operation: op, Duration: uint64(duration), Self: uint64(duration / 2), Children: 3}}, nil, l.now)
}

// run lets an operation be observed at a rate for a time, with a Tick a second.
func (l *lab) run(op Operation, perSecond int, d time.Duration, value func() float64) {
	for end := l.now + int64(d); l.now < end; {
		for range perSecond {
			l.now += int64(time.Second) / int64(perSecond)
			l.learn(op, value())
		}
		l.Tick(l.now)
	}
}

func (l *lab) logNormal(median, sigma float64) func() float64 {
	return func() float64 { return median * math.Exp(sigma*l.random.NormFloat64()) }
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s is %.4g, should be %.4g within %.0f %%", what, got, want, tolerance*100)
	}
}

const millisecond = 1e6

func operationName(i int) string { return fmt.Sprintf("GET /shop/%06d/of/many/products", i) } // 30 bytes
