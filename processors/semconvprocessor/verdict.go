package semconvprocessor

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// problemCodes are what a verdict may say, by their numbers in counts.
var problemCodes = [...]semconv.Code{
	semconv.Retired, semconv.Unknown, semconv.Type, semconv.RetiredValue, semconv.Format, semconv.Misplaced,
	semconv.Unit, semconv.Instrument, semconv.Missing, semconv.Kind, semconv.Name, semconv.TooNew,
}

type problemCounts [len(problemCodes)]int64

// reporter puts telemetry to the one judgement of uses, in report mode: what the linter would
// say of a service is what is counted of it here, beyond what a translation changes.
type reporter struct {
	judge  *semconv.Judge
	tally  *tally
	attrs  attributes
	counts problemCounts
	// language and scope are those of the resource and the scope at hand.
	language, scope string
}

// newReporters makes reporters that share a judge: it remembers.
func newReporters(j *job) func() any {
	judge := semconv.NewJudge(j.conventions, j.table)
	return func() any { return &reporter{judge: judge, tally: j.tally} }
}

func (r *reporter) note(problems []semconv.Problem) {
	for i := range problems {
		if n := slices.Index(problemCodes[:], problems[i].Code); n >= 0 {
			r.counts[n]++
		}
	}
}

// attributes judges those of one element, on a metric's points with the metric.
func (r *reporter) attributes(m pcommon.Map, place translate.Place, name string, metric *semconv.Metric) {
	r.attrs.of(m)
	among := translate.Input{Keys: r.attrs.keys, Values: r.attrs.read, Lists: r.attrs.list, Place: place, Name: name, Language: r.language, Scope: r.scope}
	for i, key := range r.attrs.keys {
		r.note(r.judge.Attribute(semconv.Attribute{Key: key, Value: r.attrs.read[i], Place: place, Metric: metric, Among: &among}))
	}
}

// enter begins a resource, and enterScope a scope.
func (r *reporter) enter(resource pcommon.Resource) {
	r.language, r.scope = "", ""
	if v, ok := resource.Attributes().Get("telemetry.sdk.language"); ok {
		r.language = v.AsString()
	}
	r.attributes(resource.Attributes(), translate.Resource, "", nil)
}

func (r *reporter) enterScope(scope pcommon.InstrumentationScope) {
	r.scope = scope.Name()
	r.attributes(scope.Attributes(), translate.Scope, "", nil)
}

// leave ends a resource, whose service it was.
func (r *reporter) leave(resource pcommon.Resource) {
	name := ""
	if v, ok := resource.Attributes().Get("service.name"); ok {
		name = v.AsString()
	}
	r.tally.service(name).addProblems(&r.counts)
	r.counts = problemCounts{}
	r.attrs.forget()
}

func (s *service) addProblems(counts *problemCounts) {
	for n, times := range counts {
		if times > 0 {
			s.problems[n].Add(times)
		}
	}
}

func (r *reporter) traces(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		r.enter(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			r.enterScope(ss.Scope())
			for _, s := range ss.Spans().All() {
				r.span(s)
			}
		}
		r.leave(rs.Resource())
	}
}

func (r *reporter) span(s ptrace.Span) {
	r.attributes(s.Attributes(), placeOf(s.Kind()), "", nil)
	whole := judged(s)
	whole.Keys = r.attrs.keys
	r.note(r.judge.Span(whole))
	for _, e := range s.Events().All() {
		r.note(r.judge.Event(e.Name()))
		r.attributes(e.Attributes(), translate.Event, e.Name(), nil)
	}
	for _, l := range s.Links().All() {
		r.attributes(l.Attributes(), translate.Link, "", nil)
	}
}

func (r *reporter) logs(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		r.enter(rl.Resource())
		for _, sl := range rl.ScopeLogs().All() {
			r.enterScope(sl.Scope())
			for _, record := range sl.LogRecords().All() {
				r.note(r.judge.Event(record.EventName()))
				r.attributes(record.Attributes(), translate.Record, record.EventName(), nil)
			}
		}
		r.leave(rl.Resource())
	}
}

func (r *reporter) metrics(md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		r.enter(rm.Resource())
		for _, sm := range rm.ScopeMetrics().All() {
			r.enterScope(sm.Scope())
			for _, m := range sm.Metrics().All() {
				unit := m.Unit()
				metric := semconv.Metric{Name: m.Name(), Unit: &unit, Instrument: instrumentOf(m), OnWire: true}
				r.note(r.judge.Metric(metric))
				if points := pointsOfType(m.Type()); points != nil {
					points.each(m, func(attrs pcommon.Map) { r.attributes(attrs, translate.Point, "", &metric) })
				}
			}
		}
		r.leave(rm.Resource())
	}
}

func instrumentOf(m pmetric.Metric) registry.Instrument {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return registry.Gauge
	case pmetric.MetricTypeSum:
		if m.Sum().IsMonotonic() {
			return registry.Counter
		}
		return registry.UpDownCounter
	case pmetric.MetricTypeHistogram, pmetric.MetricTypeExponentialHistogram:
		return registry.Histogram
	}
	return registry.NoInstrument
}
