package semconvlintconnector

import (
	"encoding/hex"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// logs say findings, a record each. A record stands at the span where the finding was seen first.
func (t *told) logs(findings []*semconvlint.Finding, now time.Time) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	t.resource.CopyTo(rl.Resource())
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	for _, f := range findings {
		fill(sl.LogRecords().AppendEmpty(), f, pcommon.NewTimestampFromTime(now))
	}
	return ld
}

// severities are records' by findings'. A note fails nothing and is for information.
var severities = map[semconvlint.Severity]plog.SeverityNumber{
	semconvlint.Note: plog.SeverityNumberInfo, semconvlint.Warning: plog.SeverityNumberWarn, semconvlint.Error: plog.SeverityNumberError,
}

func fill(r plog.LogRecord, f *semconvlint.Finding, now pcommon.Timestamp) {
	r.SetTimestamp(now)
	r.SetObservedTimestamp(now)
	r.SetEventName(eventName)
	r.SetSeverityNumber(severities[f.Severity])
	r.SetSeverityText(f.Severity.String())
	r.Body().SetStr(f.Message)
	if id, err := hex.DecodeString(f.Example.TraceID); err == nil && len(id) == 16 {
		r.SetTraceID(pcommon.TraceID(id))
	}
	if id, err := hex.DecodeString(f.Example.SpanID); err == nil && len(id) == 8 {
		r.SetSpanID(pcommon.SpanID(id))
	}
	a := r.Attributes()
	a.PutStr("service.name", f.Service)
	a.PutStr("koine.lint.rule", f.Rule)
	a.PutStr("koine.lint.signal", string(f.Signal))
	a.PutInt("koine.lint.count", f.Count)
	for _, x := range []struct{ key, value string }{
		{"koine.lint.key", f.Key}, {"koine.lint.replacement", f.Replacement}, {"koine.lint.scope", f.Scope}, {"koine.lint.name", f.Example.Name},
	} {
		if x.value != "" {
			a.PutStr(x.key, x.value)
		}
	}
}
