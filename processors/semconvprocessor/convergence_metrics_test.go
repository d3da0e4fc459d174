package semconvprocessor

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// TestMetricConvergence: every old metric of the corpus, with values and series at random,
// becomes what whoever emits the new one sends. The corpus, written by hand, says which is
// which; values are scaled by powers of two, so that nothing is rounded.
func TestMetricConvergence(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	files, err := filepath.Glob("testdata/corpus/*.txt")
	require.NoError(t, err)
	cases := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, c := range strings.Split(string(data), "\n\n") {
			title, body, _ := strings.Cut(c, "\n")
			in, want, _ := strings.Cut(body, "----\n")
			want, _, _ = strings.Cut(want, "metrics:")
			for range 5 {
				series := randomSeries(rng)
				old, today := pmetric.NewMetricSlice(), pmetric.NewMetricSlice()
				readMetrics(t, in, old)
				readMetrics(t, want, today)
				series.apply(old)
				series.apply(today)
				w := newWork(newJob(tableFor(""), everything()...))
				w.scopeMetrics(old)
				require.Equal(t, writeMetrics(t, today), writeMetrics(t, old), "%s of %s", title, file)
			}
			cases++
		}
	}
	require.Greater(t, cases, 150)
}

// seriesOf is a set of series: each point of a case comes once for each, with the series' mark
// and its values scaled.
type seriesOf []struct {
	mark  string
	scale int // the exponent of two
}

func randomSeries(rng *rand.Rand) seriesOf {
	s := make(seriesOf, 1+rng.IntN(4))
	for i := range s {
		s[i].mark, s[i].scale = string(rune('a'+i)), rng.IntN(12)
	}
	return s
}

func (s seriesOf) apply(list pmetric.MetricSlice) {
	for _, m := range list.All() {
		switch m.Type() {
		case pmetric.MetricTypeGauge:
			s.numbers(m.Gauge().DataPoints())
		case pmetric.MetricTypeSum:
			s.numbers(m.Sum().DataPoints())
		case pmetric.MetricTypeHistogram:
			s.histograms(m.Histogram().DataPoints())
		}
	}
}

func (s seriesOf) numbers(list pmetric.NumberDataPointSlice) {
	points := pmetric.NewNumberDataPointSlice()
	list.MoveAndAppendTo(points)
	for _, one := range s {
		for _, p := range points.All() {
			n := list.AppendEmpty()
			p.CopyTo(n)
			n.Attributes().PutStr("own.series", one.mark)
			if n.ValueType() == pmetric.NumberDataPointValueTypeInt {
				n.SetIntValue(n.IntValue() << one.scale)
			} else {
				n.SetDoubleValue(math.Ldexp(n.DoubleValue(), one.scale))
			}
			scaleExemplars(n.Exemplars(), one.scale)
		}
	}
}

func (s seriesOf) histograms(list pmetric.HistogramDataPointSlice) {
	points := pmetric.NewHistogramDataPointSlice()
	list.MoveAndAppendTo(points)
	for _, one := range s {
		for _, p := range points.All() {
			h := list.AppendEmpty()
			p.CopyTo(h)
			h.Attributes().PutStr("own.series", one.mark)
			scaleAll(h.ExplicitBounds(), one.scale)
			if h.HasSum() {
				h.SetSum(math.Ldexp(h.Sum(), one.scale))
			}
			if h.HasMin() {
				h.SetMin(math.Ldexp(h.Min(), one.scale))
			}
			if h.HasMax() {
				h.SetMax(math.Ldexp(h.Max(), one.scale))
			}
			scaleExemplars(h.Exemplars(), one.scale)
		}
	}
}

func scaleAll(values pcommon.Float64Slice, scale int) {
	for i := range values.Len() {
		values.SetAt(i, math.Ldexp(values.At(i), scale))
	}
}

func scaleExemplars(list pmetric.ExemplarSlice, scale int) {
	for _, e := range list.All() {
		if e.ValueType() == pmetric.ExemplarValueTypeInt {
			e.SetIntValue(e.IntValue() << scale)
		} else {
			e.SetDoubleValue(math.Ldexp(e.DoubleValue(), scale))
		}
	}
}
