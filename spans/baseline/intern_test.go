package baseline

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/koine-otel/koine/spans/tree"
)

func TestHashIsStable(t *testing.T) {
	id := Identity{Environment: "production", Namespace: "shop", Service: "cart", Name: "GET /cart", Kind: tree.Server}
	// Snapshots of other processes depend on it.
	if got, want := id.Hash(), uint64(0x821a339a259d16b7); got != want {
		t.Errorf("the hash is %#x, was %#x", got, want)
	}
	seen := map[uint64]Identity{}
	for _, other := range []Identity{
		{}, id, {"shop", "production", "cart", "GET /cart", tree.Server}, {"production", "shopcart", "", "GET /cart", tree.Server},
		{"production", "", "shopcart", "GET /cart", tree.Server}, {"production", "shop", "cart", "GET /cart", tree.Client},
		{"production", "shop", "cart", "", tree.Server}, {"production", "shop", "GET /cart", "cart", tree.Server},
	} {
		if same, ok := seen[other.Hash()]; ok {
			t.Errorf("%v and %v have one hash", same, other)
		}
		seen[other.Hash()] = other
	}
}

func TestInternGivesOneNumberForOneIdentity(t *testing.T) {
	l := newLab(t, Options{})
	seen := map[Operation]string{}
	for range 2 {
		for i := range 5000 {
			name := operationName(i)
			op := l.op("shop", name)
			if other, ok := seen[op]; ok && other != name || op == Other {
				t.Fatalf("%s and %s have number %d", name, other, op)
			}
			seen[op] = name
			if id := l.Identity(op); id != named("shop", name) {
				t.Fatalf("the identity of %s is %v", name, id)
			}
		}
	}
	service := l.Service(l.op("shop", operationName(1)))
	if want := named("shop", "").service(); l.Identity(service) != want || l.Service(service) != service {
		t.Errorf("the service's entry is %v of %d, should be %v of itself", l.Identity(service), l.Service(service), want)
	}
	own := named("shop", "").service()
	if op := l.Intern(own.Hash(), l.now, func() Identity { return own }); op != service {
		t.Errorf("the service's own identity has number %d, its entry %d", op, service)
	}
	if s := l.Stats(); s.Operations != 5001 || s.Services != 1 {
		t.Errorf("there are %d operations and %d services", s.Operations, s.Services)
	}
	if l.Identity(Other) != (Identity{}) || l.Service(Other) != Other || l.Duration(Other).Known() || l.Identity(1<<31) != (Identity{}) {
		t.Error("Other or an impossible number is something")
	}
}

func TestLongNamesAreOne(t *testing.T) {
	l := newLab(t, Options{})
	long := strings.Repeat("é", 1000)
	a, b := l.op("shop", "a"+long+"1"), l.op("shop", "a"+long+"2")
	if a != b {
		t.Error("names that agree in 256 bytes are two operations")
	}
	if name := l.Identity(a).Name; len(name) > maxName || len(name) < maxName-4 || !utf8.ValidString(name) {
		t.Errorf("what is kept of a name of 2,002 bytes is %q", name)
	}
}

func TestNewOperationFallsBackToItsService(t *testing.T) {
	l := newLab(t, Options{})
	for i := range 20 {
		op := l.op("shop", operationName(i))
		for range 100 {
			l.learn(op, 5*millisecond)
		}
	}
	l.Tick(l.now)
	fresh := l.op("shop", "new")
	l.learn(fresh, 900*millisecond)
	near(t, "the duration", l.Duration(fresh).P50, 5*millisecond, 0.01)
	near(t, "the self time", l.Self(fresh).P50, 2.5*millisecond, 0.01)
	if _, known := l.Children(fresh); known {
		t.Error("a new operation's children are known")
	}
	if n, known := l.Children(l.op("shop", operationName(3))); n != 3 || !known {
		t.Errorf("the median of children is %d (%v), should be 3", n, known)
	}
	if l.Duration(l.op("other", "new")).Known() {
		t.Error("a new service has a norm")
	}
}

func TestURLsInNamesCostTheirServiceOnly(t *testing.T) {
	const limit = 8000
	names := 2_000_000
	if testing.Short() {
		names = 200_000
	}
	l := newLab(t, Options{MaxOperations: limit})
	healthy := l.op("healthy", "GET /")
	for range 1000 {
		l.learn(healthy, millisecond)
	}
	before := l.Bytes()
	shop := ServiceHash("production", "shop", "shop")
	name := []byte("GET /product/00000000")
	var ops [1]SpanObservation
	start := time.Now()
	for i := range names {
		for at, rest := len(name)-1, i; at > 12; at, rest = at-1, rest/10 {
			name[at] = byte('0' + rest%10)
		}
		ops[0] = SpanObservation{Duration: 7 * millisecond, Operation: l.Intern(OperationHash(shop, string(name), tree.Server), l.now, func() Identity {
			return named("shop", string(name))
		})}
		l.Learn(ops[:], nil, l.now)
	}
	t.Logf("%v each", time.Since(start)/time.Duration(names))
	s := l.Stats()
	if s.Operations > limit/serviceShare+4 || s.Overflowed != uint64(names-limit/serviceShare) {
		t.Errorf("there are %d operations, %d overflowed", s.Operations, s.Overflowed)
	}
	if grown := l.Bytes() - before; grown > limit*700 {
		t.Errorf("it took %d bytes", grown)
	}
	near(t, "the flooded service's P50", l.Duration(l.op("shop", "one more")).P50, 7*millisecond, 0.01)
	near(t, "the other's P50", l.Duration(healthy).P50, millisecond, 0.01)
	if op := l.op("healthy", "POST /"); l.Identity(op).Name != "POST /" {
		t.Error("the other service has no room")
	}
}

