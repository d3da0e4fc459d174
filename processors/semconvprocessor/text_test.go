package semconvprocessor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// A scope's metrics as text: a line a metric and, below it, a line a point.
//
//	metric http.server.duration ms sum delta monotonic
//	  {"at":"1..10","attrs":{"http.method":"GET"},"value":1500}
//
// A number with a dot is a double, one without an int.

// textPoint is a point of any shape, or an exemplar.
type textPoint struct {
	At        string                   `json:"at,omitempty"`
	Attrs     map[string]any           `json:"attrs,omitempty"`
	Value     json.RawMessage          `json:"value,omitempty"`
	Count     uint64                   `json:"count,omitempty"`
	Sum       *float64                 `json:"sum,omitempty"`
	Min       *float64                 `json:"min,omitempty"`
	Max       *float64                 `json:"max,omitempty"`
	Bounds    []float64                `json:"bounds,omitempty"`
	Buckets   []uint64                 `json:"buckets,omitempty"`
	Quantiles [][2]float64             `json:"quantiles,omitempty"`
	Flags     pmetric.DataPointFlags   `json:"flags,omitempty"`
	Exemplars []map[string]interface{} `json:"exemplars,omitempty"`
}

func readMetrics(t testing.TB, text string, list pmetric.MetricSlice) {
	var m pmetric.Metric
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		if words := strings.Fields(line); words[0] == "metric" {
			m = list.AppendEmpty()
			m.SetName(words[1])
			m.SetUnit(strings.TrimPrefix(words[2], "-"))
			setType(t, m, words[3:])
			continue
		}
		var p textPoint
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		require.NoError(t, d.Decode(&p), line)
		p.write(t, m)
	}
}

func setType(t testing.TB, m pmetric.Metric, words []string) {
	temporality := pmetric.AggregationTemporalityUnspecified
	monotonic := false
	for _, word := range words[1:] {
		switch word {
		case "delta":
			temporality = pmetric.AggregationTemporalityDelta
		case "cumulative":
			temporality = pmetric.AggregationTemporalityCumulative
		case "monotonic":
			monotonic = true
		}
	}
	switch words[0] {
	case "gauge":
		m.SetEmptyGauge()
	case "sum":
		m.SetEmptySum().SetAggregationTemporality(temporality)
		m.Sum().SetIsMonotonic(monotonic)
	case "histogram":
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
	case "exponential":
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
	case "summary":
		m.SetEmptySummary()
	case "empty":
	default:
		require.Fail(t, "unknown type", words[0])
	}
}

func (p *textPoint) write(t testing.TB, m pmetric.Metric) {
	var at point
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		at = p.number(t, m.Gauge().DataPoints().AppendEmpty())
	case pmetric.MetricTypeSum:
		at = p.number(t, m.Sum().DataPoints().AppendEmpty())
	case pmetric.MetricTypeHistogram:
		h := m.Histogram().DataPoints().AppendEmpty()
		h.SetCount(p.Count)
		set := func(v *float64, set func(float64)) {
			if v != nil {
				set(*v)
			}
		}
		set(p.Sum, h.SetSum)
		set(p.Min, h.SetMin)
		set(p.Max, h.SetMax)
		h.ExplicitBounds().FromRaw(p.Bounds)
		h.BucketCounts().FromRaw(p.Buckets)
		p.exemplars(t, h.Exemplars())
		at = h
	case pmetric.MetricTypeExponentialHistogram:
		h := m.ExponentialHistogram().DataPoints().AppendEmpty()
		h.SetCount(p.Count)
		if p.Sum != nil {
			h.SetSum(*p.Sum)
		}
		p.exemplars(t, h.Exemplars())
		at = h
	case pmetric.MetricTypeSummary:
		s := m.Summary().DataPoints().AppendEmpty()
		s.SetCount(p.Count)
		s.SetSum(*p.Sum)
		for _, q := range p.Quantiles {
			v := s.QuantileValues().AppendEmpty()
			v.SetQuantile(q[0])
			v.SetValue(q[1])
		}
		at = s
	}
	var from, to uint64
	_, err := fmt.Sscanf(p.At, "%d..%d", &from, &to)
	require.NoError(t, err, p.At)
	at.SetStartTimestamp(pcommon.Timestamp(from))
	at.SetTimestamp(pcommon.Timestamp(to))
	at.SetFlags(p.Flags)
	putAll(t, at.Attributes(), p.Attrs)
}

func (p *textPoint) number(t testing.TB, n pmetric.NumberDataPoint) point {
	switch v := valueOf(t, json.Number(p.Value)).(type) {
	case int64:
		n.SetIntValue(v)
	case float64:
		n.SetDoubleValue(v)
	}
	p.exemplars(t, n.Exemplars())
	return n
}

func (p *textPoint) exemplars(t testing.TB, list pmetric.ExemplarSlice) {
	for _, attrs := range p.Exemplars {
		e := list.AppendEmpty()
		switch v := valueOf(t, attrs["="]).(type) {
		case int64:
			e.SetIntValue(v)
		case float64:
			e.SetDoubleValue(v)
		}
		delete(attrs, "=")
		putAll(t, e.FilteredAttributes(), attrs)
	}
}

