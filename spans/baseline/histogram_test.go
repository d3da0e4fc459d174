package baseline

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestCodesKeepOrderAndAThousandth(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 10})
	for range 100_000 {
		a, b := l.random.Uint64()>>l.random.IntN(64), l.random.Uint64()>>l.random.IntN(64)
		if a > b {
			a, b = b, a
		}
		if code(a) > code(b) || bucketOf(a) > bucketOf(b) {
			t.Fatalf("codes of %d and %d are in the wrong order", a, b)
		}
		if d := decode(code(a)); d > a || float64(a-d) > float64(a)/1024 {
			t.Fatalf("%d is decoded as %d", a, d)
		}
		if decodeFloat(code(a)) != float64(decode(code(a))) {
			t.Fatalf("%d is decoded as %v", a, decodeFloat(code(a)))
		}
		low, high := bucketEdges(bucketOf(a))
		if a < low || a > high || a >= 8 && float64(high) > 1.25*float64(low) {
			t.Fatalf("%d lies in the bucket from %d to %d", a, low, high)
		}
	}
	if bucketOf(math.MaxUint64) != allBuckets-1 {
		t.Error("the last bucket is not the largest value's")
	}
}

func TestQuantilesAreWithinTwelvePerCent(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 100})
	pick := func(share float64, a, b func() float64) func() float64 {
		return func() float64 {
			if l.random.Float64() < share {
				return b()
			}
			return a()
		}
	}
	constant := func(v float64) func() float64 { return func() float64 { return v } }
	for name, value := range map[string]func() float64{
		"narrow":                     l.logNormal(3*millisecond, 0.1),
		"wide":                       l.logNormal(20*millisecond, 1),
		"bimodal":                    pick(0.3, l.logNormal(50e3, 0.2), l.logNormal(80*millisecond, 0.4)),
		"first of its bucket":        constant(1 << 20),
		"last of its bucket":         constant(1<<20 - 1),
		"constant but for one in 50": pick(0.02, constant(1<<20), l.logNormal(1e9, 0.5)),
		"uniform":                    func() float64 { return 1e6 + 1e6*l.random.Float64() },
		"heavy":                      func() float64 { return millisecond / math.Pow(1-l.random.Float64(), 1/1.2) },
		"nanoseconds":                func() float64 { return float64(l.random.IntN(7)) + 1 },
		"zero":                       constant(0),
	} {
		op := l.op("quantiles", name)
		var all []float64
		for range 20_000 {
			v := math.Floor(value())
			all = append(all, v)
			l.learn(op, v)
		}
		l.now += int64(time.Minute)
		l.Tick(l.now)
		slices.Sort(all)
		n := l.Duration(op)
		for _, q := range []struct {
			got   float64
			share float64
		}{{n.P50, 0.5}, {n.P90, 0.9}, {n.P99, 0.99}} {
			near(t, name, q.got, all[int(math.Ceil(q.share*float64(len(all))))-1], 0.12)
		}
	}
}

func TestOutliersDoNotMoveTheBulkOutOfTheWindow(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	value := l.logNormal(1000, 0.3)
	l.run(op, 100, time.Minute, value)
	for range 20 {
		l.learn(op, 3600e9)
		l.learn(op, 0)
	}
	l.run(op, 100, time.Minute, value)
	near(t, "P50", l.Duration(op).P50, 1000, 0.12)
	near(t, "P90", l.Duration(op).P90, 1000*math.Exp(0.3*1.28), 0.12)
}

func TestBusySeriesForgetsNoFasterThanAQuietOne(t *testing.T) {
	l := newLab(t, Options{})
	var s series
	var buckets [timeBuckets]uint16
	learn := func(n int, v uint64) {
		for range n {
			l.learner.observe(&s, buckets[:], v, 10)
		}
	}
	learn(1_000_000, 1000)
	learn(500_000, 5000)
	near(t, "the weight", float64(s.weight()), 1.5e6, 0.03)
	low := buckets[bucketOf(1000)-int(s.base)]
	near(t, "the share of the older", float64(low)/float64(s.total), 2.0/3, 0.03)
}

func TestDecay(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	for range 10_000 {
		l.learn(op, 1000)
	}
	l.Tick(l.now)
	before := l.Duration(op).Count
	l.now += int64(time.Hour)
	l.learn(op, 1000)
	l.Tick(l.now)
	near(t, "the count after a half-life", float64(l.Duration(op).Count), float64(before)/2, 0.03)
	l.now += int64(1000 * time.Hour)
	l.learn(op, 1000)
	l.Tick(l.now)
	if n := l.Duration(op); !n.Known() || n.Count > 150 {
		t.Errorf("after very long, %d observations are left, should be about 100", n.Count)
	}
}

func TestLevelComesDown(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	l.run(op, 10, time.Hour, l.logNormal(1e9, 0.3))
	l.run(op, 10, 4*time.Hour, l.logNormal(1e3, 0.3))
	near(t, "P50", l.Duration(op).P50, 1e3, 0.12)
	if l.Stats().Froze > 0 {
		t.Error("being faster froze it")
	}
	l.run(op, 10, 4*time.Hour, l.logNormal(1e3, 0.3))
	near(t, "P99", l.Duration(op).P99, 1e3*math.Exp(0.3*2.33), 0.2)
}
