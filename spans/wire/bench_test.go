package wire

import (
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// typicalSpans is a request of one service: spans of nine attributes, 290 B each.
func typicalSpans(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	for key, v := range map[string]string{
		"service.name": "checkout", "service.version": "1.14.2", "k8s.pod.name": "checkout-5c9b7f6d4-x2x7q",
		"host.name": "ip-10-0-12-231", "telemetry.sdk.language": "go",
	} {
		rs.Resource().Attributes().PutStr(key, v)
	}
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp")
	for i := range n {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{1, 2, 3, byte(i), byte(i >> 8)})
		s.SetSpanID(pcommon.SpanID{1, byte(i), byte(i >> 8)})
		s.SetParentSpanID(pcommon.SpanID{2, byte(i), byte(i >> 8)})
		s.SetFlags(257)
		s.SetName("GET /api/v1/carts/{id}")
		s.SetKind(ptrace.SpanKindServer)
		s.SetStartTimestamp(1_700_000_000_000_000_000)
		s.SetEndTimestamp(1_700_000_000_020_000_000)
		a := s.Attributes()
		a.PutStr("http.request.method", "GET")
		a.PutStr("url.scheme", "https")
		a.PutStr("url.path", "/api/v1/carts/8231")
		a.PutInt("http.response.status_code", 200)
		a.PutStr("server.address", "shop.example.com")
		a.PutInt("server.port", 443)
		a.PutStr("client.address", "10.1.12.7")
		a.PutStr("network.protocol.version", "1.1")
		a.PutBool("cache.hit", true)
	}
	return td
}

func BenchmarkCheck(b *testing.B) {
	const spans = 500
	body, _ := (&ptrace.ProtoMarshaler{}).MarshalTraces(typicalSpans(spans))
	benchmark(b, body, spans, func() error { _, err := Check(Traces, body, DefaultLimits); return err },
		func() error { _, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body); return err })
}

func BenchmarkCheckJSON(b *testing.B) {
	const spans = 500
	body, _ := (&ptrace.JSONMarshaler{}).MarshalTraces(typicalSpans(spans))
	benchmark(b, body, spans, func() error { _, err := CheckJSON(body, DefaultLimits); return err },
		func() error { _, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(body); return err })
}

// BenchmarkCheckLogs has bodies that are maps of maps: nothing in them is flat.
func BenchmarkCheckLogs(b *testing.B) {
	const records = 500
	ld := plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	for range records {
		l := sl.LogRecords().AppendEmpty()
		l.SetSeverityText("INFO")
		body := l.Body().SetEmptyMap()
		for _, key := range []string{"request", "response"} {
			m := body.PutEmptyMap(key)
			m.PutStr("method", "GET")
			m.PutInt("status", 200)
			m.PutEmptySlice("tags").AppendEmpty().SetStr("blue")
		}
	}
	body, _ := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	benchmark(b, body, records, func() error { _, err := Check(Logs, body, DefaultLimits); return err },
		func() error { _, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(body); return err })
}

// benchmark runs the scan, and reports its share of what the decoder takes for the same body.
func benchmark(b *testing.B, body []byte, records int, scan, decode func() error) {
	const decodes = 50
	start := time.Now()
	for range decodes {
		if err := decode(); err != nil {
			b.Fatal(err)
		}
	}
	decoding := time.Since(start) / decodes

	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := scan(); err != nil {
			b.Fatal(err)
		}
	}
	each := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(each/float64(records), "ns/record")
	b.ReportMetric(100*each/float64(decoding), "%-of-decoding")
	b.ReportMetric(float64(len(body))/float64(records), "B/record")
}
