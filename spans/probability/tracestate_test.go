package probability

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const typical = "ot=th:c;rv:0123456789abcd"

// others are n members of other vendors.
func others(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf("v%d=%d", i, i)
	}
	return strings.Join(members, ",")
}

func th(t Threshold) State { return State{Threshold: t, HasThreshold: true} }
func rv(r Randomness) State {
	return State{Randomness: r, HasRandomness: true}
}

func TestRead(t *testing.T) {
	for text, want := range map[string]State{
		"":                             {},
		" ":                            {},
		",":                            {},
		"vendor=1":                     {},
		"ott=th:8":                     {},
		"o=th:8":                       {},
		"ot@vendor=th:8":               {},
		"tenant@ot=th:8":               {},
		"1vendor/a*b-c_d=x y;z:@\\\"~": {},
		"ot=th:0":                      th(0),
		"ot=th:00000000000000":         th(0),
		"ot=th:8":                      th(1 << 55),
		"ot=th:80":                     th(1 << 55),
		"ot=th:0123456789abcd":         th(0x0123456789abcd),
		"ot=th:fffffffffffffe":         th(0xfffffffffffffe),
		"ot=rv:0123456789abcd":         rv(0x0123456789abcd),
		typical:                        {0xc << 52, true, 0x0123456789abcd, true},
		"ot=rv:ffffffffffffff;th:c":    {0xc << 52, true, 0xffffffffffffff, true},
		"ot=p:8;r:62":                  {},
		"ot=p:8;th:c;x1:A.b_c-D;e:":    th(0xc << 52),
		"a=1,ot=th:8":                  th(1 << 55),
		"a=1 ,\tot=th:8\t , ,b=2,":     th(1 << 55),
		"a=th:1;b , ot=th:8 ":          th(1 << 55),
		others(31) + ",ot=th:8":        th(1 << 55),
		others(32):                     {},
		strings.Repeat(",", 100):       {},
		strings.Repeat("k", 256) + "=" + strings.Repeat("v", 256): {},
		"ot=th:8;" + strings.Repeat("x", 249) + ":y":              th(1 << 55),
	} {
		got, ok := Read(text)
		assert.True(t, ok, "%q", text)
		assert.Equal(t, want, got, "%q", text)
	}
}

var malformed = []string{
	"ot", "ot=", "ot= ", "ot=,a=1", "=", "=th:8", "a", "a,ot=th:8", "a =1", "a= ", "a=b=c", "A=1", "@a=1", "_a=1", "é=1", "a=é",
	"a=\x00", "a=b\tc", "a=1;\x7f", "ot=th:8\x00", "ot=th:8 ;x:1",
	"ot=th", "ot=th:", "ot=th:;rv:0123456789abcd", "ot=th:8;", "ot=;th:8", "ot=th:8;;x:1", "ot=:8", "ot= th:8", "ot=th: 8", "ot=th:8,x",
	"ot=th:C", "ot=th:g", "ot=th:-1", "ot=th:0x8", "ot=th:100000000000000", "ot=th:000000000000000", "ot=th:8:8", "ot=th:8/",
	"ot=th:8;th:8", "ot=rv:0123456789abcd;rv:0123456789abcd", "ot=th:8,ot=th:8", "ot=th:8,a=1,ot=x:1",
	"ot=rv:", "ot=rv:0", "ot=rv:0123456789abc", "ot=rv:0123456789abcde", "ot=rv:0123456789abcD", "ot=rv:0123456789abcg",
	"ot=1h:8", "ot=Th:8", "ot=t_h:8",
	others(32) + ",ot=th:8", others(33),
	strings.Repeat("k", 257) + "=v", "k=" + strings.Repeat("v", 257),
	"ot=th:8;" + strings.Repeat("x", 250) + ":y",
}

func TestReadMalformed(t *testing.T) {
	for _, text := range malformed {
		got, ok := Read(text)
		assert.False(t, ok, "%q", text)
		assert.Zero(t, got, "%q", text)
	}
}

