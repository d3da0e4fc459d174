package wire

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// oracle measures pdata the simple way: by walking it, recursively.
type oracle struct{ Shape }

func (o *oracle) value(v pcommon.Value, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeSlice:
		o.nested(depth + 1)
		for _, member := range v.Slice().All() {
			o.Elements++
			o.value(member, depth+1)
		}
	case pcommon.ValueTypeMap:
		o.nested(depth + 1)
		o.attributes(v.Map(), depth+1)
	}
}

func (o *oracle) nested(depth int) {
	o.Elements++
	o.ValueDepth = max(o.ValueDepth, depth)
}

func (o *oracle) attributes(m pcommon.Map, depth int) {
	o.Elements += m.Len()
	o.Attributes = max(o.Attributes, m.Len())
	for _, v := range m.All() {
		o.value(v, depth)
	}
}

func traceShape(td ptrace.Traces) Shape {
	var o oracle
	for _, rs := range td.ResourceSpans().All() {
		o.Elements++
		o.attributes(rs.Resource().Attributes(), 0)
		for _, ss := range rs.ScopeSpans().All() {
			o.Elements++
			o.attributes(ss.Scope().Attributes(), 0)
			for _, span := range ss.Spans().All() {
				o.Elements += 1 + span.Events().Len() + span.Links().Len()
				o.attributes(span.Attributes(), 0)
				for _, e := range span.Events().All() {
					o.attributes(e.Attributes(), 0)
				}
				for _, l := range span.Links().All() {
					o.attributes(l.Attributes(), 0)
				}
			}
		}
	}
	return o.Shape
}

func logShape(ld plog.Logs) Shape {
	var o oracle
	for _, rl := range ld.ResourceLogs().All() {
		o.Elements++
		o.attributes(rl.Resource().Attributes(), 0)
		for _, sl := range rl.ScopeLogs().All() {
			o.Elements++
			o.attributes(sl.Scope().Attributes(), 0)
			for _, r := range sl.LogRecords().All() {
				o.Elements++
				o.attributes(r.Attributes(), 0)
				o.value(r.Body(), 0)
			}
		}
	}
	return o.Shape
}

func metricShape(md pmetric.Metrics) Shape {
	var o oracle
	for _, rm := range md.ResourceMetrics().All() {
		o.Elements++
		o.attributes(rm.Resource().Attributes(), 0)
		for _, sm := range rm.ScopeMetrics().All() {
			o.Elements++
			o.attributes(sm.Scope().Attributes(), 0)
			for _, m := range sm.Metrics().All() {
				o.Elements++
				o.attributes(m.Metadata(), 0)
				o.points(m)
			}
		}
	}
	return o.Shape
}

func (o *oracle) points(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		o.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		o.numbers(m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			o.point(p.Attributes(), p.Exemplars())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			o.point(p.Attributes(), p.Exemplars())
		}
	case pmetric.MetricTypeSummary:
		for _, p := range m.Summary().DataPoints().All() {
			o.Elements += 1 + p.QuantileValues().Len()
			o.attributes(p.Attributes(), 0)
		}
	}
}

func (o *oracle) numbers(points pmetric.NumberDataPointSlice) {
	for _, p := range points.All() {
		o.point(p.Attributes(), p.Exemplars())
	}
}

func (o *oracle) point(attributes pcommon.Map, exemplars pmetric.ExemplarSlice) {
	o.Elements++
	o.attributes(attributes, 0)
	for _, e := range exemplars.All() {
		o.Elements++
		o.attributes(e.FilteredAttributes(), 0)
	}
}

func profileShape(pd pprofile.Profiles) Shape {
	var o oracle
	for _, rp := range pd.ResourceProfiles().All() {
		o.Elements++
		o.attributes(rp.Resource().Attributes(), 0)
		for _, sp := range rp.ScopeProfiles().All() {
			o.Elements++
			o.attributes(sp.Scope().Attributes(), 0)
			for _, p := range sp.Profiles().All() {
				o.Elements += 1 + p.Samples().Len()
			}
		}
	}
	d := pd.Dictionary()
	o.Elements += d.MappingTable().Len() + d.LocationTable().Len() + d.FunctionTable().Len() +
		d.LinkTable().Len() + d.AttributeTable().Len() + d.StackTable().Len()
	for _, l := range d.LocationTable().All() {
		o.Elements += l.Lines().Len()
	}
	for _, a := range d.AttributeTable().All() {
		o.value(a.Value(), 0)
	}
	return o.Shape
}

// decoded is a signal's decoders and its oracle.
type decoded struct {
	name  string
	proto func([]byte) (Shape, error)
	json  func([]byte) (Shape, error)
}

var decoders = [...]decoded{
	Traces: {"traces", shaped((&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, traceShape),
		shaped((&ptrace.JSONUnmarshaler{}).UnmarshalTraces, traceShape)},
	Metrics: {"metrics", shaped((&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, metricShape),
		shaped((&pmetric.JSONUnmarshaler{}).UnmarshalMetrics, metricShape)},
	Logs: {"logs", shaped((&plog.ProtoUnmarshaler{}).UnmarshalLogs, logShape),
		shaped((&plog.JSONUnmarshaler{}).UnmarshalLogs, logShape)},
	Profiles: {"profiles", shaped((&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles, profileShape),
		shaped((&pprofile.JSONUnmarshaler{}).UnmarshalProfiles, profileShape)},
}

func shaped[T any](decode func([]byte) (T, error), shape func(T) Shape) func([]byte) (Shape, error) {
	return func(body []byte) (Shape, error) {
		data, err := decode(body)
		if err != nil {
			return Shape{}, err
		}
		return shape(data), nil
	}
}
