package ruletest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// batch is what one resource sends in one scope.
type batch struct {
	Resource   map[string]any `yaml:"resource"`
	SchemaURL  string         `yaml:"schema_url"`
	Scope      string         `yaml:"scope"` // name@version
	Attributes map[string]any `yaml:"attributes"`
	Spans      []span         `yaml:"spans"`
	Metrics    []metric       `yaml:"metrics"`
	Logs       []record       `yaml:"logs"`
}

type span struct {
	Name        string         `yaml:"name"`
	Kind        string         `yaml:"kind"`
	Status      string         `yaml:"status"`
	Description string         `yaml:"description"`
	Trace       int            `yaml:"trace"`
	ID          int            `yaml:"id"`
	Parent      int            `yaml:"parent"`
	Start       time.Duration  `yaml:"start"`
	End         time.Duration  `yaml:"end"`
	Dropped     uint32         `yaml:"dropped"`
	Attributes  map[string]any `yaml:"attributes"`
	Events      []event        `yaml:"events"`
	Repeat      int            `yaml:"repeat"` // {n} in texts counts
}

type event struct {
	Name       string         `yaml:"name"`
	Attributes map[string]any `yaml:"attributes"`
}

type metric struct {
	Name       string         `yaml:"name"`
	Unit       string         `yaml:"unit"`
	Type       string         `yaml:"type"` // gauge, sum, updown, histogram, exponential, summary
	Bounds     []float64      `yaml:"bounds"`
	At         time.Duration  `yaml:"at"`
	Attributes map[string]any `yaml:"attributes"`
	Repeat     int            `yaml:"repeat"` // points
}

type record struct {
	Severity   int32          `yaml:"severity"`
	Text       string         `yaml:"text"`
	Event      string         `yaml:"event"`
	Body       string         `yaml:"body"`
	At         time.Duration  `yaml:"at"`
	Attributes map[string]any `yaml:"attributes"`
}

func (b *batch) show(e *semconvlint.Engine) {
	name, version, _ := strings.Cut(b.Scope, "@")
	if len(b.Metrics) > 0 {
		md := pmetric.NewMetrics()
		rm := md.ResourceMetrics().AppendEmpty()
		rm.SetSchemaUrl(b.SchemaURL)
		fill(rm.Resource().Attributes(), b.Resource, 0)
		sm := rm.ScopeMetrics().AppendEmpty()
		b.scope(sm.Scope(), name, version)
		for i := range b.Metrics {
			b.Metrics[i].put(sm.Metrics().AppendEmpty())
		}
		e.Metrics(md, "input.yaml")
	}
	if len(b.Logs) > 0 {
		ld := plog.NewLogs()
		rl := ld.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(b.SchemaURL)
		fill(rl.Resource().Attributes(), b.Resource, 0)
		sl := rl.ScopeLogs().AppendEmpty()
		b.scope(sl.Scope(), name, version)
		for i := range b.Logs {
			b.Logs[i].put(sl.LogRecords().AppendEmpty())
		}
		e.Logs(ld, "input.yaml")
	}
	if len(b.Spans) > 0 || len(b.Metrics)+len(b.Logs) == 0 {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(b.SchemaURL)
		fill(rs.Resource().Attributes(), b.Resource, 0)
		ss := rs.ScopeSpans().AppendEmpty()
		b.scope(ss.Scope(), name, version)
		for i := range b.Spans {
			for n := range max(1, b.Spans[i].Repeat) {
				b.Spans[i].put(ss.Spans().AppendEmpty(), n)
			}
		}
		e.Traces(td, "input.yaml")
	}
}

func (b *batch) scope(s pcommon.InstrumentationScope, name, version string) {
	s.SetName(name)
	s.SetVersion(version)
	fill(s.Attributes(), b.Attributes, 0)
}

var kinds = map[string]ptrace.SpanKind{
	"internal": ptrace.SpanKindInternal, "server": ptrace.SpanKindServer, "client": ptrace.SpanKindClient, "producer": ptrace.SpanKindProducer, "consumer": ptrace.SpanKindConsumer,
}

var statuses = map[string]ptrace.StatusCode{"ok": ptrace.StatusCodeOk, "error": ptrace.StatusCodeError}

func (s *span) put(to ptrace.Span, n int) {
	to.SetName(counted(s.Name, n))
	to.SetKind(kinds[s.Kind])
	to.Status().SetCode(statuses[s.Status])
	to.Status().SetMessage(s.Description)
	to.SetTraceID(pcommon.TraceID{15: byte(s.Trace)})
	to.SetSpanID(pcommon.SpanID{6: byte(n), 7: byte(s.ID)})
	to.SetParentSpanID(pcommon.SpanID{7: byte(s.Parent)})
	to.SetStartTimestamp(pcommon.Timestamp(s.Start))
	to.SetEndTimestamp(pcommon.Timestamp(s.End))
	to.SetDroppedAttributesCount(s.Dropped)
	fill(to.Attributes(), s.Attributes, n)
	for _, x := range s.Events {
		e := to.Events().AppendEmpty()
		e.SetName(x.Name)
		fill(e.Attributes(), x.Attributes, n)
	}
}

func (m *metric) put(to pmetric.Metric) {
	to.SetName(m.Name)
	to.SetUnit(m.Unit)
	for n := range max(1, m.Repeat) {
		at := pcommon.Timestamp(m.At)
		switch m.Type {
		case "sum", "updown":
			if n == 0 {
				to.SetEmptySum().SetIsMonotonic(m.Type == "sum")
			}
			p := to.Sum().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			fill(p.Attributes(), m.Attributes, n)
		case "histogram":
			if n == 0 {
				to.SetEmptyHistogram()
			}
			p := to.Histogram().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			p.ExplicitBounds().FromRaw(m.Bounds)
			fill(p.Attributes(), m.Attributes, n)
		case "exponential":
			if n == 0 {
				to.SetEmptyExponentialHistogram()
			}
			p := to.ExponentialHistogram().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			fill(p.Attributes(), m.Attributes, n)
		case "summary":
			if n == 0 {
				to.SetEmptySummary()
			}
			p := to.Summary().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			fill(p.Attributes(), m.Attributes, n)
		default:
			if n == 0 {
				to.SetEmptyGauge()
			}
			p := to.Gauge().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			fill(p.Attributes(), m.Attributes, n)
		}
	}
}

func (r *record) put(to plog.LogRecord) {
	to.SetSeverityNumber(plog.SeverityNumber(r.Severity))
	to.SetSeverityText(r.Text)
	to.SetEventName(r.Event)
	to.SetTimestamp(pcommon.Timestamp(r.At))
	to.Body().SetStr(r.Body)
	fill(to.Attributes(), r.Attributes, 0)
}

// fill puts attributes in the order of their keys.
func fill(to pcommon.Map, attributes map[string]any, n int) {
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[key]
		if text, ok := value.(string); ok {
			value = counted(text, n)
		}
		if err := to.PutEmpty(counted(key, n)).FromRaw(value); err != nil {
			panic(fmt.Errorf("%s: %w", key, err))
		}
	}
}

func counted(text string, n int) string { return strings.ReplaceAll(text, "{n}", strconv.Itoa(n)) }