func TestApply(t *testing.T) {
	raise := func(t Threshold) Change { return Change{Threshold: t} }
	half, random := raise(1<<55), Change{Randomness: 0xabc, HasRandomness: true}
	erase := Change{Erase: true}
	for _, test := range []struct {
		change   Change
		in, want string
	}{
		// Nothing to say.
		{raise(0), "", ""},
		{raise(0), "ot=th:0", "ot=th:0"},
		{raise(0), "a=1 , ot=th:8,,", "a=1 , ot=th:8,,"},
		{raise(0), "ot=nonsense", "ot=nonsense"},

		// Raised.
		{half, "", "ot=th:8"},
		{half, " , ", "ot=th:8"},
		{half, "ot=th:0", "ot=th:8"},
		{half, "ot=th:7fffffffffffff", "ot=th:8"},
		{raise(0xc0ffee << 16), "", "ot=th:0000c0ffee"},
		{raise(1), "ot=th:0", "ot=th:00000000000001"},
		{raise(Never - 1), "", "ot=th:ffffffffffffff"},
		{half, "ot=th:8", "ot=th:8"},
		{half, "ot=th:800", "ot=th:800"},
		{half, "a=1,ot=th:c;rv:0123456789abcd", "a=1,ot=th:c;rv:0123456789abcd"},
		{half, "a=1", "ot=th:8,a=1"},
		{half, "a=1,ot=th:4", "ot=th:8,a=1"},
		{half, "ot=th:4,b=2", "ot=th:8,b=2"},
		{half, "a=1 \t,\t ot=th:4 , ,b=2,c=3 ", "ot=th:8,a=1,b=2,c=3"},
		{half, "a=1,ot=x:1", "ot=x:1;th:8,a=1"},
		{half, "ot=th:4;x:1", "ot=th:8;x:1"},
		{half, "ot=x:1;th:4", "ot=x:1;th:8"},
		{half, "ot=x:1;th:4;rv:0123456789abcd;y:", "ot=x:1;th:8;rv:0123456789abcd;y:"},

		// Randomness.
		{random, "", "ot=rv:00000000000abc"},
		{random, "a=1,ot=th:0", "ot=th:0;rv:00000000000abc,a=1"},
		{random, "ot=x:1;th:8000;y:2", "ot=x:1;th:8000;y:2;rv:00000000000abc"},
		{random, "a=1,ot=rv:0123456789abcd", "a=1,ot=rv:0123456789abcd"},
		{Change{Threshold: 1 << 55, Randomness: 0xabc, HasRandomness: true}, "", "ot=th:8;rv:00000000000abc"},
		{Change{Threshold: 1 << 55, Randomness: 0xabc, HasRandomness: true}, "ot=rv:0123456789abcd", "ot=rv:0123456789abcd;th:8"},
		{Change{Randomness: ^Randomness(0), HasRandomness: true}, "", "ot=rv:ffffffffffffff"},

		// Erased.
		{erase, "", ""},
		{erase, "a=1, ot=x:1", "a=1, ot=x:1"},
		{erase, "ot=th:8", ""},
		{erase, "ot=th:8,a=1", "a=1"},
		{erase, "a=1,ot=th:8", "a=1"},
		{erase, "a=1, ot=th:8 ,b=2", "a=1,b=2"},
		{erase, "ot=th:8;x:1", "ot=x:1"},
		{erase, "a=1,ot=x:1;th:8", "ot=x:1,a=1"},
		{erase, "ot=x:1;th:8;rv:0123456789abcd", "ot=x:1;rv:0123456789abcd"},
		{Change{Erase: true, Threshold: 1 << 55}, "ot=th:4;x:1", "ot=x:1"},
		{Change{Erase: true, Threshold: 1 << 55}, "ot=x:1", "ot=x:1"},
		{Change{Erase: true, Randomness: 1, HasRandomness: true}, "ot=th:4", "ot=rv:00000000000001"},
		{raise(Never), "ot=th:8;x:1", "ot=x:1"},
		{raise(Never + 5), "", ""},

		// Full.
		{half, others(31), "ot=th:8," + others(31)},
		{half, others(32), "ot=th:8," + others(31)},
		{half, others(32) + " , ", "ot=th:8," + others(31)},
		{half, others(31) + ",ot=th:4", "ot=th:8," + others(31)},
		{half, "ot=" + strings.Repeat("x", 250) + ":", "ot=" + strings.Repeat("x", 250) + ":;th:8"},
	} {
		got, err := test.change.Apply(test.in)
		assert.NoError(t, err, "%+v %q", test.change, test.in)
		assert.Equal(t, test.want, got, "%+v %q", test.change, test.in)
	}
}

