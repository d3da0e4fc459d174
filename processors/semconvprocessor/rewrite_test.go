package semconvprocessor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
	"github.com/koine-otel/koine/spans/attribute"
)

// TestReadAgainstAsk: attributes read from memory are those that pdata gives.
func TestReadAgainstAsk(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var fast, slow attributes
	for n := range 100 {
		m := pcommon.NewMap()
		for i := range n % 30 {
			randomValue(rng, m.PutEmpty(fmt.Sprint("key", i)))
		}
		fast.of(m)
		slow.ask(m)
		assert.Equal(t, slow.keys, fast.keys)
		assert.Equal(t, slow.read, fast.read)
		slow.forget()
	}
}

// TestRewriteAgainstRebuild: writing in place gives what copying into a new map gives.
func TestRewriteAgainstRebuild(t *testing.T) {
	keys := []string{
		"http.method", "http.request.method", "http.url", "http.target", "http.status_code", "http.response.status_code", "net.peer.name",
		"net.peer.port", "server.address", "server.port", "rpc.service", "rpc.method", "db.system", "db.cosmosdb.regions_contacted",
		"k8s.pod.labels.app", "own", "http.flavor", "net.transport",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	places := []translate.Place{translate.Resource, translate.Internal, translate.Server, translate.Client, translate.Producer, translate.Consumer, translate.Event}
	for _, o := range []translate.Options{{}, {KeepOld: true}, {OldWins: true}} {
		table := translate.New(o, translate.Embedded()...)
		for range 5000 {
			m := pcommon.NewMap()
			for range rng.IntN(len(keys)) {
				randomValue(rng, m.PutEmpty(keys[rng.IntN(len(keys))]))
			}
			place := places[rng.IntN(len(places))]
			fast, slow := pcommon.NewMap(), pcommon.NewMap()
			m.CopyTo(fast)
			m.CopyTo(slow)
			translateMap(table, fast, place, rewrite)
			translateMap(table, slow, place, rebuild)
			require.Equal(t, slow.AsRaw(), fast.AsRaw(), "%v at %b", m.AsRaw(), place)
			require.Equal(t, fast.Len(), len(fast.AsRaw()), "a key twice: %v", m.AsRaw())
		}
	}
}

func translateMap(table *translate.Table, m pcommon.Map, place translate.Place, apply func(pcommon.Map, *attributes, *translate.Result)) {
	var a attributes
	var r translate.Result
	a.of(m)
	if table.Translate(&translate.Input{Keys: a.keys, Values: a.read, Lists: a.list, Place: place}, &r) {
		apply(m, &a, &r)
	}
}

func randomValue(rng *rand.Rand, v pcommon.Value) {
	switch rng.IntN(8) {
	case 0:
		v.SetInt(int64(rng.IntN(1000)))
	case 1:
		v.SetStr("200")
	case 2:
		v.SetStr("https://shop:8443/a?b=c")
	case 3:
		v.SetStr("GET")
	case 4:
		v.SetBool(true)
	case 5:
		v.SetEmptyMap().PutStr("a", "b")
	case 6:
		v.SetEmptySlice().AppendEmpty().SetStr("x")
	case 7:
		v.SetDouble(1.5)
	}
}

// TestManyAttributes: every attribute of a large map changes, in a time that grows with
// the map and not with its square, whatever is asked for.
func TestManyAttributes(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	prefixed := func(c *Config) { c.Unmatched = unmatchedPrefix }
	for _, c := range []struct {
		name     string
		change   func(*Config)
		old, new string
		place    translate.Place
		both     bool
	}{
		{"replace", nil, "k8s.pod.labels.", "k8s.pod.label.", translate.Resource, false},
		{"old wins", func(c *Config) { c.OnConflict = oldWins }, "k8s.pod.labels.", "k8s.pod.label.", translate.Resource, false},
		{"duplicate", duplicating, "k8s.pod.labels.", "k8s.pod.label.", translate.Resource, true},
		{"duplicate on a span", duplicating, "k8s.pod.labels.", "k8s.pod.label.", translate.Client, true},
		{"unmatched", prefixed, "http.own.", "koine.unmatched.http.own.", translate.Client, false},
		{"unmatched, both", func(c *Config) { duplicating(c); prefixed(c) }, "http.own.", "koine.unmatched.http.own.", translate.Client, true},
		{"a template with another type", nil, "rpc.grpc.request.metadata.", "rpc.request.metadata.", translate.Client, false},
		{"a template with another type, both", duplicating, "rpc.grpc.request.metadata.", "rpc.request.metadata.", translate.Client, true},
		{"report", func(c *Config) { c.Mode = modeReport }, "http.request.headers.", "http.request.header.", translate.Server, false},
		{"nothing to do", nil, "own.", "own.", translate.Client, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWork(jobOf(t, c.change))
			cost := func(n int) time.Duration {
				m := pcommon.NewMap()
				raw := make(map[string]any, n)
				for i := range n {
					raw[fmt.Sprint(c.old, "l", i)] = "v"
				}
				require.NoError(t, m.FromRaw(raw))
				start := time.Now()
				require.Equal(t, c.old != c.new, w.translate(m, c.place, 0))
				took := time.Since(start)
				want := n
				if c.both {
					want = 2 * n
				}
				require.Equal(t, want, m.Len())
				for key := range m.All() {
					require.True(t, strings.HasPrefix(key, c.new) || c.both && strings.HasPrefix(key, c.old), key)
				}
				return took
			}
			// As many attributes in one map as in sixteen, so that what else the machine does
			// disturbs both; the least of some tries, because it only ever adds.
			const times = 16
			one, sixteen := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for range 5 {
				one = min(one, cost(times*2000))
				var sum time.Duration
				for range times {
					sum += cost(2000)
				}
				sixteen = min(sixteen, sum)
			}
			t.Logf("%d attributes in one map take %.1f times as long as in %d", times*2000, float64(one)/float64(sixteen), times)
			assert.Less(t, one, 10*sixteen, "the square would be %d times", times)
		})
	}
}

