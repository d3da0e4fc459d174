package semconvprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

// fieldsOf are the fields that a span has already, which no attribute overrides.
func fieldsOf(s ptrace.Span) translate.Fields {
	var f translate.Fields
	if s.Kind() != ptrace.SpanKindUnspecified {
		f = f.With(translate.Kind)
	}
	if s.Status().Code() != ptrace.StatusCodeUnset {
		f = f.With(translate.StatusCode)
	}
	if s.Status().Message() != "" {
		f = f.With(translate.StatusMessage)
	}
	if s.TraceState().AsRaw() != "" {
		f = f.With(translate.TraceState)
	}
	return f
}

var kinds = map[string]ptrace.SpanKind{
	"INTERNAL": ptrace.SpanKindInternal, "SERVER": ptrace.SpanKindServer, "CLIENT": ptrace.SpanKindClient,
	"PRODUCER": ptrace.SpanKindProducer, "CONSUMER": ptrace.SpanKindConsumer,
}

// setField sets a span's field and says whether it could.
func (w *work) setField(s ptrace.Span, f *translate.FieldEdit) bool {
	switch text := f.Value.Str(); f.Field {
	case translate.Kind:
		kind, ok := kinds[strings.ToUpper(text)]
		if ok {
			s.SetKind(kind)
		}
		return ok
	case translate.StatusCode:
		switch strings.ToUpper(text) {
		case "ERROR":
			s.Status().SetCode(ptrace.StatusCodeError)
			return true
		case "OK":
			s.Status().SetCode(ptrace.StatusCodeOk)
			return true
		}
	case translate.StatusMessage:
		s.Status().SetMessage(text)
		return true
	case translate.TraceState:
		s.TraceState().FromRaw(text)
		return true
	case translate.ExceptionType:
		return w.addException(s, "exception.type", text)
	case translate.ExceptionMessage:
		return w.addException(s, "exception.message", text)
	case translate.ExceptionStacktrace:
		return w.addException(s, "exception.stacktrace", text)
	}
	return false
}

// addException says a thing of the exception that ended the span: on its exception event,
// unless that says it already, or on a new one at the span's end. It says false where
// nothing was new.
func (w *work) addException(s ptrace.Span, key, text string) bool {
	var event ptrace.SpanEvent
	found := false
	for _, e := range s.Events().All() {
		if e.Name() == "exception" {
			event, found = e, true
		}
	}
	if !found {
		event = s.Events().AppendEmpty()
		event.SetName("exception")
		event.SetTimestamp(s.EndTimestamp())
	}
	if v, said := event.Attributes().Get(key); said {
		if w.renames == nil {
			w.counts.gaveWay(v.AsString() == text)
		}
		return false
	}
	event.Attributes().PutStr(key, text)
	return true
}

// withName is the set of fields of an event or a log record with a name.
func withName(name string) translate.Fields {
	if name == "" {
		return 0
	}
	return translate.Fields(0).With(translate.EventName)
}

// nameOf is the name that an event or a log record should have: that of today for the one
// it has or, if it has none, for the one that the translation found in its attributes. In
// duplicate mode a name that is there stays, because it has only one.
func (w *work) nameOf(have string) string {
	if have != "" && w.renames != nil {
		return have
	}
	name := have
	for i := range w.result.Fields {
		if f := &w.result.Fields[i]; f.Field == translate.EventName {
			name = f.Value.Str()
			break
		}
	}
	if name == "" {
		return ""
	}
	if today := w.table.EventName(name); today != "" {
		return today
	}
	return name
}