func TestApplyErrors(t *testing.T) {
	for _, text := range malformed {
		for _, change := range []Change{{Threshold: 1}, {Erase: true}, {HasRandomness: true}} {
			got, err := change.Apply(text)
			assert.ErrorIs(t, err, ErrMalformed, "%q", text)
			assert.Equal(t, text, got)
		}
	}
	long := "a=1,ot=" + strings.Repeat("x", 251) + ":"
	for _, change := range []Change{{Threshold: 1 << 55}, {HasRandomness: true}} {
		got, err := change.Apply(long)
		assert.ErrorIs(t, err, ErrTooLong)
		assert.Equal(t, long, got)
	}
}

// randomState is a tracestate that is well-formed, of many shapes.
func randomState(rng *rand.Rand) string {
	var subs []string
	if rng.IntN(2) == 0 {
		digits := 1 + rng.IntN(14)
		subs = append(subs, "th:"+fmt.Sprintf("%014x", rng.Uint64()>>8)[:digits])
	}
	if rng.IntN(2) == 0 {
		subs = append(subs, fmt.Sprintf("rv:%014x", rng.Uint64()>>8))
	}
	for i := range rng.IntN(3) {
		subs = append(subs, fmt.Sprintf("x%d:%s", i, strings.Repeat("y", rng.IntN(100))))
	}
	rng.Shuffle(len(subs), func(i, j int) { subs[i], subs[j] = subs[j], subs[i] })
	members := []string{}
	for i := range rng.IntN(32) {
		members = append(members, fmt.Sprintf("v%d=%x", i, rng.Uint32()))
	}
	if len(subs) > 0 {
		members = slices.Insert(members, rng.IntN(len(members)+1), "ot="+strings.Join(subs, ";"))
	}
	return strings.Join(members, []string{",", " , ", ",,", "\t,"}[rng.IntN(4)])
}

func randomChange(rng *rand.Rand) Change {
	return Change{
		Threshold:     Threshold(rng.Uint64()>>8) >> (rng.IntN(3) * 28) << (rng.IntN(2) * 4),
		Randomness:    Randomness(rng.Uint64() >> 8),
		HasRandomness: rng.IntN(2) == 0,
		Erase:         rng.IntN(4) == 0,
	}
}

func TestApplyProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		checkApply(t, randomState(rng), randomChange(rng))
	}
}

// checkApply holds a result against a slow reading of both texts.
func checkApply(t *testing.T, text string, change Change) {
	t.Helper()
	before, ok := Read(text)
	got, err := change.Apply(text)
	if err != nil {
		require.Equal(t, text, got)
		require.Equal(t, ok, err != ErrMalformed, "%q", text)
		return
	}
	if !ok { // then nothing was to be done
		require.Equal(t, text, got)
		return
	}
	after, ok := Read(got)
	require.True(t, ok, "%q became %q", text, got)

	again, err := change.Apply(got)
	require.NoError(t, err)
	require.Equal(t, got, again, "idempotent")

	switch {
	case change.Erase || change.Threshold >= Never:
		require.False(t, after.HasThreshold, "%q", got)
	default:
		require.Equal(t, max(before.Threshold, change.Threshold), after.Threshold, "%q became %q", text, got)
		require.Equal(t, before.HasThreshold || change.Threshold > 0, after.HasThreshold)
	}
	require.Equal(t, before.HasRandomness || change.HasRandomness, after.HasRandomness)
	if before.HasRandomness {
		require.Equal(t, before.Randomness, after.Randomness)
	} else if change.HasRandomness {
		require.Equal(t, change.Randomness&(1<<56-1), after.Randomness)
	}

	was, wasSubs, _ := slowly(text)
	is, isSubs, front := slowly(got)
	require.Equal(t, wasSubs, isSubs, "%q became %q", text, got)
	if len(was) == 32 && len(is) == 31 {
		was = was[:31]
	}
	require.Equal(t, was, is, "%q became %q", text, got)
	require.True(t, got == text || front || !strings.Contains(got, "ot="), "%q became %q", text, got)
}

