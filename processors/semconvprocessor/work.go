package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

// work is what one goroutine needs to translate one batch, element after element.
type work struct {
	table  *translate.Table
	attrs  attributes
	input  translate.Input
	result translate.Result
	counts counts
	// language is the telemetry.sdk.language of the resource at hand.
	language string

	// What a scope's metrics need: see plan.go and identity.go.
	plans      []plan
	names      map[string]struct{}
	streams    map[stream]int
	identities identities
}

func newWork(table *translate.Table) *work {
	w := &work{table: table, names: map[string]struct{}{}, streams: map[stream]int{}, identities: newIdentities()}
	w.input.Lists = w.attrs.list
	return w
}

// maxScratch bounds what is kept for the next batch: one giant element or metric must
// not hold its memory for good. It is some times what ordinary batches need.
const maxScratch = 1 << 14

// rest readies w for the next batch, unless it grew too large to be kept.
func (w *work) rest() bool {
	w.counts = counts{}
	w.input = translate.Input{Lists: w.input.Lists}
	w.language = ""
	w.attrs.forget()
	// The edits' values are the batch's strings.
	clear(w.result.Edits[:cap(w.result.Edits)])
	clear(w.result.Fields[:cap(w.result.Fields)])
	return max(cap(w.attrs.keys), cap(w.result.Edits), cap(w.plans), w.identities.size()) <= maxScratch
}

func (w *work) resource(r pcommon.Resource) {
	w.language = ""
	if language, ok := r.Attributes().Get("telemetry.sdk.language"); ok {
		w.language = language.AsString()
	}
	w.counts.add(resources, w.translate(r.Attributes(), translate.Resource, 0))
}

func (w *work) scope(s pcommon.InstrumentationScope) {
	w.counts.add(scopes, w.translate(s.Attributes(), translate.Scope, 0))
}

func (w *work) span(s ptrace.Span) {
	kind := s.Kind()
	changed := w.translate(s.Attributes(), placeOf(kind), fieldsOf(s))
	for i := range w.result.Fields {
		changed = setField(s, &w.result.Fields[i]) || changed
	}
	if s.Kind() != kind {
		// Whose address net.peer.name is depends on the kind, which only now is known.
		w.translate(s.Attributes(), placeOf(s.Kind()), fieldsOf(s))
	}
	w.counts.add(spans, changed)
	for _, event := range s.Events().All() {
		w.translate(event.Attributes(), translate.Event, named(event.Name()))
		w.setName(event.SetName)
	}
	for _, link := range s.Links().All() {
		w.translate(link.Attributes(), translate.Link, 0)
	}
}

// record translates a log record's attributes. Its body is the application's, not the
// conventions'.
func (w *work) record(r plog.LogRecord) {
	changed := w.translate(r.Attributes(), translate.Record, named(r.EventName()))
	w.counts.add(records, w.setName(r.SetEventName) || changed)
}

// translate rewrites m in place and says whether it changed anything. The fields that
// it finds are left in w.result for the caller.
func (w *work) translate(m pcommon.Map, place translate.Place, fields translate.Fields) bool {
	changed := w.inspect(w.table, m, place, fields)
	w.countResult()
	if changed {
		rewrite(m, &w.attrs, &w.result)
	}
	return changed
}

// inspect finds in w.result what a translation of m wants, with m in w.attrs, and says
// whether it wants an attribute changed. It writes nothing.
func (w *work) inspect(table *translate.Table, m pcommon.Map, place translate.Place, fields translate.Fields) bool {
	w.attrs.of(m)
	w.input.Keys, w.input.Values = w.attrs.keys, w.attrs.read
	w.input.Place, w.input.Fields, w.input.Language = place, fields, w.language
	table.Translate(&w.input, &w.result)
	return w.result.Changes()
}

func (w *work) countResult() {
	w.counts.invalid += int64(len(w.result.Invalid))
	w.counts.conflicts += int64(w.result.Conflicts)
	w.counts.duplicates += int64(w.result.Duplicates)
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
