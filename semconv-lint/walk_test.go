package semconvlint

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

// recorder is a rule that writes down what it is shown.
func recorder(seen *[]string) Rule {
	return Rule{Doc: &Doc{ID: "recorder", Severity: Note}, New: func(*Context) Checker {
		return elementFunc(func(e *Element) {
			line := fmt.Sprintf("%s %s %s place=%d schema=%s source=%s", e.Signal, e.Scope, e.Name, e.Place, e.SchemaURL, e.Source)
			for i := range e.Attributes {
				line += " " + e.Attributes[i].Key + "=" + e.Attributes[i].Raw.AsString()
			}
			*seen = append(*seen, line)
		})
	}}
}

func TestWalkTraces(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.SetSchemaUrl("r")
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("lib")
	ss.Scope().SetVersion("1.0")
	ss.Scope().Attributes().PutStr("s", "1")
	for kind := range ptrace.SpanKind(6) {
		ss.Spans().AppendEmpty().SetKind(kind)
	}
	span := ss.Spans().At(5)
	span.SetName("work")
	span.Attributes().PutInt("a", 1)
	event := span.Events().AppendEmpty()
	event.SetName("exception")
	event.Attributes().PutBool("b", true)
	span.Links().AppendEmpty().Attributes().PutDouble("c", 0.5)
	other := rs.ScopeSpans().AppendEmpty()
	other.SetSchemaUrl("s")
	other.Scope().SetName("plain")

	var seen []string
	e := engine(t, Options{Workers: 1}, recorder(&seen))
	e.Traces(td, "f:1")
	r := e.Finish()
	at := func(p translate.Place) string { return fmt.Sprintf("place=%d schema=r source=f:1", p) }
	assert.Equal(t, []string{
		"resource   " + at(translate.Resource) + " service.name=shop",
		"scope lib@1.0  " + at(translate.Scope) + " s=1",
		"span lib@1.0  " + at(translate.Internal), "span lib@1.0  " + at(translate.Internal), "span lib@1.0  " + at(translate.Server),
		"span lib@1.0  " + at(translate.Client), "span lib@1.0  " + at(translate.Producer), "span lib@1.0 work " + at(translate.Consumer) + " a=1",
		"event lib@1.0 exception " + at(translate.Event) + " b=true",
		"link lib@1.0 work " + at(translate.Link) + " c=0.5",
		fmt.Sprintf("scope plain  place=%d schema=s source=f:1", translate.Scope),
	}, seen)
	want := map[Signal]int64{OnResource: 1, OnScope: 2, OnSpan: 6, OnEvent: 1, OnLink: 1}
	assert.Equal(t, want, r.Elements)
	require.Len(t, r.Services, 1)
	assert.Equal(t, "shop", r.Services[0].Name)
	assert.Equal(t, want, r.Services[0].Elements)
}

func TestWalkMetrics(t *testing.T) {
	md := pmetric.NewMetrics()
	ms := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	add := func(name string) pmetric.Metric {
		m := ms.AppendEmpty()
		m.SetName(name)
		return m
	}
	put := func(m pcommon.Map) { m.PutStr("k", "v") }
	put(add("gauge").SetEmptyGauge().DataPoints().AppendEmpty().Attributes())
	sum := add("sum").SetEmptySum().DataPoints()
	put(sum.AppendEmpty().Attributes())
	put(sum.AppendEmpty().Attributes())
	put(add("histogram").SetEmptyHistogram().DataPoints().AppendEmpty().Attributes())
	put(add("exponential").SetEmptyExponentialHistogram().DataPoints().AppendEmpty().Attributes())
	put(add("summary").SetEmptySummary().DataPoints().AppendEmpty().Attributes())
	add("empty")

	var names []string
	var problems []semconv.Problem
	rule := Rule{Doc: &Doc{ID: "x", Severity: Note}, New: func(*Context) Checker {
		return elementFunc(func(e *Element) {
			if e.Signal == OnMetric || e.Signal == OnPoint {
				assert.Equal(t, e.Name, e.Metric.Name())
				assert.Equal(t, e.Signal == OnPoint, e.Get("k") != nil)
				assert.Equal(t, translate.Point, e.Place)
				names = append(names, string(e.Signal)+" "+e.Name)
				problems = append(problems, e.Problems...)
			}
		})
	}}
	e := engine(t, Options{Workers: 1}, rule)
	e.Metrics(md, "")
	old := pmetric.NewMetrics()
	m := old.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("http.server.duration")
	m.SetUnit("ms")
	m.SetEmptyHistogram()
	e.Metrics(old, "")
	assert.Equal(t, map[Signal]int64{OnResource: 2, OnScope: 2, OnMetric: 7, OnPoint: 6}, e.Finish().Elements)
	assert.Equal(t, []string{
		"metric gauge", "point gauge", "metric sum", "point sum", "point sum", "metric histogram", "point histogram",
		"metric exponential", "point exponential", "metric summary", "point summary", "metric empty", "metric http.server.duration",
	}, names)
	assert.Equal(t, []semconv.Problem{{Code: semconv.Retired, Key: "http.server.duration", Instead: []string{"http.server.request.duration"}, Since: problems[0].Since}}, problems)
}

