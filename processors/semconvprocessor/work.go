package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// job is what a processor does, the same for all batches.
type job struct {
	table       *translate.Table
	conventions *registry.Registry
	// units are those that rules read metrics in, by name.
	units map[string][]string
	// partial: the configuration leaves attributes alone that are retired.
	partial bool
	// renames, in duplicate mode alone, is the table that keeps nothing old.
	renames *translate.Table
	tally   *tally
	marks   marks
	// schema is the version for schema URLs, empty where old names stay as well.
	schema string
	// fieldKeys are the attributes that rules set fields from.
	fieldKeys map[string]struct{}
	// spanNames: names that differ from span to span are replaced.
	spanNames bool
}

func newJob(table *translate.Table, vocabularies ...*translate.Vocabulary) *job {
	rules := table.RuleNames()
	return &job{
		table: table, conventions: registry.Default(), units: unitsOf(vocabularies),
		tally: newTally(rules), fieldKeys: fieldKeys(rules),
	}
}

// work is what one goroutine needs to translate one batch, element after element.
type work struct {
	*job
	attrs  attributes
	input  translate.Input
	result translate.Result
	unset  translate.Result // scratch of countDropped
	counts counts
	// current is the element at hand, as far as its fields are looked at.
	current struct {
		span ptrace.Span
		name string
	}
	textOf func(key string) string // currentText
	// language is the telemetry.sdk.language of the resource at hand.
	language string
	// url is the last schema URL that was asked for, and what it becomes.
	url struct {
		from, to   string
		all, known bool
	}

	// What a scope's metrics need: see plan.go and identity.go.
	plans      []plan
	names      map[string]struct{}
	original   bool                // the metrics at hand are those that duplicate mode leaves
	present    map[string]struct{} // names of a list that must stay, in duplicate mode
	streams    map[stream]int
	identities identities
}

func newWork(j *job) *work {
	w := &work{job: j, names: map[string]struct{}{}, present: map[string]struct{}{}, streams: map[stream]int{}, identities: newIdentities()}
	w.counts.rules = make([]int64, len(j.tally.rules))
	w.input.Lists = w.attrs.list
	w.textOf = w.currentText // once: a function value allocates
	return w
}

// maxScratch bounds what is kept for the next batch: one giant element or metric must
// not hold its memory for good. It is some times what ordinary batches need.
const maxScratch = 1 << 14

// rest readies w for the next batch, unless it grew too large to be kept.
func (w *work) rest() bool {
	hits, misses := w.result.TakePlanStats()
	w.tally.hits.Add(int64(hits))
	w.tally.misses.Add(int64(misses))
	w.counts.reset()
	w.input = translate.Input{Lists: w.input.Lists}
	w.language = ""
	w.url.from, w.url.to, w.url.known = "", "", false
	w.attrs.forget()
	// The edits' values are the batch's strings.
	clear(w.result.Edits[:cap(w.result.Edits)])
	clear(w.result.Fields[:cap(w.result.Fields)])
	w.unset = translate.Result{}
	w.current.span, w.current.name = ptrace.Span{}, ""
	return max(cap(w.attrs.keys), cap(w.result.Edits), cap(w.plans), w.identities.size()) <= maxScratch
}

// enter begins a resource, of which schema's URL speaks: it translates its attributes. It
// says false of one whose telemetry a Koine upstream has converted already.
func enter[S schemaed](w *work, r pcommon.Resource, schema S) bool {
	if w.marks.converted(r.Attributes()) {
		w.counts.elements[resources][upstream]++
		return false
	}
	w.language, w.input.Scope = "", ""
	if language, ok := r.Attributes().Get("telemetry.sdk.language"); ok {
		w.language = language.AsString()
	}
	w.counts.add(resources, w.translate(r.Attributes(), translate.Resource, 0))
	declare(w, schema, 0, 0)
	return true
}

// leave ends a resource: it is marked, and what happened is its service's.
func (w *work) leave(r pcommon.Resource, done bool) {
	if done {
		w.marks.put(r.Attributes())
	}
	name := ""
	if v, ok := r.Attributes().Get("service.name"); ok {
		name = v.AsString()
	}
	w.tally.service(name).add(&w.counts)
	w.counts.reset()
}

// schemaed is what has a schema URL: a resource's or a scope's telemetry.
type schemaed interface {
	SchemaUrl() string
	SetSchemaUrl(string)
}

// declare sets the schema URL of what was converted since the counts were changed and
// left: all of it, or it is not what the URL says.
func declare[S schemaed](w *work, s S, changed, left int64) {
	if w.schema == "" {
		return
	}
	c, l := w.counts.changed()
	if c == changed {
		return
	}
	now, all := s.SchemaUrl(), l == left
	if !w.url.known || w.url.from != now || w.url.all != all {
		w.url.known, w.url.from, w.url.all, w.url.to = true, now, all, schemaURL(now, w.schema, all)
	}
	if w.url.to != now {
		s.SetSchemaUrl(w.url.to)
	}
}

func (w *work) scope(s pcommon.InstrumentationScope) {
	w.input.Scope = s.Name()
	w.counts.add(scopes, w.translate(s.Attributes(), translate.Scope, 0))
}

func (w *work) span(s ptrace.Span) {
	changed := w.oldName(s)
	kind := s.Kind()
	w.current.span = s
	changed = w.translate(s.Attributes(), placeOf(kind), fieldsOf(s)) || changed
	for i := range w.result.Fields {
		changed = w.setField(s, &w.result.Fields[i]) || changed
	}
	if s.Kind() != kind {
		// Whose address net.peer.name is depends on the kind, which only now is known.
		w.translate(s.Attributes(), placeOf(s.Kind()), fieldsOf(s))
	}
	// A name of an older form comes with attributes of older names; one that conforms costs
	// nothing to leave alone.
	if changed && w.renames == nil {
		w.renameSpan(s)
	}
	if w.spanNames && w.renames == nil {
		changed = w.nameSpan(s) || changed
	}
	for _, event := range s.Events().All() {
		changed = w.event(event) || changed
	}
	for _, link := range s.Links().All() {
		changed = w.translate(link.Attributes(), translate.Link, 0) || changed
	}
	w.counts.add(spans, changed)
}

// event translates a span's event.
func (w *work) event(e ptrace.SpanEvent) bool {
	have := e.Name()
	w.current.name, w.input.Name = have, have
	changed := w.translate(e.Attributes(), translate.Event, withName(have))
	w.input.Name = ""
	if name := w.nameOf(have); name != have {
		e.SetName(name)
		changed = true
	}
	return changed
}

// record translates a log record's attributes. Its body is the application's, not the
// conventions'.
func (w *work) record(r plog.LogRecord) {
	have := r.EventName()
	w.current.name = have
	changed := w.translate(r.Attributes(), translate.Record, withName(have))
	if name := w.nameOf(have); name != have {
		r.SetEventName(name)
		changed = true
	}
	w.counts.add(records, changed)
}

// translate rewrites m in place and says whether it changed anything. The fields that
// it finds are left in w.result for the caller.
func (w *work) translate(m pcommon.Map, place translate.Place, fields translate.Fields) bool {
	changed := w.inspect(w.table, m, place, fields)
	w.counts.result(&w.result)
	if changed {
		w.countDropped(fields)
		rewrite(m, &w.attrs, &w.result)
	}
	if w.partial {
		w.keeps(m)
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
