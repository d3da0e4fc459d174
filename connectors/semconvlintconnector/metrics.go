package semconvlintconnector

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
)

// The metrics' and the event's names.
const (
	findingsName = "koine.lint.findings"
	elementsName = "koine.lint.elements"
	scoreName    = "koine.lint.score"
	eventName    = "koine.lint.finding"
)

// metrics say what was found so far, in the order of services and rules.
func (t *told) metrics(now time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	t.resource.CopyTo(rm.Resource())
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName(metadata.ScopeName)
	findings := sum(sm, findingsName, "Occurrences of what breaks the semantic conventions.", "{finding}")
	elements := sum(sm, elementsName, "Resources, scopes, spans, events, links, metrics, points and log records that were looked at.", "{element}")
	// Prometheus's exporters would make a unit of 1 a ratio.
	scores := describe(sm, scoreName, "Instrumentation Score, from 0 to 100.", "{score}").SetEmptyGauge().DataPoints()
	for _, name := range slices.Sorted(maps.Keys(t.services.all)) {
		x := t.services.all[name]
		for _, s := range slices.SortedFunc(maps.Keys(x.findings), compareSeries) {
			p := point(findings, name, x.since, now)
			p.SetIntValue(x.findings[s])
			p.Attributes().PutStr("koine.lint.rule", s.rule)
			p.Attributes().PutStr("koine.lint.severity", s.severity.String())
		}
		for _, signal := range slices.Sorted(maps.Keys(x.elements)) {
			p := point(elements, name, x.since, now)
			p.SetIntValue(x.elements[signal])
			p.Attributes().PutStr("koine.lint.signal", string(signal))
		}
		if value, ok := t.services.score(name); ok {
			point(scores, name, x.since, now).SetDoubleValue(value)
		}
	}
	sm.Metrics().RemoveIf(isEmpty)
	return md
}

func describe(sm pmetric.ScopeMetrics, name, description, unit string) pmetric.Metric {
	m := sm.Metrics().AppendEmpty()
	m.SetName(name)
	m.SetDescription(description)
	m.SetUnit(unit)
	return m
}

func sum(sm pmetric.ScopeMetrics, name, description, unit string) pmetric.NumberDataPointSlice {
	s := describe(sm, name, description, unit).SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	return s.DataPoints()
}

func point(points pmetric.NumberDataPointSlice, service string, since, now time.Time) pmetric.NumberDataPoint {
	p := points.AppendEmpty()
	p.SetStartTimestamp(pcommon.NewTimestampFromTime(since))
	p.SetTimestamp(pcommon.NewTimestampFromTime(now))
	p.Attributes().PutStr("service.name", service)
	return p
}

func isEmpty(m pmetric.Metric) bool {
	if m.Type() == pmetric.MetricTypeGauge {
		return m.Gauge().DataPoints().Len() == 0
	}
	return m.Sum().DataPoints().Len() == 0
}

func compareSeries(a, b series) int {
	return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.severity, b.severity))
}