func TestWalkLogs(t *testing.T) {
	ld := plog.NewLogs()
	record := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetEventName("app.started")
	record.SetTraceID(pcommon.TraceID{1})
	record.Attributes().PutStr("k", "v")
	var seen []string
	e := engine(t, Options{Workers: 1}, recorder(&seen), Rule{Doc: &Doc{ID: "x", Severity: Note}, New: func(c *Context) Checker {
		return elementFunc(func(e *Element) {
			if e.Signal == OnLog {
				c.At(e, Report{Key: "k"})
			}
		})
	}})
	e.Logs(ld, "f")
	r := e.Finish()
	assert.Equal(t, fmt.Sprintf("log  app.started place=%d schema= source=f k=v", translate.Record), seen[2])
	assert.Equal(t, Example{Name: "app.started", Source: "f", TraceID: "01000000000000000000000000000000", SpanID: ""}, r.Findings[0].Example)
}

func TestReadValue(t *testing.T) {
	for _, c := range []struct {
		raw  any
		want string
	}{
		{"a", "string"}, {1, "int"}, {0.5, "double"}, {true, "boolean"}, {[]any{}, "string[]"}, {[]any{"a", "b"}, "string[]"}, {[]any{1, 2}, "int[]"},
		{[]any{0.5}, "double[]"}, {[]any{true}, "boolean[]"}, {[]any{"a", 1}, "any"}, {[]any{[]any{}}, "any"}, {map[string]any{}, "any"}, {[]byte{1}, "any"}, {nil, "any"},
	} {
		v := pcommon.NewValueEmpty()
		require.NoError(t, v.FromRaw(c.raw))
		got := readValue(v)
		assert.Equal(t, c.want, got.Type.String(), "%v", c.raw)
		if list, ok := c.raw.([]any); ok && c.want == "string[]" {
			assert.Len(t, got.List(), len(list))
		}
	}
}

// TestManyAttributes: an element with more attributes than anybody has is judged in part, and in
// time.
func TestManyAttributes(t *testing.T) {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	all := today().Registry.Attributes()
	for i := range 3 * maxJudged {
		if i == maxJudged-1 || i == maxJudged {
			span.Attributes().PutStr(fmt.Sprint("http.unknown", i), "x")
		} else {
			span.Attributes().PutEmptyMap(fmt.Sprint(all[i%len(all)].Key, ".", i))
		}
	}
	seen := false
	e := engine(t, Options{Workers: 1}, Rule{Doc: &Doc{ID: "x", Severity: Note}, New: func(*Context) Checker {
		return elementFunc(func(e *Element) {
			if seen = e.Signal == OnSpan; seen {
				assert.Len(t, e.Attributes, 3*maxJudged)
				assert.NotEmpty(t, e.Attributes[maxJudged-1].Problems)
				assert.Empty(t, e.Attributes[maxJudged].Problems)
				assert.Nil(t, e.Problems)
			}
		})
	}})
	e.Traces(td, "")
	assert.True(t, seen)
}
