package semconvlint

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

// oracle asks the judge of each attribute by itself, and compares.
type oracle struct {
	t        testing.TB
	problems int
	seen     map[Signal]int
}

func (o *oracle) rule() Rule {
	o.seen = map[Signal]int{}
	return Rule{Doc: &Doc{ID: "oracle", Severity: Note}, New: func(*Context) Checker { return elementFunc(o.check) }}
}

func (o *oracle) check(e *Element) {
	o.seen[e.Signal]++
	in := translate.Input{Place: e.Place, Scope: scopeOf(e)}
	if e.Signal == OnEvent || e.Signal == OnLog {
		in.Name = e.Name
	}
	if v, ok := e.Resource.Attributes().Get("telemetry.sdk.language"); ok {
		in.Language = v.AsString()
	}
	for i := range e.Attributes {
		in.Keys, in.Values = append(in.Keys, e.Attributes[i].Key), append(in.Values, e.Attributes[i].Value)
	}
	var metric *semconv.Metric
	if e.Signal == OnPoint {
		unit := e.Metric.Unit()
		metric = &semconv.Metric{Name: e.Metric.Name(), Unit: &unit, Instrument: instrumentOf(e.Metric), OnWire: true}
	}
	for i := range e.Attributes {
		a := &e.Attributes[i]
		want := today().Attribute(semconv.Attribute{Key: a.Key, Value: a.Value, Place: e.Place, Metric: metric, Among: &in})
		o.problems += len(want)
		if len(want)+len(a.Problems) > 0 && !reflect.DeepEqual(want, a.Problems) {
			require.Equal(o.t, want, a.Problems, "%s of %v on %s", a.Key, in.Keys, e.Signal)
		}
	}
	if e.Signal == OnSpan {
		span := semconv.Span{Name: e.Name, Kind: e.Place, Keys: in.Keys, Text: func(key string) string {
			if a := e.Get(key); a != nil {
				return a.Raw.AsString()
			}
			return ""
		}}
		require.Equal(o.t, today().Judge.Span(span), e.Problems)
		require.Equal(o.t, today().Convention(span), e.Convention)
	}
}

func scopeOf(e *Element) string {
	if e.Signal == OnResource {
		return ""
	}
	return e.InScope.Name()
}

// TestVerdictsOfTraffic: what is remembered is what the judge says, on the traffic of services.
func TestVerdictsOfTraffic(t *testing.T) {
	for _, old := range []bool{false, true} {
		o := &oracle{t: t}
		e := engine(t, Options{Workers: 1}, o.rule())
		for range 2 {
			for _, td := range traffic(t, old, 40, 10) {
				e.Traces(td, "")
			}
		}
		e.Finish()
		assert.Greater(t, o.seen[OnSpan], 1000)
		if old {
			assert.Greater(t, o.problems, 1000)
		}
	}
}

// TestVerdictsOfAnything is TestVerdictsOfTraffic on random attributes: few shapes with ever
// other values, as that is what remembering could get wrong.
func TestVerdictsOfAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	o := &oracle{t: t}
	e := engine(t, Options{Workers: 1}, o.rule())
	for range 400 {
		e.Traces(someTraces(random), "")
		e.Metrics(someMetrics(random), "")
	}
	e.Finish()
	assert.Greater(t, o.problems, 10_000)
	for _, s := range []Signal{OnResource, OnScope, OnSpan, OnEvent, OnLink, OnPoint} {
		assert.Greater(t, o.seen[s], 500, s)
	}
}

// someTraces are spans of one shape, with other values and now and then another type.
func someTraces(random *rand.Rand) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	fill(random, rs.Resource().Attributes(), someKeys(random, 4))
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName([]string{"a", "io.opentelemetry.tomcat", "github.com/x/y"}[random.IntN(3)])
	fill(random, ss.Scope().Attributes(), someKeys(random, 1))
	keys, eventKeys := someKeys(random, 12), someKeys(random, 4)
	kind := ptrace.SpanKind(random.IntN(6))
	for range 20 {
		s := ss.Spans().AppendEmpty()
		s.SetName([]string{"GET", "GET /a", "x 1234567", "select 1", "HTTP POST"}[random.IntN(5)])
		s.SetKind(kind)
		fill(random, s.Attributes(), keys)
		event := s.Events().AppendEmpty()
		event.SetName([]string{"exception", "log", ""}[random.IntN(3)])
		fill(random, event.Attributes(), eventKeys)
		fill(random, s.Links().AppendEmpty().Attributes(), eventKeys)
	}
	return td
}

func someMetrics(random *rand.Rand) pmetric.Metrics {
	md := pmetric.NewMetrics()
	metrics := today().Registry.Metrics()
	ms := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	keys := append(someKeys(random, 5), "state", "direction", "type")
	for range 5 {
		m := ms.AppendEmpty()
		known := &metrics[random.IntN(len(metrics))]
		m.SetName(known.Name)
		m.SetUnit([]string{known.Unit, "ms", ""}[random.IntN(3)])
		points := m.SetEmptyGauge().DataPoints()
		for range 3 {
			fill(random, points.AppendEmpty().Attributes(), keys)
		}
	}
	return md
}

