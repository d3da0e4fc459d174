package semconvlint

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

func (w *worker) walkTraces(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		w.enter(rs.Resource(), rs.SchemaUrl())
		for _, ss := range rs.ScopeSpans().All() {
			w.enterScope(ss.Scope(), ss.SchemaUrl())
			var origin *spanOrigin // the same for all of them
			if w.engine.waiting != nil {
				origin = &spanOrigin{service: w.texts.of(clip(w.element.Service)), scope: w.texts.of(clip(w.element.Scope)), source: clip(w.source)}
			}
			for _, s := range ss.Spans().All() {
				w.span(s, ss.Scope().Name())
				if origin != nil {
					w.judge(w.engine.waiting.add(s, w.texts.of(clip(s.Name())), origin))
				}
			}
		}
	}
}

func (w *worker) span(s ptrace.Span, scope string) {
	e := &w.element
	w.become(OnSpan, placeOf(s.Kind()), s.Name())
	e.Span = s
	w.read(s.Attributes(), scope, nil)
	if len(w.keys) <= maxJudged {
		e.Problems, e.Convention = w.engine.conventions.SpanOf(semconv.Span{Name: s.Name(), Kind: e.Place, Keys: w.keys, Text: w.text})
	}
	w.show()
	for _, event := range s.Events().All() {
		w.become(OnEvent, translate.Event, event.Name())
		e.Span, e.Event = s, event
		w.read(event.Attributes(), scope, nil)
		w.show()
	}
	for _, link := range s.Links().All() {
		w.become(OnLink, translate.Link, s.Name())
		e.Span, e.Link = s, link
		w.read(link.Attributes(), scope, nil)
		w.show()
	}
}

func (w *worker) walkLogs(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		w.enter(rl.Resource(), rl.SchemaUrl())
		for _, sl := range rl.ScopeLogs().All() {
			w.enterScope(sl.Scope(), sl.SchemaUrl())
			for _, record := range sl.LogRecords().All() {
				w.become(OnLog, translate.Record, record.EventName())
				w.element.Log = record
				w.read(record.Attributes(), sl.Scope().Name(), nil)
				w.show()
			}
		}
	}
}

// placeOf is a kind as a place; one that nobody set counts as internal.
func placeOf(k ptrace.SpanKind) translate.Place {
	switch k {
	case ptrace.SpanKindServer:
		return translate.Server
	case ptrace.SpanKindClient:
		return translate.Client
	case ptrace.SpanKindProducer:
		return translate.Producer
	case ptrace.SpanKindConsumer:
		return translate.Consumer
	default:
		return translate.Internal
	}
}
