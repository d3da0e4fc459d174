package semconvlint

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
	"github.com/koine-otel/koine/semconv/translate"
)

// worker is the state of one goroutine at a time.
type worker struct {
	engine   *Engine
	checkers []Checker // by rule
	elements []ElementChecker
	traces   []TraceChecker
	findings *findings
	services *services
	verdicts *verdicts
	texts    texts // services, scopes and spans' names

	// element is the one at hand: rules are shown no other.
	element  Element
	seen     *elementCounts
	source   string
	language string
	schema   string // the resource's
	keys     []string
	values   []translate.Value
	text     func(key string) string // textOf, bound once
}

func newWorker(e *Engine) *worker {
	w := &worker{engine: e, findings: newFindings(), services: newServices(), verdicts: newVerdicts(e.conventions), texts: texts{}}
	w.text, w.findings.whole = w.textOf, &e.found
	w.checkers = make([]Checker, len(e.rules))
	for i := range e.rules {
		w.checkers[i] = w.checker(i)
	}
	w.sort()
	return w
}

func (w *worker) checker(rule int) Checker {
	r := &w.engine.rules[rule]
	return r.New(r.context(w.engine.conventions, w.findings))
}

// renew makes the checkers that tell from the whole anew.
func (w *worker) renew() {
	for i, c := range w.checkers {
		if _, ok := c.(Finisher); ok {
			w.checkers[i] = w.checker(i)
		}
	}
	w.sort()
}

// sort sorts the checkers by what they are shown.
func (w *worker) sort() {
	w.elements, w.traces = nil, nil
	for _, c := range w.checkers {
		if c, ok := c.(ElementChecker); ok {
			w.elements = append(w.elements, c)
		}
		if c, ok := c.(TraceChecker); ok {
			w.traces = append(w.traces, c)
		}
	}
}

// enter begins a resource.
func (w *worker) enter(r pcommon.Resource, schemaURL string) {
	w.language, w.schema = "", schemaURL
	w.element = Element{Attributes: w.element.Attributes, Source: w.source, Resource: r, SchemaURL: schemaURL}
	if v, ok := r.Attributes().Get("service.name"); ok {
		w.element.Service = w.texts.of(sensitive.Mask(v.AsString()))
	}
	if v, ok := r.Attributes().Get("telemetry.sdk.language"); ok {
		w.language = v.AsString()
	}
	w.seen = w.services.of(w.element.Service)
	w.become(OnResource, translate.Resource, "")
	w.read(r.Attributes(), "", nil)
	w.show()
}

// enterScope begins a scope.
func (w *worker) enterScope(s pcommon.InstrumentationScope, schemaURL string) {
	e := &w.element
	if e.SchemaURL = schemaURL; schemaURL == "" {
		e.SchemaURL = w.schema
	}
	e.InScope = s
	if e.Scope = sensitive.Mask(s.Name()); s.Version() != "" {
		e.Scope += "@" + sensitive.Mask(s.Version())
	}
	e.Scope = w.texts.of(e.Scope)
	w.become(OnScope, translate.Scope, "")
	w.read(s.Attributes(), s.Name(), nil)
	w.show()
}

// become makes the element at hand one of a signal, within its resource and scope.
func (w *worker) become(s Signal, p translate.Place, name string) {
	e := &w.element
	e.Signal, e.Place, e.Name = s, p, name
	e.Problems, e.Convention = nil, nil
	e.Span, e.Event, e.Link, e.Metric, e.Log = ptrace.Span{}, ptrace.SpanEvent{}, ptrace.SpanLink{}, pmetric.Metric{}, plog.LogRecord{}
	e.traceID, e.spanID = "", ""
}

// read gives the element at hand its attributes with the verdicts on them. A point has its
// metric.
func (w *worker) read(m pcommon.Map, scope string, metric *semconv.Metric) {
	e := &w.element
	e.Attributes, w.keys, w.values = e.Attributes[:0], w.keys[:0], w.values[:0]
	for key, v := range m.All() {
		value := readValue(v)
		e.Attributes = append(e.Attributes, Attribute{Key: key, Value: value, Raw: v})
		w.keys = append(w.keys, key)
		w.values = append(w.values, value)
	}
	name := ""
	if e.Signal == OnEvent || e.Signal == OnLog {
		name = e.Name
	}
	for from := 0; from < min(len(w.keys), maxJudged); from += maxKeys {
		to := min(from+maxKeys, len(w.keys))
		in := translate.Input{Keys: w.keys[from:to], Values: w.values[from:to], Place: e.Place, Name: name, Language: w.language, Scope: scope}
		for i, problems := range w.verdicts.of(&in, metric) {
			e.Attributes[from+i].Problems = problems
		}
	}
}

// maxJudged bounds the attributes of an element on which there are verdicts; a span with more
// has none as a whole. Judging takes longer than in proportion, and SDKs stop at 128.
const maxJudged = 1024

// show counts the element at hand, and shows it to the rules.
func (w *worker) show() {
	for i := range counted {
		if counted[i] == w.element.Signal {
			w.seen[i]++
		}
	}
	for _, c := range w.elements {
		c.Element(&w.element)
	}
}

// judge shows traces to the rules.
func (w *worker) judge(traces []*pending) {
	for _, p := range traces {
		t := p.trace()
		for _, c := range w.traces {
			c.Trace(t)
		}
	}
}

// textOf is the text of an attribute of the element at hand, empty where it is not there.
func (w *worker) textOf(key string) string {
	for i, k := range w.keys {
		if k == key {
			return w.element.Attributes[i].Raw.AsString()
		}
	}
	return ""
}

// forget lets go of the telemetry.
func (w *worker) forget() {
	clear(w.element.Attributes[:cap(w.element.Attributes)])
	clear(w.keys[:cap(w.keys)])
	clear(w.values[:cap(w.values)])
	w.element = Element{Attributes: w.element.Attributes[:0]}
	w.verdicts.forget()
	w.source, w.language, w.schema = "", "", ""
	if cap(w.keys) > maxScratch {
		w.element.Attributes, w.keys, w.values = nil, nil, nil
	}
}

// maxScratch is how many attributes there is room for between batches: of a monster's no more
// is kept.
const maxScratch = 1024
