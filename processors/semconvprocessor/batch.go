package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func (w *work) traces(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		w.resource(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			w.scope(ss.Scope())
			for _, span := range ss.Spans().All() {
				w.span(span)
			}
		}
	}
}

func (w *work) metrics(md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		w.resource(rm.Resource())
		for _, sm := range rm.ScopeMetrics().All() {
			w.scope(sm.Scope())
			w.scopeMetrics(sm.Metrics())
		}
	}
}

func (w *work) logs(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		w.resource(rl.Resource())
		for _, sl := range rl.ScopeLogs().All() {
			w.scope(sl.Scope())
			for _, record := range sl.LogRecords().All() {
				w.record(record)
			}
		}
	}
}
