package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// work is what one goroutine needs to translate one batch, element after element.
type work struct {
	table  *translate.Table
	attrs  attributes
	result translate.Result
	moved  []movedValue
	counts counts
}

// movedValue is a value that goes to another key as it is.
type movedValue struct {
	key   string
	value pcommon.Value
}

func (w *work) resource(r pcommon.Resource) {
	w.counts.resources.add(w.translate(r.Attributes(), translate.Resource))
}

func (w *work) span(s ptrace.Span) {
	w.counts.spans.add(w.translate(s.Attributes(), placeOf(s.Kind())))
}

func placeOf(kind ptrace.SpanKind) translate.Place {
	switch kind {
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

// translate rewrites m in place and says whether it changed anything.
func (w *work) translate(m pcommon.Map, place translate.Place) bool {
	w.attrs.read(m)
	defer w.attrs.forget()
	r := &w.result
	if !w.table.Translate(&w.attrs, place, r) {
		return false
	}
	w.counts.invalid += int64(len(r.Invalid))
	w.counts.conflicts += int64(r.Conflicts)
	w.counts.duplicates += int64(r.Duplicates)
	if len(r.Set)+len(r.Remove) == 0 {
		return false
	}
	w.takeMoved(r)
	remove(m, r.Remove)
	for i := range r.Set {
		put(m, &r.Set[i])
	}
	for _, moved := range w.moved {
		moved.value.CopyTo(m.PutEmpty(moved.key))
	}
	return true
}

// takeMoved copies the values that move whole (maps, bytes) before the attributes that
// hold them go.
func (w *work) takeMoved(r *translate.Result) {
	clear(w.moved)
	w.moved = w.moved[:0]
	for _, s := range r.Set {
		if s.From >= 0 {
			v := pcommon.NewValueEmpty()
			w.attrs.values[s.From].CopyTo(v)
			w.moved = append(w.moved, movedValue{s.Key, v})
		}
	}
}

// remove drops the attributes at the given indices, ascending, in one pass.
func remove(m pcommon.Map, indices []int) {
	if len(indices) == 0 {
		return
	}
	i, next := -1, 0
	m.RemoveIf(func(string, pcommon.Value) bool {
		i++
		if next < len(indices) && indices[next] == i {
			next++
			return true
		}
		return false
	})
}

// put sets an attribute to a value that is not moved whole.
func put(m pcommon.Map, s *translate.Setting) {
	v := &s.Value
	switch v.Type {
	case registry.String:
		m.PutStr(s.Key, v.Str)
	case registry.Int:
		m.PutInt(s.Key, v.Int)
	case registry.Double:
		m.PutDouble(s.Key, v.Double)
	case registry.Bool:
		m.PutBool(s.Key, v.Bool)
	case registry.Strings:
		list := m.PutEmptySlice(s.Key)
		list.EnsureCapacity(len(v.List))
		for _, item := range v.List {
			list.AppendEmpty().SetStr(item)
		}
	}
}
