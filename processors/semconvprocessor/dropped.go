package semconvprocessor

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

// fieldKeys are the attributes from which rules set fields: span.kind, event.name.
func fieldKeys(rules []translate.RuleName) map[string]struct{} {
	keys := map[string]struct{}{}
	for _, r := range rules {
		if strings.HasPrefix(r.To, "@") && r.To != translate.Dropped {
			for key := range strings.SplitSeq(r.From, "+") {
				keys[key] = struct{}{}
			}
		}
	}
	return keys
}

// countDropped counts attributes that go because the field that they speak of is set: a
// duplicate if it says the same, else a conflict. What they say only a translation of an
// element without fields tells. There are few: most old attributes become others.
func (w *work) countDropped(fields translate.Fields) {
	if fields == 0 || !slices.ContainsFunc(w.result.Remove, w.speaksOfField) {
		return
	}
	w.input.Fields = 0
	w.table.Translate(&w.input, &w.unset)
	for i := range w.unset.Fields {
		f := &w.unset.Fields[i]
		if fields.Has(f.Field) && !w.sets(f.Field) && w.drops(w.tally.rules[f.Rule].From) {
			w.counts.gaveWay(w.said(f))
		}
	}
}

// sets says whether the translation sets a field anew, whatever it had.
func (w *work) sets(field translate.Field) bool {
	return slices.ContainsFunc(w.result.Fields, func(f translate.FieldEdit) bool { return f.Field == field })
}

func (w *work) speaksOfField(i int) bool {
	_, ok := w.fieldKeys[w.attrs.keys[i]]
	return ok
}

// drops says whether one of a rule's attributes goes.
func (w *work) drops(from string) bool {
	for _, i := range w.result.Remove {
		if slices.Contains(strings.Split(from, "+"), w.attrs.keys[i]) {
			return true
		}
	}
	return false
}

// said says whether the element at hand has a field's value already.
func (w *work) said(f *translate.FieldEdit) bool {
	text := f.Value.Str()
	switch f.Field {
	case translate.Kind:
		return kinds[strings.ToUpper(text)] == w.current.span.Kind()
	case translate.StatusCode:
		return strings.EqualFold(text, "ERROR") == (w.current.span.Status().Code() == ptrace.StatusCodeError)
	case translate.StatusMessage:
		return text == w.current.span.Status().Message()
	case translate.TraceState:
		return text == w.current.span.TraceState().AsRaw()
	default:
		today := w.table.EventName(text)
		return text == w.current.name || today != "" && today == w.current.name
	}
}
