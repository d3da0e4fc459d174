package baseline

import (
	"math"
	"testing"
)

func TestSurpriseNeverFalls(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 10})
	for range 2000 {
		var q [3]uint64
		for i := range q {
			if l.random.IntN(5) > 0 {
				q[i] = l.random.Uint64() >> (20 + l.random.IntN(44))
			}
			if i > 0 && (q[i] < q[i-1] || l.random.IntN(4) == 0) {
				q[i] = q[i-1]
			}
		}
		n := unpack(pack(q[0], q[1], q[2], 100), []float64{timeFloor, callFloor}[l.random.IntN(2)])
		last := 0.0
		for x := 0.25; x < 1e20; x *= 1.07 {
			s := n.Surprise(x)
			if s < last || s > surpriseMost || math.IsNaN(s) {
				t.Fatalf("%+v: the surprise of %v is %v, after %v", n, x, s, last)
			}
			last = s
		}
		if n.Surprise(n.P50) != 0 || n.Surprise(n.P99) > surpriseP99+1e-9 || last <= surpriseP99 {
			t.Fatalf("%+v: surprises of P50, P99 and the end are %v, %v, %v", n, n.Surprise(n.P50), n.Surprise(n.P99), last)
		}
	}
}

func TestSurpriseAtQuantiles(t *testing.T) {
	n := unpack(pack(100, 200, 400, 1000), timeFloor)
	for x, want := range map[float64]float64{0: 0, 100: 0, 200: 1, 400: 2, 800: 3, 1600: 4, 1e30: 12, math.Inf(1): 12, math.NaN(): 0} {
		if got := n.Surprise(x); math.Abs(got-want) > 0.01 {
			t.Errorf("the surprise of %v is %v, should be %v", x, got, want)
		}
	}
	if got := n.Surprise(101); got < 0.3 || got > 0.32 {
		t.Errorf("just above P50 the surprise is %v", got)
	}
	if (Norm{}).Surprise(1e9) != 0 || (Norm{}).Known() {
		t.Error("the zero Norm says something")
	}
}
