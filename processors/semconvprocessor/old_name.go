package semconvprocessor

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

// kindsByPlace are the kinds that names of spans tell.
var kindsByPlace = map[translate.Place]ptrace.SpanKind{
	translate.Internal: ptrace.SpanKindInternal, translate.Server: ptrace.SpanKindServer, translate.Client: ptrace.SpanKindClient,
	translate.Producer: ptrace.SpanKindProducer, translate.Consumer: ptrace.SpanKindConsumer,
}

// oldName gives a span with a name of an older form its name of today, and what else the
// old one said. In duplicate mode the name stays, because a span has only one. It says
// whether anything changed. Most spans have no such name: what is done with one stands apart,
// so that they do not pay for its frame.
func (w *work) oldName(s ptrace.Span) (changed bool) {
	if name, ok := w.table.SpanName(s.Name(), placeOf(s.Kind())); ok {
		return w.takeOldName(s, name)
	}
	return false
}

func (w *work) takeOldName(s ptrace.Span, name *translate.SpanName) (changed bool) {
	if w.renames == nil {
		if text, ok := s.Attributes().Get(name.Append); ok && text.Type() == pcommon.ValueTypeStr && text.Str() != "" {
			name.Name += " " + text.Str()
		}
		s.SetName(name.Name)
		changed = true
	}
	if kind, ok := kindsByPlace[name.Kind]; ok && s.Kind() == ptrace.SpanKindUnspecified {
		s.SetKind(kind)
		changed = true
	}
	for i := range name.Attributes {
		a := &name.Attributes[i]
		has := func(key string) bool { _, ok := s.Attributes().Get(key); return ok }
		if !has(a.Key) && !slices.ContainsFunc(a.Unless, has) {
			set(s.Attributes().PutEmpty(a.Key), &a.Value)
			changed = true
		}
	}
	return changed
}

// renameSpan gives the current span, if its attributes made its name in an older form, the name
// that they make today.
func (w *work) renameSpan(s ptrace.Span) {
	if name := w.result.NameOf(s.Name(), w.textOf); name != "" {
		s.SetName(name)
	}
}

// currentText is the text of the current span's attribute, empty if it has none.
func (w *work) currentText(key string) string {
	if v, ok := w.current.span.Attributes().Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}
