package telemetry

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
)

// gatherer is a sink that keeps all.
type gatherer struct {
	mu      sync.Mutex
	traces  []ptrace.Traces
	metrics []pmetric.Metrics
	logs    []plog.Logs
	sources []string
}

func (g *gatherer) Traces(td ptrace.Traces, source string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.traces, g.sources = append(g.traces, td), append(g.sources, source)
}

func (g *gatherer) Metrics(md pmetric.Metrics, source string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.metrics, g.sources = append(g.metrics, md), append(g.sources, source)
}

func (g *gatherer) Logs(ld plog.Logs, source string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.logs, g.sources = append(g.logs, ld), append(g.sources, source)
}

func (g *gatherer) spans() (all []ptrace.Span) {
	for _, td := range g.traces {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

// ids are those of all spans, sorted.
func (g *gatherer) ids() (ids []string) {
	for _, s := range g.spans() {
		ids = append(ids, s.TraceID().String()+s.SpanID().String())
	}
	slices.Sort(ids)
	return ids
}

// read reads content as a file of a name.
func read(tb testing.TB, content []byte, o Options) (*gatherer, Counts, error) {
	tb.Helper()
	tb.Chdir(tb.TempDir())
	require.NoError(tb, os.WriteFile("x", content, 0o600))
	g := new(gatherer)
	counts, err := ReadFiles(context.Background(), []string{"x"}, nil, g, o)
	return g, counts, err
}

func corpus(tb testing.TB, p tracegen.Protocol, traces int) []tracegen.Payload {
	tb.Helper()
	c := tracegen.DefaultConfig()
	c.Protocol = p
	payloads, err := tracegen.Corpus(c, traces, 10)
	require.NoError(tb, err)
	return payloads
}

// requests are OTLP requests, with spans of tracegen.
func requests(tb testing.TB, traces int) (all []ptrace.Traces, spans int) {
	tb.Helper()
	for _, p := range corpus(tb, tracegen.OTLPHTTP, traces) {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(p.Body)
		require.NoError(tb, err)
		all, spans = append(all, td), spans+p.Spans
	}
	return all, spans
}

func asJSON(tb testing.TB, td ptrace.Traces) []byte {
	tb.Helper()
	b, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
	require.NoError(tb, err)
	return b
}

// lines are requests as the file exporter writes them.
func lines(tb testing.TB, all []ptrace.Traces) []byte {
	tb.Helper()
	var b bytes.Buffer
	for _, td := range all {
		b.Write(asJSON(tb, td))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func metricsOf(points int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("http.server.request.duration")
	m.SetUnit("s")
	h := m.SetEmptyHistogram()
	for range points {
		h.DataPoints().AppendEmpty().SetCount(1)
	}
	return md
}

func logsOf(records int) plog.Logs {
	ld := plog.NewLogs()
	s := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	for i := range records {
		r := s.LogRecords().AppendEmpty()
		r.SetTimestamp(pcommon.Timestamp(i + 1))
		r.Body().SetStr("said")
	}
	return ld
}

func testdata(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return b
}

func linesOf(err error) []string { return strings.Split(err.Error(), "\n") }
