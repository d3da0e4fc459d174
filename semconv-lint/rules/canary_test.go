package rules

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/ruletest"
)

// canaries are what no finding may have, whole or in lower case.
var canaries = map[string]string{
	"AWS key":        "AKIAIOSFODNN7EXAMPLE",
	"GitHub token":   "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
	"JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
	"bearer token":   "Bearer abcdefghijklmnopqrstuvwxyz",
	"e-mail address": "anna@example.com",
	"card number":    "4111111111111111",
}

// TestNoSecretIsTold puts secrets at every place of every signal.
func TestNoSecretIsTold(t *testing.T) {
	for what, canary := range canaries {
		t.Run(what, func(t *testing.T) {
			for _, form := range []string{"{}", "GET /login?token={}", "http.{}", "a {} b", strings.Repeat("long ", 49) + "{}"} {
				text := strings.ReplaceAll(form, "{}", canary)
				engine, err := semconvlint.New(ruletest.Conventions(), All(), semconvlint.Options{Workers: 1})
				require.NoError(t, err)
				engine.Traces(poisonedSpans(text), "a")
				engine.Metrics(poisonedMetrics(text), "a")
				engine.Logs(poisonedLogs(text), "a")
				findings := engine.Finish().Findings
				require.Greater(t, len(findings), 10, form)
				for i := range findings {
					told, err := json.Marshal(findings[i])
					require.NoError(t, err)
					assert.NotContains(t, strings.ToLower(string(told)), strings.ToLower(canary[:len(canary)-6]), form)
				}
			}
		})
	}
}

// poison puts a text under keys that rules know, and as a key.
func poison(m pcommon.Map, text string) {
	for _, key := range []string{
		"http.request.method", "http.method", "db.system.name", "cloud.platform", "url.full", "url.scheme", "http.url", "http.target", "http.route", "user.email", "error.type",
		"http.status_code", "http.response.status_code", "rpc.system", "db.password", "id", "otel.status_code", "messaging.system", "server.port", "code.function", "shop.note",
	} {
		m.PutStr(key, text)
	}
	m.PutEmptySlice("http.request.header.authorization").AppendEmpty().SetStr(text)
	m.PutEmptyMap("shop.map").PutStr(text, text)
	m.PutStr(text, text)
	m.PutStr("http."+text, text)
}

func poisonedResource(r pcommon.Resource, text string) {
	poison(r.Attributes(), text)
	for _, key := range []string{"service.name", "service.version", "service.instance.id", "telemetry.sdk.name", "process.runtime.name", "process.runtime.version", "k8s.pod.uid"} {
		r.Attributes().PutStr(key, text)
	}
}

func poisonedScope(s pcommon.InstrumentationScope, text string) {
	s.SetName(text)
	s.SetVersion(text)
	poison(s.Attributes(), text)
}

func poisonedSpans(text string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	poisonedResource(rs.Resource(), text)
	ss := rs.ScopeSpans().AppendEmpty()
	poisonedScope(ss.Scope(), text)
	for i, kind := range []ptrace.SpanKind{ptrace.SpanKindInternal, ptrace.SpanKindServer, ptrace.SpanKindClient, ptrace.SpanKindProducer, ptrace.SpanKindConsumer} {
		s := ss.Spans().AppendEmpty()
		s.SetName(text)
		s.SetKind(kind)
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		s.Status().SetCode(ptrace.StatusCodeOk)
		s.Status().SetMessage(text)
		poison(s.Attributes(), text)
		event := s.Events().AppendEmpty()
		event.SetName(text)
		poison(event.Attributes(), text)
		poison(s.Links().AppendEmpty().Attributes(), text)
	}
	return td
}

func poisonedMetrics(text string) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	poisonedResource(rm.Resource(), text)
	sm := rm.ScopeMetrics().AppendEmpty()
	poisonedScope(sm.Scope(), text)
	for _, name := range []string{text, "http." + text, "http.server.request.duration", "http.server.duration"} {
		m := sm.Metrics().AppendEmpty()
		m.SetName(name)
		m.SetUnit(text)
		m.SetDescription(text)
		poison(m.SetEmptyGauge().DataPoints().AppendEmpty().Attributes(), text)
	}
	return md
}

func poisonedLogs(text string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	poisonedResource(rl.Resource(), text)
	sl := rl.ScopeLogs().AppendEmpty()
	poisonedScope(sl.Scope(), text)
	for _, name := range []string{text, "http." + text, ""} {
		record := sl.LogRecords().AppendEmpty()
		record.SetEventName(name)
		record.SetSeverityText(text)
		record.Body().SetStr(text)
		poison(record.Attributes(), text)
	}
	return ld
}