// TestAddByIndex: many new attributes are put as few are, those of a map with a key twice
// and with keys that are there already, too.
func TestAddByIndex(t *testing.T) {
	few, many := pcommon.NewMap(), pcommon.NewMap()
	for i := range 100 {
		few.PutInt(fmt.Sprint("key", i), int64(i))
	}
	few.PutEmptyMap("map").PutStr("a", "b")
	attribute.List(few)[7].Key = "key3"
	few.CopyTo(many)
	var r translate.Result
	var copies []pcommon.Value
	for i := range 100 {
		e := translate.Edit{Index: -1, Copy: -1, Key: fmt.Sprint("key", 50+i), Value: translate.StringValue(fmt.Sprint(i))}
		if i%10 == 0 {
			e.Value = translate.Value{}
			copies = append(copies, pcommon.NewValueMap())
			copies[len(copies)-1].Map().PutInt("i", int64(i))
		}
		r.Edits = append(r.Edits, e)
	}
	require.Greater(t, many.Len()*len(r.Edits), manyLookups)
	for i := range r.Edits {
		one := r
		one.Edits = r.Edits[i : i+1]
		var c []pcommon.Value
		if i%10 == 0 {
			c = []pcommon.Value{pcommon.NewValueEmpty()}
			copies[i/10].CopyTo(c[0])
		}
		require.Less(t, few.Len(), manyLookups)
		add(few, c, &one)
	}
	add(many, copies, &r)
	assert.Equal(t, listed(few), listed(many))
}

// listed is a map in its order.
func listed(m pcommon.Map) (list []string) {
	for key, v := range m.All() {
		list = append(list, fmt.Sprint(key, "=", v.Type(), v.AsString()))
	}
	return list
}

// TestDeepValues: a value's depth costs no more than the value.
func TestDeepValues(t *testing.T) {
	deep := func(to pcommon.Value) {
		for range 10000 {
			to = to.SetEmptyMap().PutEmpty("http.method")
			to = to.SetEmptySlice().AppendEmpty()
		}
		to.SetStr("GET")
	}
	for _, key := range []string{"http.method", "http.status_code", "k8s.pod.labels.a", "messaging.operation", "own"} {
		list := pmetric.NewMetricSlice()
		m := list.AppendEmpty()
		m.SetName("own")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		for range 2 {
			p := m.Sum().DataPoints().AppendEmpty()
			p.SetIntValue(1)
			deep(p.Attributes().PutEmpty(key))
			p.Attributes().PutStr("http.scheme", "https")
		}
		w := newWork(newJob(translate.Default()))
		w.scopeMetrics(list)
		require.Equal(t, 2, m.Sum().DataPoints().Len())
		_, ok := m.Sum().DataPoints().At(0).Attributes().Get("url.scheme")
		assert.True(t, ok)
	}
}

// TestReadOnly: what others share is never written to, not even a key in its place.
func TestReadOnly(t *testing.T) {
	w := newWork(newJob(translate.Default()))
	ld := plog.NewLogs()
	attrs := ld.ResourceLogs().AppendEmpty().Resource().Attributes()
	attrs.PutStr("deployment.environment", "prod")
	ld.MarkReadOnly()
	assert.Panics(t, func() { w.translate(attrs, translate.Resource, 0) })
	assert.Equal(t, map[string]any{"deployment.environment": "prod"}, attrs.AsRaw())
}

func TestEmptyMap(t *testing.T) {
	w := newWork(newJob(translate.Default()))
	m := pcommon.NewMap()
	assert.False(t, w.translate(m, translate.Resource, 0))
	assert.Zero(t, m.Len())
	// A rule that sets something by itself adds to nothing.
	points := w.table.Metric("messaging.publish.duration", "ms").Points
	require.True(t, w.inspect(points, m, translate.Point, 0))
	rewrite(m, &w.attrs, &w.result)
	assert.Equal(t, map[string]any{"messaging.operation.name": "publish"}, m.AsRaw())
}

// TestKeysTwice: a map with a key twice, which the wire allows, keeps both, and the
// first is the one that counts.
func TestKeysTwice(t *testing.T) {
	w := newWork(newJob(translate.Default()))
	m := pcommon.NewMap()
	m.PutStr("http.method", "GET")
	m.PutStr("x", "PUT")
	m.PutStr("http.status_code", "200")
	attribute.List(m)[1].Key = "http.method"
	require.True(t, w.translate(m, translate.Server, 0))
	var got []string
	for key, v := range m.All() {
		got = append(got, key+"="+v.AsString())
	}
	assert.Equal(t, []string{"http.request.method=GET", "http.method=PUT", "http.response.status_code=200"}, got)
}

// TestScratchIsBounded: a giant element's scratch is not kept.
func TestScratchIsBounded(t *testing.T) {
	w := newWork(newJob(translate.Default()))
	m := pcommon.NewMap()
	m.PutStr("a", "b")
	w.translate(m, translate.Resource, 0)
	assert.True(t, w.rest())
	raw := map[string]any{}
	for i := range 2 * maxScratch {
		raw[fmt.Sprint(i)] = i
	}
	require.NoError(t, m.FromRaw(raw))
	w.translate(m, translate.Resource, 0)
	assert.False(t, w.rest())
}
