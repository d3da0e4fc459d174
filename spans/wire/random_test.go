package wire

import (
	"fmt"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// random builds telemetry of every kind, of any shape, from a seed.
type random struct{ *rand.Rand }

func (r random) text() string {
	const odd = "{}[]\"\\:,é\x00 arrayValue"
	b := make([]byte, r.IntN(12))
	for i := range b {
		b[i] = odd[r.IntN(len(odd))]
	}
	if r.IntN(20) == 0 {
		b = append(b, make([]byte, 100+r.IntN(300))...)
	}
	return string([]rune(string(b)))
}

func (r random) value(v pcommon.Value, deep int) {
	switch n := r.IntN(9); {
	case n == 0 && deep > 0:
		s := v.SetEmptySlice()
		for range r.IntN(4) {
			r.value(s.AppendEmpty(), deep-1)
		}
	case n == 1 && deep > 0:
		r.attributes(v.SetEmptyMap(), deep-1)
	case n == 2:
		v.SetInt(r.Int64() >> r.IntN(64) * int64(1-r.IntN(3)))
	case n == 3:
		v.SetDouble(r.Float64())
	case n == 4:
		v.SetBool(r.IntN(2) == 0)
	case n == 5:
		v.SetEmptyBytes().FromRaw([]byte(r.text()))
	case n == 6:
	default:
		v.SetStr(r.text())
	}
}

func (r random) attributes(m pcommon.Map, deep int) {
	for i := range r.IntN(6) {
		r.value(m.PutEmpty(fmt.Sprint(i, r.text())), deep)
	}
}

func (r random) times(f func()) {
	for range r.IntN(4) {
		f()
	}
}

func (r random) traces() ptrace.Traces {
	td := ptrace.NewTraces()
	r.times(func() {
		rs := td.ResourceSpans().AppendEmpty()
		r.attributes(rs.Resource().Attributes(), 3)
		r.times(func() {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.Scope().SetName(r.text())
			r.attributes(ss.Scope().Attributes(), 3)
			r.times(func() {
				s := ss.Spans().AppendEmpty()
				s.SetName(r.text())
				s.SetTraceID(pcommon.TraceID{1, byte(r.Int())})
				s.SetFlags(r.Uint32())
				s.SetStartTimestamp(pcommon.Timestamp(r.Int64()))
				s.Status().SetMessage(r.text())
				r.attributes(s.Attributes(), 20)
				r.times(func() { r.attributes(s.Events().AppendEmpty().Attributes(), 5) })
				r.times(func() { r.attributes(s.Links().AppendEmpty().Attributes(), 5) })
			})
		})
	})
	return td
}

func (r random) logs() plog.Logs {
	ld := plog.NewLogs()
	r.times(func() {
		rl := ld.ResourceLogs().AppendEmpty()
		r.attributes(rl.Resource().Attributes(), 3)
		r.times(func() {
			sl := rl.ScopeLogs().AppendEmpty()
			r.attributes(sl.Scope().Attributes(), 3)
			r.times(func() {
				l := sl.LogRecords().AppendEmpty()
				l.SetSeverityText(r.text())
				r.value(l.Body(), 20)
				r.attributes(l.Attributes(), 5)
			})
		})
	})
	return ld
}

func (r random) metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	r.times(func() {
		rm := md.ResourceMetrics().AppendEmpty()
		r.attributes(rm.Resource().Attributes(), 3)
		r.times(func() {
			sm := rm.ScopeMetrics().AppendEmpty()
			r.attributes(sm.Scope().Attributes(), 3)
			r.times(func() {
				m := sm.Metrics().AppendEmpty()
				m.SetName(r.text())
				r.attributes(m.Metadata(), 2)
				r.points(m)
			})
		})
	})
	return md
}

func (r random) points(m pmetric.Metric) {
	switch r.IntN(6) {
	case 0:
		m.SetEmptyGauge()
		r.times(func() { r.number(m.Gauge().DataPoints().AppendEmpty()) })
	case 1:
		m.SetEmptySum().SetIsMonotonic(true)
		r.times(func() { r.number(m.Sum().DataPoints().AppendEmpty()) })
	case 2:
		m.SetEmptyHistogram()
		r.times(func() {
			p := m.Histogram().DataPoints().AppendEmpty()
			p.ExplicitBounds().FromRaw([]float64{1, 2.5, 3})
			p.BucketCounts().FromRaw([]uint64{1, 2, 3, 4})
			p.SetSum(4)
			r.attributes(p.Attributes(), 3)
			r.exemplars(p.Exemplars())
		})
	case 3:
		m.SetEmptyExponentialHistogram()
		r.times(func() {
			p := m.ExponentialHistogram().DataPoints().AppendEmpty()
			p.Positive().BucketCounts().FromRaw([]uint64{1, 2, 3000})
			r.attributes(p.Attributes(), 3)
			r.exemplars(p.Exemplars())
		})
	case 4:
		m.SetEmptySummary()
		r.times(func() {
			p := m.Summary().DataPoints().AppendEmpty()
			r.attributes(p.Attributes(), 3)
			r.times(func() { p.QuantileValues().AppendEmpty().SetQuantile(0.5) })
		})
	}
}

