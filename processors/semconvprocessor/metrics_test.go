package semconvprocessor

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/koine-otel/koine/semconv/translate"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMetrics reads testdata/*.txt: cases of a line with #, a scope's metrics, ----, and
// what becomes of them: the metrics, and what was counted of metrics and points. Every
// case is translated twice: the second time must change nothing.
func TestMetrics(t *testing.T) {
	checkMetrics(t, "testdata/*.txt", translate.Default())
}

// checkMetrics runs the cases of some files.
func checkMetrics(t *testing.T, pattern string, table *translate.Table) {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var rewritten strings.Builder
		for _, c := range strings.SplitAfter(string(data), "\n\n") {
			title, body, _ := strings.Cut(c, "\n")
			in, want, _ := strings.Cut(body, "----\n")
			var got string
			t.Run(filepath.Base(file)+"/"+strings.TrimPrefix(title, "# "), func(t *testing.T) {
				list := pmetric.NewMetricSlice()
				readMetrics(t, in, list)
				w := newWork(newJob(table, everything()...))
				w.scopeMetrics(list)
				out := writeMetrics(t, list)
				got = out + sumUp(&w.counts)
				w.rest()
				w.scopeMetrics(list)
				assert.Equal(t, out, writeMetrics(t, list), "the second time")
				if !*update {
					assert.Equal(t, strings.TrimRight(want, "\n"), strings.TrimRight(got, "\n"))
				}
			})
			fmt.Fprintf(&rewritten, "%s\n%s----\n%s\n", title, in, got)
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(strings.TrimSuffix(rewritten.String(), "\n")), 0o644))
		}
	}
}

// sumUp is what was counted of metrics and points, a line each.
func sumUp(c *counts) string {
	var out strings.Builder
	for _, e := range []element{metrics, points} {
		fmt.Fprintf(&out, "%ss:", elementNames[e])
		for o, n := range c.elements[e] {
			if n > 0 {
				fmt.Fprintf(&out, " %s=%d", outcomeNames[o], n)
			}
		}
		out.WriteString("\n")
	}
	if c.invalid+c.conflicts+c.duplicates > 0 {
		fmt.Fprintf(&out, "attributes: invalid=%d conflicts=%d duplicates=%d\n", c.invalid, c.conflicts, c.duplicates)
	}
	return out.String()
}

func TestConformingMetricsCostNothing(t *testing.T) {
	w := newWork(newJob(translate.Default()))
	list := pmetric.NewMetricSlice()
	readMetrics(t, conformingMetrics, list)
	before := writeMetrics(t, list)
	assert.Zero(t, testing.AllocsPerRun(100, func() { w.scopeMetrics(list) }))
	assert.Equal(t, before, writeMetrics(t, list))

	// Whoever writes to what is read-only panics.
	md := pmetric.NewMetrics()
	list.CopyTo(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics())
	md.MarkReadOnly()
	assert.NotPanics(t, func() { w.scopeMetrics(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()) })
}

const conformingMetrics = `
metric http.server.request.duration s histogram cumulative
  {"at":"1..10","attrs":{"http.request.method":"GET","url.scheme":"https","http.response.status_code":200},"count":3,"sum":1.5,"bounds":[0.005,0.01],"buckets":[1,1,1],"exemplars":[{"=":0.5,"url.path":"/a"}]}
  {"at":"1..10","attrs":{"http.request.method":"PUT","url.scheme":"https","http.response.status_code":500},"count":3,"sum":1.5,"bounds":[0.005,0.01],"buckets":[1,1,1]}
metric own 1 gauge
  {"at":"0..10","attrs":{"state":"idle"},"value":1}
metric own.sum 1 sum delta
  {"at":"1..10","attrs":{"type":"a"},"value":1.5}
metric own.summary ms summary
  {"at":"1..10","attrs":{"type":"a"},"count":1,"sum":2,"quantiles":[[0.5,2]]}
metric own.exponential ms exponential delta
  {"at":"1..10","attrs":{"type":"a"},"count":1,"sum":2}
`

func BenchmarkMetrics(b *testing.B) {
	const series = 1000
	for _, c := range []struct{ name, metric, unit, method string }{
		{"old", "http.server.duration", "ms", "http.method"},
		{"renamed", "http.server.request.size", "By", "http.request.method"},
		{"conforming", "http.server.request.duration", "s", "http.request.method"},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
			require.NoError(b, err)
			template := pmetric.NewMetrics()
			for range 10 {
				// Each in a scope of its own, as ten services' would be.
				list := template.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
				m := list.AppendEmpty()
				m.SetName(c.metric)
				m.SetUnit(c.unit)
				m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
				for i := range series / 10 {
					p := m.Histogram().DataPoints().AppendEmpty()
					p.ExplicitBounds().FromRaw([]float64{5, 10, 25, 50, 75, 100, 250, 500, 750, 1000})
					p.BucketCounts().FromRaw(make([]uint64, 11))
					p.Attributes().PutStr(c.method, "GET")
					p.Attributes().PutStr("http.route", fmt.Sprint("/", i))
					p.Attributes().PutStr("url.scheme", "https")
					p.Attributes().PutInt("http.response.status_code", 200)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				md := template
				if c.name != "conforming" {
					b.StopTimer()
					md = pmetric.NewMetrics()
					template.CopyTo(md)
					b.StartTimer()
				}
				_, _ = n.metrics(context.Background(), md)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/series, "ns/point")
		})
	}
}
