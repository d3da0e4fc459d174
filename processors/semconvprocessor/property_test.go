package semconvprocessor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

// TestMetricProperties: on random metrics of old and new names, whole or in parts,
//
//   - nothing is lost that is not counted: points that are gone were merged or
//     duplicates, and without duplicates the totals are what they were;
//   - no two points share an identity that did not share one before;
//   - a second translation changes nothing.
func TestMetricProperties(t *testing.T) {
	for way, j := range ways() {
		if j.renames == nil {
			t.Run(fmt.Sprint(way), func(t *testing.T) { checkProperties(t, way) })
		} else {
			t.Run(fmt.Sprint(way), func(t *testing.T) { checkDuplicates(t, way) })
		}
	}
	t.Run("all metrics", func(t *testing.T) {
		checkWork(t, newWork(newJob(translate.New(translate.Options{}, everything()...), everything()...)), 10000)
	})
}

func checkProperties(t *testing.T, way int) {
	w, _ := workOf(uint8(way))
	checkWork(t, w, 2000)
}

// checkDuplicates: what is there stays as it was but for attributes that are added, what
// is added has a new name, and a second time nothing changes.
func checkDuplicates(t *testing.T, way int) {
	rng := rand.New(rand.NewPCG(5, uint64(way)))
	w, _ := workOf(uint8(way))
	added := 0
	for range 2000 {
		list := pmetric.NewMetricSlice()
		for range 1 + rng.IntN(5) {
			randomMetric(rng, list.AppendEmpty())
		}
		in := writeMetrics(t, list)
		before := measure(list)
		var names [][2]string
		present := map[string]bool{}
		for _, m := range list.All() {
			names = append(names, [2]string{m.Name(), m.Unit()})
			present[m.Name()] = true
		}
		w.scopeMetrics(list)
		out := writeMetrics(t, list)
		about := in + "----\n" + out
		total := int64(0)
		for _, n := range w.counts.elements[points] {
			total += n
		}
		require.EqualValues(t, before.points, total, about)
		for i, m := range list.All() {
			if i < len(names) {
				require.Equal(t, names[i], [2]string{m.Name(), m.Unit()}, about)
			} else {
				require.False(t, present[m.Name()], about)
				added++
			}
		}
		w.rest()
		w.scopeMetrics(list)
		require.Equal(t, out, writeMetrics(t, list), "the second time:\n%s", about)
		w.rest()
	}
	require.Positive(t, added)
}

func checkWork(t *testing.T, w *work, times int) {
	rng := rand.New(rand.NewPCG(3, 4))
	duplicates, sums, conflicts := 0, 0, 0
	for range times {
		list := pmetric.NewMetricSlice()
		for range 1 + rng.IntN(5) {
			randomMetric(rng, list.AppendEmpty())
		}
		in := writeMetrics(t, list)
		before := measure(list)
		w.scopeMetrics(list)
		counted := w.counts.elements[points]
		after := measure(list)
		out := writeMetrics(t, list)
		about := in + "----\n" + out

		total := int64(0)
		for _, n := range counted {
			total += n
		}
		require.EqualValues(t, before.points, total, about)
		require.EqualValues(t, before.points-after.points, counted[merged]+counted[duplicate], about)
		require.LessOrEqual(t, after.shared, before.shared, about)
		if counted[duplicate] == 0 {
			require.InEpsilon(t, 1+before.total, 1+after.total, 1e-9, about)
			require.Equal(t, before.count, after.count, about)
		}
		duplicates += int(counted[duplicate])
		sums += int(counted[merged])
		conflicts += int(counted[conflict])

		w.rest()
		w.scopeMetrics(list)
		require.Equal(t, out, writeMetrics(t, list), "the second time:\n%s", about)
		require.Zero(t, w.counts.elements[points][converted]+w.counts.elements[points][merged]+w.counts.elements[points][duplicate], about)
		w.rest()
	}
	t.Logf("%d duplicates, %d summands, %d conflicts", duplicates, sums, conflicts)
	require.Positive(t, min(duplicates, sums, conflicts))
}

// measured is what a translation has to keep.
type measured struct {
	points int
	// shared counts points beyond the first of their identity.
	shared int
	// total is that of all values in the base unit, count that of all counts.
	total float64
	count uint64
}

func measure(list pmetric.MetricSlice) (m measured) {
	seen := map[string]bool{}
	see := func(metric pmetric.Metric, p point) {
		m.points++
		id := fmt.Sprint((&plan{metric: metric, rule: translate.Metric{Name: metric.Name(), Unit: metric.Unit()}}).stream(), p.Attributes().AsRaw(), p.Timestamp())
		if seen[id] {
			m.shared++
		}
		seen[id] = true
	}
	for _, metric := range list.All() {
		by := 1.0
		if metric.Unit() == "ms" {
			by = 1000
		}
		number := func(list pmetric.NumberDataPointSlice) {
			for _, p := range list.All() {
				see(metric, p)
				m.total += (float64(p.IntValue()) + p.DoubleValue()) / by
			}
		}
		switch metric.Type() {
		case pmetric.MetricTypeGauge:
			number(metric.Gauge().DataPoints())
		case pmetric.MetricTypeSum:
			number(metric.Sum().DataPoints())
		case pmetric.MetricTypeHistogram:
			for _, p := range metric.Histogram().DataPoints().All() {
				see(metric, p)
				m.total += p.Sum() / by
				m.count += p.Count()
				for _, n := range p.BucketCounts().All() {
					m.count += n
				}
			}
		case pmetric.MetricTypeExponentialHistogram:
			for _, p := range metric.ExponentialHistogram().DataPoints().All() {
				see(metric, p)
				m.total += p.Sum() / by
				m.count += p.Count()
			}
		case pmetric.MetricTypeSummary:
			for _, p := range metric.Summary().DataPoints().All() {
				see(metric, p)
				m.total += p.Sum() / by
				m.count += p.Count()
			}
		}
	}
	return m
}

