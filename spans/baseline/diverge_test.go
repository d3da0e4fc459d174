package baseline

import (
	"math"
	"testing"
	"time"
)

func TestDriftIsFollowed(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	l.run(op, 5, 3*time.Hour, l.logNormal(10*millisecond, 0.4))
	start := l.now
	level := func() float64 { return 10 * millisecond * math.Pow(3, float64(l.now-start)/float64(24*time.Hour)) }
	for range 24 {
		l.run(op, 5, time.Hour, func() float64 { return l.logNormal(level(), 0.4)() })
		near(t, "P50", l.Duration(op).P50, level(), 0.25)
		near(t, "P99", l.Duration(op).P99, level()*math.Exp(0.4*2.33), 0.25)
	}
	if s := l.Stats(); s.Froze > 0 {
		t.Errorf("the drift froze it %d times", s.Froze)
	}
}

func TestIncidentStaysAnIncident(t *testing.T) {
	for _, perSecond := range []int{1, 10, 200} {
		l := newLab(t, Options{})
		op := l.op("a", "b")
		const level = 10 * millisecond
		healthy := 30 * time.Minute
		l.run(op, perSecond, healthy, l.logNormal(level, 0.3))
		before := l.Duration(op)
		l.run(op, perSecond, 2*time.Hour, l.logNormal(5*level, 0.3))
		after := l.Duration(op)
		if s := after.Surprise(5 * level); s < 3 {
			t.Errorf("at %d/s: at the incident's end its median is a surprise of %.2f", perSecond, s)
		}
		near(t, "P99 after the incident", after.P99, before.P99, 0.15)
		if l.Stats().Frozen == 0 {
			t.Errorf("at %d/s: the incident did not freeze it", perSecond)
		}
		l.run(op, perSecond, 2*time.Minute, l.logNormal(level, 0.3))
		if n := l.Stats().Frozen; n > 0 {
			t.Errorf("at %d/s: %d are still frozen after the incident", perSecond, n)
		}
		l.run(op, perSecond, healthy, l.logNormal(level, 0.3))
		near(t, "P50 after all", l.Duration(op).P50, level, 0.12)
	}
}

func TestDeploymentBecomesNormal(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	const level = 10 * millisecond
	l.run(op, 10, time.Hour, l.logNormal(level, 0.3))
	l.run(op, 10, defaultFreeze-time.Minute, l.logNormal(5*level, 0.3))
	if s := l.Duration(op).Surprise(5 * level); s < 3 {
		t.Errorf("before MaxFreeze is over it is a surprise of %.2f", s)
	}
	l.run(op, 10, 4*time.Minute, l.logNormal(5*level, 0.3))
	near(t, "P50", l.Duration(op).P50, 5*level, 0.12)
	if s := l.Duration(op).Surprise(5 * level); s > 1 {
		t.Errorf("after MaxFreeze it is a surprise of %.2f", s)
	}
	if s := l.Stats(); s.GaveIn == 0 || s.Frozen > 0 {
		t.Errorf("gave in %d times, %d frozen", s.GaveIn, s.Frozen)
	}
}

func TestNothingFreezesBeforeItIsKnown(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	for i := range 49 {
		l.learn(op, math.Pow(1.5, float64(i)))
	}
	if s := l.Stats(); s.Froze > 0 {
		t.Error("it froze in its first 49 observations")
	}
	if l.Duration(op).Known() {
		t.Error("49 observations are known")
	}
}

func TestOneTraceWithManyCallsFreezesForItselfOnly(t *testing.T) {
	l := newLab(t, Options{})
	op := l.op("a", "b")
	l.run(op, 10, time.Hour, l.logNormal(millisecond, 0.3))
	for range 500 {
		l.learn(op, 100*millisecond)
	}
	near(t, "P99", l.Duration(op).P99, millisecond*math.Exp(0.3*2.33), 0.2)
	l.run(op, 10, time.Minute, l.logNormal(millisecond, 0.3))
	if l.Stats().Frozen > 0 {
		t.Error("it is frozen still")
	}
}

func TestRepeatedCallsStayASurprise(t *testing.T) {
	l := newLab(t, Options{})
	entry, parent, op := l.op("a", "entry"), l.op("a", "parent"), l.op("b", "query")
	site := func(n uint32) []SiteObservation {
		return []SiteObservation{{Entry: entry, Parent: parent, Operation: op, Count: n, Sum: uint64(n) * millisecond}}
	}
	for range 1000 {
		l.now += int64(time.Second)
		l.Learn(nil, site(1), l.now)
	}
	for range 7200 {
		l.now += int64(time.Second)
		l.Learn(nil, site(40), l.now)
		l.Tick(l.now)
	}
	count, sum := l.Site(entry, parent, op)
	if count.P50 != 1 || count.P99 > 1 {
		t.Errorf("the number of calls is %v at P50, %v at P99, should be 1", count.P50, count.P99)
	}
	if s := count.Surprise(10); s < 4 {
		t.Errorf("ten calls where there is always one are a surprise of %.2f", s)
	}
	if s := count.Surprise(2); s > 3 || s < 2 {
		t.Errorf("two calls where there is always one are a surprise of %.2f", s)
	}
	if s := sum.Surprise(40 * millisecond); s < 4 {
		t.Errorf("forty calls' time is a surprise of %.2f", s)
	}
	if count, _ := l.Site(parent, entry, op); count.Known() || count.Surprise(100) != 0 {
		t.Error("a site that was never learned has a norm")
	}
}
