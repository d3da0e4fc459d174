package baseline

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cespare/xxhash/v2"
)

// learned has some operations and sites of all shapes.
func learned(t testing.TB) *lab {
	l := newLab(t, Options{MaxOperations: 2000})
	var ops []Operation
	for i := range 60 {
		ops = append(ops, l.op(fmt.Sprint("service", i%7), operationName(i)))
	}
	for i := range 30_000 {
		l.now += int64(time.Second)
		op := ops[l.random.IntN(60)]
		l.Learn([]SpanObservation{{
			Operation: op, Duration: uint64(l.logNormal(millisecond*float64(op), 0.8)()), Self: uint64(l.random.IntN(1e6)), Children: uint32(op),
		}}, []SiteObservation{{ops[0], ops[i%5], op, uint32(i % 9), uint64(l.random.IntN(1e9))}, {Other, Other, op, 1, math.MaxUint64}}, l.now)
		l.Tick(l.now)
	}
	return l
}

func snapshot(t testing.TB, b *Baseline) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := b.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("wrote %d bytes, said %d: %v", out.Len(), n, err)
	}
	return out.Bytes()
}

func TestSnapshotBringsEveryNormBack(t *testing.T) {
	from := learned(t)
	data := snapshot(t, from.Baseline)
	to := New(Options{MaxOperations: 5000})
	to.Intern(named("first", "comer").Hash(), 0, func() Identity { return named("first", "comer") })
	if n, err := to.ReadFrom(bytes.NewReader(data)); err != nil || n != int64(len(data)) {
		t.Fatalf("read %d of %d bytes: %v", n, len(data), err)
	}
	numbers := map[Operation]Operation{Other: Other}
	for op := Operation(1); op <= 67; op++ {
		id := from.Identity(op)
		other := to.Intern(id.Hash(), 0, nil)
		numbers[op] = other
		if got := to.Identity(other); got != id {
			t.Errorf("%v is %v", id, got)
		}
		if from.Duration(op) != to.Duration(other) || from.Self(op) != to.Self(other) || !to.Duration(other).Known() {
			t.Errorf("%v: the norms are %v and %v, were %v and %v", id, to.Duration(other), to.Self(other), from.Duration(op), from.Self(op))
		}
		typical, known := from.Children(op)
		if again, k := to.Children(other); again != typical || k != known {
			t.Errorf("%v: the median of children is %d, was %d", id, again, typical)
		}
	}
	known := 0
	for entry := range numbers {
		for parent := range numbers {
			for op := range numbers {
				count, sum := from.Site(entry, parent, op)
				if c, s := to.Site(numbers[entry], numbers[parent], numbers[op]); c != count || s != sum {
					t.Fatalf("the norms of a site are %v and %v, were %v and %v", c, s, count, sum)
				}
				if count.Known() {
					known++
				}
			}
		}
	}
	if s := to.Stats(); s.Operations != 69 || s.Sites != from.Stats().Sites || s.Sites < 300 || known < 60 {
		t.Errorf("there are %+v, were %+v", s, from.Stats())
	}
	// It goes on learning.
	to.Tick(from.now)
	to.Learn([]SpanObservation{{Operation: numbers[3], Duration: 1}}, nil, from.now)
}

func TestSnapshotChangesNothingThatWasLearned(t *testing.T) {
	from := learned(t)
	to := newLab(t, Options{MaxOperations: 30}) // and has not room for all
	id := from.Identity(2)
	own := to.op(id.Service, id.Name)
	for range 100 {
		to.learn(own, 77)
	}
	if _, err := to.ReadFrom(bytes.NewReader(snapshot(t, from.Baseline))); err != nil {
		t.Fatal(err)
	}
	near(t, "P50", to.Duration(own).P50, 77, 0)
	if n := to.Stats().Operations; n != 30 {
		t.Errorf("there are %d operations", n)
	}
}

