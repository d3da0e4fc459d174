package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func (w *work) traces(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		todo := enter(w, rs.Resource(), rs)
		for _, ss := range rs.ScopeSpans().All() {
			if !todo {
				w.counts.elements[spans][upstream] += int64(ss.Spans().Len())
				continue
			}
			changed, left := w.counts.changed()
			w.scope(ss.Scope())
			for _, span := range ss.Spans().All() {
				w.span(span)
			}
			declare(w, ss, changed, left)
		}
		w.leave(rs.Resource(), todo)
	}
}

func (w *work) metrics(md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		todo := enter(w, rm.Resource(), rm)
		for _, sm := range rm.ScopeMetrics().All() {
			if !todo {
				w.counts.elements[metrics][upstream] += int64(sm.Metrics().Len())
				continue
			}
			changed, left := w.counts.changed()
			w.scope(sm.Scope())
			w.scopeMetrics(sm.Metrics())
			declare(w, sm, changed, left)
		}
		w.leave(rm.Resource(), todo)
	}
}

func (w *work) logs(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		todo := enter(w, rl.Resource(), rl)
		for _, sl := range rl.ScopeLogs().All() {
			if !todo {
				w.counts.elements[records][upstream] += int64(sl.LogRecords().Len())
				continue
			}
			changed, left := w.counts.changed()
			w.scope(sl.Scope())
			for _, record := range sl.LogRecords().All() {
				w.record(record)
			}
			declare(w, sl, changed, left)
		}
		w.leave(rl.Resource(), todo)
	}
}