var randomMetrics = [][2]string{
	{"http.server.duration", "ms"}, {"http.server.duration", "s"}, {"http.server.request.duration", "s"},
	{"messaging.publish.duration", "ms"}, {"messaging.receive.duration", "ms"}, {"messaging.client.operation.duration", "s"},
	{"faas.cpu_usage", "ms"}, {"faas.cpu_usage", "s"}, {"db.client.connections.usage", "1"}, {"db.client.connection.count", "1"},
	{"process.runtime.jvm.memory.usage", "By"}, {"jvm.memory.usage", "By"}, {"jvm.memory.used", "By"}, {"own", "ms"},
}

func randomMetric(rng *rand.Rand, m pmetric.Metric) {
	name := randomMetrics[rng.IntN(len(randomMetrics))]
	m.SetName(name[0])
	m.SetUnit(name[1])
	temporality := pmetric.AggregationTemporality(rng.IntN(3))
	points := rng.IntN(6)
	number := func(p pmetric.NumberDataPoint) point {
		if rng.IntN(4) == 0 {
			p.SetDoubleValue(float64(rng.IntN(100)))
		} else {
			p.SetIntValue(rng.Int64N(1000))
		}
		randomExemplars(rng, p.Exemplars())
		return p
	}
	for range points {
		var p point
		switch m.Type() {
		case pmetric.MetricTypeEmpty:
			switch rng.IntN(7) {
			case 0:
				p = number(m.SetEmptyGauge().DataPoints().AppendEmpty())
			case 1, 2:
				m.SetEmptySum().SetAggregationTemporality(temporality)
				p = number(m.Sum().DataPoints().AppendEmpty())
			case 3, 4:
				m.SetEmptyHistogram().SetAggregationTemporality(temporality)
				p = randomHistogram(rng, m.Histogram().DataPoints().AppendEmpty())
			case 5:
				m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
				h := m.ExponentialHistogram().DataPoints().AppendEmpty()
				h.SetSum(float64(rng.IntN(100)))
				p = h
			case 6:
				s := m.SetEmptySummary().DataPoints().AppendEmpty()
				s.SetSum(float64(rng.IntN(100)))
				p = s
			}
		case pmetric.MetricTypeGauge:
			p = number(m.Gauge().DataPoints().AppendEmpty())
		case pmetric.MetricTypeSum:
			p = number(m.Sum().DataPoints().AppendEmpty())
		case pmetric.MetricTypeHistogram:
			p = randomHistogram(rng, m.Histogram().DataPoints().AppendEmpty())
		case pmetric.MetricTypeExponentialHistogram:
			p = m.ExponentialHistogram().DataPoints().AppendEmpty()
		case pmetric.MetricTypeSummary:
			p = m.Summary().DataPoints().AppendEmpty()
		}
		p.SetStartTimestamp(pcommon.Timestamp(rng.IntN(3)))
		p.SetTimestamp(pcommon.Timestamp(3 + rng.IntN(2)))
		randomAttributes(rng, p.Attributes())
		if rng.IntN(20) == 0 {
			p.SetFlags(p.Flags().WithNoRecordedValue(true))
		}
	}
}

func randomHistogram(rng *rand.Rand, h pmetric.HistogramDataPoint) point {
	h.SetCount(rng.Uint64N(3))
	h.ExplicitBounds().FromRaw([]float64{5, 10 * float64(rng.IntN(2))})
	h.BucketCounts().FromRaw([]uint64{rng.Uint64N(9), 1, 2})
	if rng.IntN(3) > 0 {
		h.SetSum(float64(rng.IntN(1000)))
	}
	if rng.IntN(3) > 0 {
		h.SetMin(math.Floor(rng.Float64() * 10))
		h.SetMax(10)
	}
	randomExemplars(rng, h.Exemplars())
	return h
}

func randomExemplars(rng *rand.Rand, list pmetric.ExemplarSlice) {
	for range rng.IntN(2) {
		e := list.AppendEmpty()
		e.SetIntValue(rng.Int64N(100))
		randomAttributes(rng, e.FilteredAttributes())
	}
}

func randomAttributes(rng *rand.Rand, m pcommon.Map) {
	keys := []string{
		"http.method", "http.request.method", "state", "db.client.connections.state", "db.client.connection.state",
		"messaging.operation.name", "http.status_code", "type", "jvm.memory.type",
	}
	for range rng.IntN(3) {
		switch key := keys[rng.IntN(len(keys))]; key {
		case "http.status_code":
			m.PutStr(key, []string{"200", "abc"}[rng.IntN(2)])
		default:
			m.PutStr(key, []string{"GET", "publish"}[rng.IntN(2)])
		}
	}
}