func TestBadSnapshotsChangeNothing(t *testing.T) {
	whole := snapshot(t, learned(t).Baseline)
	sealed := func(body string) []byte {
		data := append([]byte(magic), body...)
		return binary.LittleEndian.AppendUint64(data, xxhash.Sum64(data))
	}
	changed := func(at int) []byte {
		data := slices.Clone(whole)
		data[at] ^= 0x10
		return data
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":          {nil, "truncated"},
		"other file":     {[]byte("PK\x03\x04 something else entirely"), "not a snapshot"},
		"newer":          {sealed("\x02\x00\x00\x00"), "version 2, this is for version 1"},
		"cut":            {whole[:len(whole)/2], "damaged"},
		"cut short":      {whole[:len(magic)+3], "truncated"},
		"damaged":        {changed(len(whole) / 3), "damaged"},
		"damaged sum":    {changed(len(whole) - 1), "damaged"},
		"no end":         {sealed("\x01\x00\x00"), "truncated"},
		"trailing":       {sealed("\x01\x00\x00\x00\x00"), "more than a snapshot"},
		"huge name":      {sealed("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "length of a name"},
		"no service":     {sealed("\x01\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00"), "should be below 1"},
		"service 0":      {sealed("\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"), "no service"},
		"no operation":   {sealed("\x01\x00\x00\x01\x00\x00\x09"), "should be below"},
		"bucket 99":      {sealed("\x01\x01\x00\x00\x00\x01\x00\x00\x00\x00\x63\x01\x00"), "gap"},
		"empty quantity": {sealed("\x01\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00"), "a quantity of nothing"},
		"extremes":       {sealed("\x01\x01\x00\x00\x00\x01\x00\x00\x03\x04\x01\x01\x00"), "extremes"},
	} {
		b := New(Options{MaxOperations: 100})
		_, err := b.ReadFrom(bytes.NewReader(c.data))
		if name == "empty" {
			if err == nil {
				t.Error("nothing is a snapshot")
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "baseline: snapshot: ") {
			t.Errorf("%s: the error is %v, should say %q", name, err, c.want)
		}
		if b.Stats() != (Stats{}) {
			t.Errorf("%s: it changed something: %+v", name, b.Stats())
		}
	}
	b := New(Options{})
	if _, err := b.ReadFrom(iotest.ErrReader(errors.New("disk gone"))); err == nil || !strings.Contains(err.Error(), "disk gone") {
		t.Errorf("the reader's error became %v", err)
	}
	if _, err := b.WriteTo(failing{}); err == nil {
		t.Error("the writer's error was lost")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// FuzzReadFrom reads a snapshot's content behind a right checksum, so that the decoder sees it.
func FuzzReadFrom(f *testing.F) {
	l := newLab(f, Options{MaxOperations: 20})
	op := l.op("a", "b")
	for range 60 {
		l.Learn([]SpanObservation{{op, 3, 70, 60}}, []SiteObservation{{op, op, op, 2, 140}}, l.now)
	}
	whole := snapshot(f, l.Baseline)
	f.Add(whole[len(magic)+1 : len(whole)-8])
	f.Add([]byte("\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		data := append(append([]byte(magic), version), content...)
		data = binary.LittleEndian.AppendUint64(data, xxhash.Sum64(data))
		l := newLab(t, Options{MaxOperations: 20})
		if _, err := l.ReadFrom(bytes.NewReader(data)); err != nil {
			if l.Stats() != (Stats{}) {
				t.Fatal("an error, and a change")
			}
			return
		}
		// What it has taken can be learned into, and read again from its own snapshot.
		for op := Operation(0); op <= 20; op++ {
			for _, v := range []uint64{0, 1, 1000, math.MaxUint64} {
				l.Learn([]SpanObservation{{op, 1, v, v}}, []SiteObservation{{op, op, op, 1, v}}, l.now)
			}
			if n := l.Duration(op); n.P50 > n.P90 || n.P90 > n.P99 {
				t.Fatalf("quantiles out of order: %+v", n)
			}
		}
		l.now += int64(12 * time.Hour)
		l.Tick(l.now)
		if _, err := New(Options{MaxOperations: 20}).ReadFrom(bytes.NewReader(snapshot(t, l.Baseline))); err != nil {
			t.Fatal(err)
		}
	})
}
