package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

// job is what a processor does, the same for all batches.
type job struct {
	table *translate.Table
	tally *tally
	marks marks
	// schema is the version for schema URLs, empty where old names stay as well.
	schema string
	// spanNames: names that differ from span to span are replaced.
	spanNames bool
}

func newJob(table *translate.Table) *job {
	return &job{table: table, tally: newTally(table.RuleNames())}
}

// work is what one goroutine needs to translate one batch, element after element.
type work struct {
	*job
	attrs  attributes
	input  translate.Input
	result translate.Result
	counts counts
	// language is the telemetry.sdk.language of the resource at hand.
	language string
	// url is the last schema URL that was asked for, and what it becomes.
	url struct{ from, to string }

	// What a scope's metrics need: see plan.go and identity.go.
	plans      []plan
	names      map[string]struct{}
	streams    map[stream]int
	identities identities
}

func newWork(j *job) *work {
	w := &work{job: j, names: map[string]struct{}{}, streams: map[stream]int{}, identities: newIdentities()}
	w.counts.rules = make([]int64, len(j.tally.rules))
	w.input.Lists = w.attrs.list
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
	w.url.from, w.url.to = "", ""
	w.attrs.forget()
	// The edits' values are the batch's strings.
	clear(w.result.Edits[:cap(w.result.Edits)])
	clear(w.result.Fields[:cap(w.result.Fields)])
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
	if c, l := w.counts.changed(); c == changed || l != left {
		return
	}
	now := s.SchemaUrl()
	if w.url.to == "" || w.url.from != now {
		w.url.from, w.url.to = now, schemaURL(now, w.schema)
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
	named := w.oldName(s)
	kind := s.Kind()
	changed := w.translate(s.Attributes(), placeOf(kind), fieldsOf(s)) || named
	for i := range w.result.Fields {
		changed = setField(s, &w.result.Fields[i]) || changed
	}
	if s.Kind() != kind {
		// Whose address net.peer.name is depends on the kind, which only now is known.
		w.translate(s.Attributes(), placeOf(s.Kind()), fieldsOf(s))
	}
	if w.spanNames {
		changed = w.nameSpan(s) || changed
	}
	w.counts.add(spans, changed)
	for _, event := range s.Events().All() {
		if name := w.table.EventName(event.Name()); name != "" {
			event.SetName(name)
		}
		w.translate(event.Attributes(), translate.Event, withName(event.Name()))
		w.setName(event.SetName)
	}
	for _, link := range s.Links().All() {
		w.translate(link.Attributes(), translate.Link, 0)
	}
}

// record translates a log record's attributes. Its body is the application's, not the
// conventions'.
func (w *work) record(r plog.LogRecord) {
	changed := w.translate(r.Attributes(), translate.Record, withName(r.EventName()))
	changed = w.setName(r.SetEventName) || changed
	if name := w.table.EventName(r.EventName()); name != "" {
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