// slowly splits a tracestate into the members and the ot sub-entries that Apply must keep, and
// reports whether ot is in front.
func slowly(text string) (members, subs []string, front bool) {
	for member := range strings.SplitSeq(text, ",") {
		member = strings.Trim(member, " \t")
		value, ot := strings.CutPrefix(member, "ot=")
		switch {
		case ot:
			front = len(members) == 0
			for sub := range strings.SplitSeq(value, ";") {
				if !strings.HasPrefix(sub, "th:") && !strings.HasPrefix(sub, "rv:") {
					subs = append(subs, sub)
				}
			}
		case member != "":
			members = append(members, member)
		}
	}
	return members, subs, front
}

// TestReadAgainstContrib: where contrib's pkg/sampling understands a tracestate, and it is not one of
// those where it accepts more (upper case, duplicates), it reads the same.
func TestReadAgainstContrib(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for range 20_000 {
		text, err := randomChange(rng).Apply(randomState(rng))
		if err == nil && agrees(t, text) {
			compared++
		}
	}
	assert.Greater(t, compared, 15_000)
}

// agrees compares and reports whether contrib could read it.
func agrees(t *testing.T, text string) bool {
	t.Helper()
	state, ok := Read(text)
	theirs, err := sampling.NewW3CTraceState(text)
	if !ok || err != nil {
		return false
	}
	threshold, hasThreshold := theirs.OTelValue().TValueThreshold()
	randomness, hasRandomness := theirs.OTelValue().RValueRandomness()
	require.Equal(t, state, State{
		Threshold(threshold.Unsigned()), hasThreshold, Randomness(randomness.Unsigned()), hasRandomness,
	}, "%q", text)
	if hasThreshold && hasRandomness {
		require.Equal(t, threshold.ShouldSample(randomness), state.Threshold.Keeps(state.Randomness))
	}
	return true
}

func FuzzTraceState(f *testing.F) {
	for i, text := range append(malformed, "", typical, "a=1 , ot=x:1;th:8;rv:0123456789abcd ,,b=2", others(32), "ot=th:0") {
		f.Add(text, uint64(i)<<50, uint64(i), i%2 == 0, i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, text string, threshold, randomness uint64, hasRandomness, erase bool) {
		agrees(t, text)
		checkApply(t, text, Change{Threshold(threshold), Randomness(randomness), hasRandomness, erase})
	})
}

func TestAllocations(t *testing.T) {
	long := "a=1," + typical + "," + others(20)
	for _, text := range []string{"", typical, long, "ot=th:C"} {
		assert.Zero(t, testing.AllocsPerRun(100, func() { Read(text) }), "%q", text)
	}
	for _, test := range []struct {
		change Change
		text   string
		want   float64
	}{
		{Change{}, long, 0},
		{Change{Threshold: 1 << 55}, long, 0},
		{Change{Threshold: 1 << 55}, "", 1},
		{Change{Threshold: 0xd << 52}, typical, 1},
		{Change{Threshold: 0xd << 52}, long, 1},
		{Change{Threshold: 1, Randomness: 1, HasRandomness: true}, others(32), 1},
		{Change{Erase: true}, "ot=th:8," + others(20), 0},
		{Change{Erase: true}, "a=1,ot=th:8,b=1", 1},
		{Change{Threshold: 1 << 55}, "ot=th:C", 0},
	} {
		assert.Equal(t, test.want, testing.AllocsPerRun(100, func() { _, _ = test.change.Apply(test.text) }), "%+v %q", test.change, test.text)
	}
}

var texts = []struct{ name, text string }{
	{"empty", ""},
	{"th", "ot=th:c"},
	{"typical", typical},
	{"vendors", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7," + typical},
	{"512", typical + "," + others(30) + ",long=" + strings.Repeat("x", 230)},
}

func BenchmarkRead(b *testing.B) {
	for _, bm := range texts {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bm.text)))
			for b.Loop() {
				Read(bm.text)
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	change := Change{Threshold: 0xd35 << 44}
	for _, bm := range texts {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bm.text)))
			for b.Loop() {
				_, _ = change.Apply(bm.text)
			}
		})
	}
}