// someKeys are random ones, of the conventions' and of before.
func someKeys(random *rand.Rand, most int) []string {
	all := today().Registry.Attributes()
	old := strings.Fields(`http.url http.method http.status_code http.target http.host http.scheme http.flavor net.peer.name net.peer.port net.sock.peer.addr
		db.system db.statement db.name db.operation rpc.system rpc.service rpc.method rpc.grpc.status_code messaging.operation messaging.destination peer.service
		peer.address error otel.status_code span.kind component exception.type code.function code.namespace deployment.environment myKey order.id http.nonsense a..b
		upstream_cluster node_id guid:x-request-id db.instance db.type sampling.probability event message stack os.type`)
	var keys []string
	for range random.IntN(most + 1) {
		if random.IntN(2) == 0 {
			keys = append(keys, old[random.IntN(len(old))])
		} else {
			keys = append(keys, all[random.IntN(len(all))].Key)
		}
	}
	return keys
}

// fill appends attributes, of which one key may come twice.
func fill(random *rand.Rand, m pcommon.Map, keys []string) {
	raw := pcommon.NewMap()
	for _, key := range keys {
		v := raw.PutEmpty(key)
		switch random.IntN(24) {
		case 0:
			v.SetInt(int64(random.IntN(70_000)))
		case 1:
			v.SetBool(random.IntN(2) == 0)
		case 2:
			v.SetDouble(random.Float64())
		case 3:
			v.SetEmptySlice().AppendEmpty().SetStr("GET")
		case 4:
			v.SetEmptyMap().PutStr("a", "b")
		case 5:
			v.SetStr(fmt.Sprint("https://host", random.IntN(1000), ".example:8443/a?b=c"))
		default:
			v.SetStr(someText(random, key))
		}
	}
	raw.CopyTo(m)
}

func someText(random *rand.Rand, key string) string {
	if a := today().Registry.Resolve(key); a != nil && len(a.Members()) > 0 && random.IntN(2) == 0 {
		return a.Members()[random.IntN(len(a.Members()))].Value
	}
	texts := strings.Fields("x GET get 200 80 OK true 192.0.2.1 192.0.2.1:80 /b?c=d 1.1 mssql mysql grpc aws-api publish a.B/C kafka ip_tcp SERVER 99999 outbound|80||a.b.svc.cluster.local")
	return append(texts, "")[random.IntN(len(texts)+1)]
}

// TestVerdictsOfATwin: a key that comes twice is judged each time, with its own value.
func TestVerdictsOfATwin(t *testing.T) {
	random, v, problems := rand.New(rand.NewPCG(1, 2)), newVerdicts(today()), 0
	for range 5000 {
		key := []string{"http.request.method", "db.system.name", "network.transport", "os.type"}[random.IntN(4)]
		in := translate.Input{Place: translate.Client, Keys: []string{key, key}}
		for range in.Keys {
			in.Values = append(in.Values, translate.StringValue(someText(random, key)))
		}
		got := v.of(&in, nil)
		for i := range in.Keys {
			want := today().Attribute(semconv.Attribute{Key: key, Value: in.Values[i], Among: &in})
			if problems += len(want); len(want) > 0 || got != nil {
				require.Equal(t, want, got[i])
			}
		}
	}
	assert.Greater(t, problems, 100)
}

// TestVerdictsAreBounded: endless distinct names leave no more behind than is said.
func TestVerdictsAreBounded(t *testing.T) {
	v := newVerdicts(today())
	before := heap()
	for i := range 100_000 {
		key := fmt.Sprintf("http.unknown.attribute.that.nobody.knows.%d", i)
		in := translate.Input{Place: translate.Client, Keys: []string{"http.url", key}, Values: []translate.Value{translate.StringValue("x"), translate.StringValue("y")}}
		v.of(&in, nil)
	}
	assert.Less(t, heap()-before, int64(2*maxVerdictBytes+maxTableBytes))
	runtime.KeepAlive(v)

	// Nor do the combinations of a shape's values.
	of, random := newVerdicts(today()), rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		in := translate.Input{Place: translate.Client}
		for _, a := range today().Registry.Attributes() {
			if retired := of.retired(a.Key); len(retired) > 0 && len(in.Keys) < 12 {
				value := append(retired, "x")[random.IntN(len(retired)+1)]
				in.Keys, in.Values = append(in.Keys, a.Key), append(in.Values, translate.StringValue(value))
			}
		}
		of.of(&in, nil)
	}
	require.Len(t, of.shapes, 1)
	for _, shape := range of.shapes {
		assert.Len(t, shape.known, maxVerdicts)
	}
}

// maxTableBytes is what the translation's table remembers: plans and arrangements.
const maxTableBytes = 2 * 16 << 20

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