func (r random) number(p pmetric.NumberDataPoint) {
	p.SetDoubleValue(1)
	r.attributes(p.Attributes(), 3)
	r.exemplars(p.Exemplars())
}

func (r random) exemplars(s pmetric.ExemplarSlice) {
	r.times(func() { r.attributes(s.AppendEmpty().FilteredAttributes(), 12) })
}

func (r random) profiles() pprofile.Profiles {
	pd := pprofile.NewProfiles()
	r.times(func() {
		rp := pd.ResourceProfiles().AppendEmpty()
		r.attributes(rp.Resource().Attributes(), 3)
		r.times(func() {
			sp := rp.ScopeProfiles().AppendEmpty()
			r.attributes(sp.Scope().Attributes(), 3)
			r.times(func() {
				p := sp.Profiles().AppendEmpty()
				p.AttributeIndices().FromRaw([]int32{1, 2, 300})
				r.times(func() {
					s := p.Samples().AppendEmpty()
					s.Values().FromRaw([]int64{1, 2, 300})
					s.TimestampsUnixNano().FromRaw([]uint64{1, 2})
				})
			})
		})
	})
	d := pd.Dictionary()
	d.StringTable().FromRaw([]string{"", "arrayValue", r.text()})
	r.times(func() { d.MappingTable().AppendEmpty() })
	r.times(func() { d.FunctionTable().AppendEmpty() })
	r.times(func() { d.LinkTable().AppendEmpty() })
	r.times(func() { d.StackTable().AppendEmpty().LocationIndices().FromRaw([]int32{1, 2}) })
	r.times(func() { r.value(d.AttributeTable().AppendEmpty().Value(), 9) })
	r.times(func() {
		l := d.LocationTable().AppendEmpty()
		r.times(func() { l.Lines().AppendEmpty().SetLine(4) })
	})
	return pd
}

// bodies gives one request of each signal, as protobuf and as JSON.
func (r random) bodies() (proto, json [Profiles + 1][]byte) {
	td, md, ld, pd := r.traces(), r.metrics(), r.logs(), r.profiles()
	must := func(b []byte, err error) []byte {
		if err != nil {
			panic(err)
		}
		return b
	}
	proto = [...][]byte{
		Traces:   must((&ptrace.ProtoMarshaler{}).MarshalTraces(td)),
		Metrics:  must((&pmetric.ProtoMarshaler{}).MarshalMetrics(md)),
		Logs:     must((&plog.ProtoMarshaler{}).MarshalLogs(ld)),
		Profiles: must((&pprofile.ProtoMarshaler{}).MarshalProfiles(pd)),
	}
	json = [...][]byte{
		Traces:   must((&ptrace.JSONMarshaler{}).MarshalTraces(td)),
		Metrics:  must((&pmetric.JSONMarshaler{}).MarshalMetrics(md)),
		Logs:     must((&plog.JSONMarshaler{}).MarshalLogs(ld)),
		Profiles: must((&pprofile.JSONMarshaler{}).MarshalProfiles(pd)),
	}
	return proto, json
}

// message writes a message of the schema as no encoder would: fields in any order, singular
// ones repeated, unknown ones and groups among them.
func (r random) message(m message, deep int) []byte {
	var b []byte
	for range r.IntN(6) {
		switch field := r.IntN(fieldsOf); {
		case r.IntN(12) == 0:
			b = append(b, r.unknown(deep)...)
		case deep > 0 && schema[m][field].to > leaf:
			if field == 0 {
				field = deprecatedScope
			}
			b = appendField(b, field, r.message(schema[m][field%deprecatedScope].to, deep-1))
		case m == anyValue || m == keyValue:
			b = appendField(b, 1, []byte("text"))
		}
	}
	return b
}

func (r random) unknown(deep int) []byte {
	attribute := appendField(nil, 9, r.message(keyValue, deep/2))
	switch r.IntN(6) {
	case 0: // an empty group in a group
		return []byte{100<<3&0x7f | startGroup | 0x80, 6, 0xf3, 6, 0xf4, 6, 100<<3&0x7f | endGroup | 0x80, 6}
	case 1: // pdata leaves a group after its first field
		return append([]byte{0xa3, 6, 0xa8, 6, 1}, attribute...)
	case 2: // a field number that wraps to 9
		return append([]byte{0xca, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, attribute[1:]...)
	case 3: // an overlong tag and length
		return []byte{0xca, 0x80, 0x00, 0x80, 0x00}
	case 4:
		return []byte{0xa1, 6, 1, 2, 3, 4, 5, 6, 7, 8}
	}
	return []byte{0xa5, 6, 1, 2, 3, 4}
}