func TestFullTableGivesServicesAndOther(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 100})
	for i := range 50 {
		l.op(fmt.Sprint("service", i), "GET /")
	}
	if op := l.op("service7", "POST /"); op != l.Service(l.op("service7", "GET /")) {
		t.Errorf("an operation without room has number %d", op)
	}
	if op := l.op("another", "GET /"); op != Other {
		t.Errorf("a service without room has number %d", op)
	}
	if s := l.Stats(); s.Operations != 100 || s.Overflowed != 2 {
		t.Errorf("there are %d operations, %d overflowed", s.Operations, s.Overflowed)
	}
}

func TestQuietOperationsMakeRoom(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 1000})
	var ops []Operation
	for i := range 980 {
		ops = append(ops, l.op(fmt.Sprint("service", i/49), operationName(i)))
	}
	used := ops[5]
	for _, op := range ops {
		l.Learn([]SpanObservation{{Operation: op, Duration: 5}}, []SiteObservation{{used, Other, op, 1, 1}}, l.now)
	}
	wait := func(d time.Duration) {
		for end := l.now + int64(d); l.now < end; l.now += int64(time.Second) {
			l.op("service0", operationName(5))
			l.Tick(l.now)
		}
	}
	wait(9 * time.Minute)
	if s := l.Stats(); s.Evicted > 0 || s.Operations != 1000 {
		t.Fatalf("%d were evicted before their time", s.Evicted)
	}
	wait(2 * time.Minute)
	s := l.Stats()
	if s.Evicted == 0 || s.Operations >= 1000-1000/spareShare+1 || s.Operations < 900 {
		t.Fatalf("%d were evicted, there are %d operations", s.Evicted, s.Operations)
	}
	if l.op("service0", operationName(5)) != used || l.Identity(used).Name != operationName(5) {
		t.Error("one in use lost its number")
	}
	left := 0
	for i, op := range ops {
		if l.Identity(op).Name == operationName(i) {
			left++
		}
	}
	if sites := l.Stats().Sites; sites != left || left == len(ops) {
		t.Errorf("there are %d sites of %d operations", sites, left)
	}
	for i := range 40 {
		op := l.op("new", fmt.Sprint(i))
		if l.Identity(op) != named("new", fmt.Sprint(i)) || l.Duration(op).Count > 0 {
			t.Fatalf("the new one, number %d, is %v", op, l.Identity(op))
		}
	}
	// Whatever has gone, what is left is found.
	for op := Operation(1); op <= 1000; op++ {
		if id := l.Identity(op); id != (Identity{}) {
			if got := l.Intern(id.Hash(), l.now, nil); got != op {
				t.Fatalf("%v has number %d, was %d", id, got, op)
			}
		}
	}
	// Held for too long: no one's.
	l.Learn([]SpanObservation{{Operation: 999_999, Duration: 5}}, []SiteObservation{{used, used, 999_999, 1, 1}}, l.now)
}

func TestFloodedServiceLearnsAgainWhenItsNamesAreQuiet(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 1000})
	for i := range 200 {
		l.op("shop", operationName(i))
	}
	if op := l.op("shop", "GET /"); l.Identity(op).Name != "" {
		t.Fatal("there is room")
	}
	for range 12 * 60 {
		l.now += int64(time.Second)
		l.Tick(l.now)
	}
	if op := l.op("shop", "GET /"); l.Identity(op).Name != "GET /" {
		t.Error("there is no room")
	}
}

func TestSitesAreBoundAndTheKnownStay(t *testing.T) {
	l := newLab(t, Options{MaxOperations: 100, MaxSites: 64})
	var ops [20]Operation
	for i := range ops {
		ops[i] = l.op("a", fmt.Sprint(i))
	}
	known := []SiteObservation{{ops[0], ops[0], ops[0], 2, 100}}
	for range 100 {
		l.Learn(nil, known, l.now)
	}
	for i := range 50_000 {
		l.now += int64(10 * time.Millisecond)
		l.Learn(nil, []SiteObservation{{ops[i%20], ops[i/20%20], ops[i/400%19+1], 1, 1}}, l.now)
	}
	s := l.Stats()
	if s.Sites != 64 || s.EvictedSites == 0 || s.RefusedSites == 0 {
		t.Errorf("there are %d sites, %d made room, %d were refused", s.Sites, s.EvictedSites, s.RefusedSites)
	}
	if count, _ := l.Site(ops[0], ops[0], ops[0]); count.P50 != 2 {
		t.Error("the known site made room")
	}
}