func putAll(t testing.TB, m pcommon.Map, attrs map[string]any) {
	for key, v := range attrs {
		require.NoError(t, m.PutEmpty(key).FromRaw(valueOf(t, v)))
	}
}

func valueOf(t testing.TB, v any) any {
	n, ok := v.(json.Number)
	switch {
	case !ok || n == "":
		return v
	case strings.ContainsAny(string(n), ".e"):
		f, err := n.Float64()
		require.NoError(t, err)
		return f
	default:
		i, err := n.Int64()
		require.NoError(t, err)
		return i
	}
}

func writeMetrics(t testing.TB, list pmetric.MetricSlice) string {
	var out strings.Builder
	for _, m := range list.All() {
		unit := m.Unit()
		if unit == "" {
			unit = "-"
		}
		fmt.Fprintf(&out, "metric %s %s", m.Name(), unit)
		var lines []textPoint
		switch m.Type() {
		case pmetric.MetricTypeGauge:
			out.WriteString(" gauge")
			lines = numbers(m.Gauge().DataPoints())
		case pmetric.MetricTypeSum:
			out.WriteString(" sum " + strings.ToLower(m.Sum().AggregationTemporality().String()))
			if m.Sum().IsMonotonic() {
				out.WriteString(" monotonic")
			}
			lines = numbers(m.Sum().DataPoints())
		case pmetric.MetricTypeHistogram:
			out.WriteString(" histogram " + strings.ToLower(m.Histogram().AggregationTemporality().String()))
			for _, h := range m.Histogram().DataPoints().All() {
				p := common(h)
				p.Count, p.Bounds, p.Buckets = h.Count(), h.ExplicitBounds().AsRaw(), h.BucketCounts().AsRaw()
				p.Sum, p.Min, p.Max = optional(h.HasSum(), h.Sum()), optional(h.HasMin(), h.Min()), optional(h.HasMax(), h.Max())
				p.Exemplars = exemplarsOf(h.Exemplars())
				lines = append(lines, p)
			}
		case pmetric.MetricTypeExponentialHistogram:
			out.WriteString(" exponential " + strings.ToLower(m.ExponentialHistogram().AggregationTemporality().String()))
			for _, h := range m.ExponentialHistogram().DataPoints().All() {
				p := common(h)
				p.Count, p.Sum, p.Exemplars = h.Count(), optional(h.HasSum(), h.Sum()), exemplarsOf(h.Exemplars())
				lines = append(lines, p)
			}
		case pmetric.MetricTypeSummary:
			out.WriteString(" summary")
			for _, s := range m.Summary().DataPoints().All() {
				p := common(s)
				p.Count, p.Sum = s.Count(), optional(true, s.Sum())
				for _, q := range s.QuantileValues().All() {
					p.Quantiles = append(p.Quantiles, [2]float64{q.Quantile(), q.Value()})
				}
				lines = append(lines, p)
			}
		default:
			out.WriteString(" empty")
		}
		out.WriteString("\n")
		for _, p := range lines {
			var line bytes.Buffer
			require.NoError(t, json.NewEncoder(&line).Encode(p))
			out.WriteString("  " + line.String())
		}
	}
	return out.String()
}

func common(p point) textPoint {
	return textPoint{At: fmt.Sprintf("%d..%d", p.StartTimestamp(), p.Timestamp()), Attrs: rawOf(p.Attributes()), Flags: p.Flags()}
}

func numbers(list pmetric.NumberDataPointSlice) (lines []textPoint) {
	for _, n := range list.All() {
		p := common(n)
		switch n.ValueType() {
		case pmetric.NumberDataPointValueTypeInt:
			p.Value = json.RawMessage(fmt.Sprint(n.IntValue()))
		case pmetric.NumberDataPointValueTypeDouble:
			p.Value = double(n.DoubleValue())
		}
		p.Exemplars = exemplarsOf(n.Exemplars())
		lines = append(lines, p)
	}
	return lines
}

func exemplarsOf(list pmetric.ExemplarSlice) (lines []map[string]any) {
	for _, e := range list.All() {
		raw := rawOf(e.FilteredAttributes())
		switch e.ValueType() {
		case pmetric.ExemplarValueTypeInt:
			raw["="] = e.IntValue()
		case pmetric.ExemplarValueTypeDouble:
			raw["="] = double(e.DoubleValue())
		}
		lines = append(lines, raw)
	}
	return lines
}

func rawOf(m pcommon.Map) map[string]any {
	raw := m.AsRaw()
	for key, v := range raw {
		if d, ok := v.(float64); ok {
			raw[key] = double(d)
		}
	}
	return raw
}

func double(d float64) json.RawMessage {
	text, _ := json.Marshal(d)
	if !bytes.ContainsAny(text, ".e") {
		text = append(text, ".0"...)
	}
	return text
}

func optional(has bool, v float64) *float64 {
	if !has {
		return nil
	}
	return &v
}
