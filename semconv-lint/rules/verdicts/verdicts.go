// Package verdicts is what rules share that put verdicts of package semconv in words.
package verdicts

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// On are the attributes of an element that have a problem of a code.
func On(e *semconvlint.Element, code semconv.Code) iter.Seq2[*semconvlint.Attribute, *semconv.Problem] {
	return func(yield func(*semconvlint.Attribute, *semconv.Problem) bool) {
		for i := range e.Attributes {
			a := &e.Attributes[i]
			for j := range a.Problems {
				if a.Problems[j].Code == code && !yield(a, &a.Problems[j]) {
					return
				}
			}
		}
	}
}

// Of are an element's own problems of a code.
func Of(e *semconvlint.Element, code semconv.Code) iter.Seq[*semconv.Problem] {
	return func(yield func(*semconv.Problem) bool) {
		for i := range e.Problems {
			if e.Problems[i].Code == code && !yield(&e.Problems[i]) {
				return
			}
		}
	}
}

// StableAttribute says whether an attribute is a stable convention.
func StableAttribute(c *semconvlint.Context, key string) bool {
	a := c.Conventions.Registry.Resolve(key)
	return a != nil && a.Stability == registry.Stable
}

// StableMetric says whether a metric is a stable convention.
func StableMetric(c *semconvlint.Context, name string) bool {
	m := c.Conventions.Registry.LookupMetric(name)
	return m != nil && m.Stability == registry.Stable
}

// Foreign are the vocabularies, other than OpenTelemetry's, of which a key that the conventions
// never had is a word: "zipkin", "datadog or envoy". It is empty for any other key.
func Foreign(c *semconvlint.Context, key string) string {
	if c.Conventions.Registry.Resolve(key) != nil {
		return ""
	}
	f := foreign()
	if v := f.exact[key]; v != nil {
		return strings.Join(v, " or ")
	}
	for dot := strings.LastIndexByte(key, '.'); dot > 0; dot = strings.LastIndexByte(key[:dot], '.') {
		if v := f.prefixes[key[:dot]]; v != nil {
			return strings.Join(v, " or ")
		}
	}
	return ""
}

type words struct {
	exact, prefixes map[string][]string
	hints           map[string]bool // what they read to tell other words by: component
}

// ForeignWord says whether a key is a word of another vocabulary, one that becomes nothing here
// too.
func ForeignWord(c *semconvlint.Context, key string) bool {
	return foreign().hints[key] || Foreign(c, key) != ""
}

var foreign = sync.OnceValue(func() words {
	w := words{map[string][]string{}, map[string][]string{}, map[string]bool{}}
	for _, v := range dialects.All() {
		for _, s := range sources(v) {
			for _, key := range slices.Concat(s.Has, slices.Collect(maps.Keys(s.Equals))) {
				w.hints[key] = true
			}
			for _, key := range s.Keys {
				table := w.exact
				if prefix, ok := strings.CutSuffix(key, ".*"); ok {
					table, key = w.prefixes, prefix
				}
				if !slices.Contains(table[key], v.Name) {
					table[key] = append(table[key], v.Name)
				}
			}
		}
	}
	return w
})

func sources(v *translate.Vocabulary) []translate.Source {
	all := slices.Clone(v.Drop)
	for i := range v.Attributes {
		all = append(all, v.Attributes[i].From...)
	}
	for i := range v.Metrics {
		for j := range v.Metrics[i].Attributes {
			all = append(all, v.Metrics[i].Attributes[j].From...)
		}
	}
	return all
}

// Written is what to write, in words where it is no attribute but a part of the span.
func Written(to []string) string {
	return strings.Join(inWords(to), ", ")
}

// Set is what to do for it: an attribute is written, a part of the span is set.
func Set(to []string) string {
	if len(to) > 0 && fields[to[0]] != "" {
		return "set " + strings.Join(inWords(to), " and ")
	}
	return "write " + strings.Join(inWords(to), " and ")
}

func inWords(to []string) []string {
	if !slices.ContainsFunc(to, func(name string) bool { return fields[name] != "" }) {
		return to
	}
	words := make([]string, len(to))
	for i, name := range to {
		words[i] = cmp.Or(fields[name], name)
	}
	return words
}

var fields = map[string]string{
	"@kind": "the span's kind", "@status.code": "the span's status", "@status.message": "the span's status message", "@trace_state": "the trace state",
	"@event.name": "the event's name", "@exception.type": "exception.type of an exception event", "@exception.message": "exception.message of an exception event",
	"@exception.stacktrace": "exception.stacktrace of an exception event",
}

// At reports an occurrence in an element that rests on a convention. One that is still in
// development may change tomorrow, and no build fails for it: it is told by the rule
// development-convention, which asks the same checkers, see Development.
func At(c *semconvlint.Context, e *semconvlint.Element, stable bool, r semconvlint.Report) {
	if _, development := c.Options[inDevelopment]; development != stable {
		c.At(e, r)
	}
}

// inDevelopment is an option that only Development sets.
const inDevelopment = "in development"

// Development is a context whose checkers report what rests on conventions in development, and
// nothing else.
func Development(c *semconvlint.Context) *semconvlint.Context {
	d := *c
	d.Options = map[string]any{inDevelopment: true}
	return &d
}

// EventName is the name of a span's event or of a log record that is one, empty of anything else.
func EventName(e *semconvlint.Element) string {
	switch e.Signal {
	case semconvlint.OnEvent:
		return e.Event.Name()
	case semconvlint.OnLog:
		return e.Log.EventName()
	}
	return ""
}

// OnName is what is wrong with the name of a metric or an event, of a code.
func OnName(c *semconvlint.Context, e *semconvlint.Element, code semconv.Code) *semconv.Problem {
	var problems []semconv.Problem
	switch e.Signal {
	case semconvlint.OnMetric:
		problems = e.Problems
	case semconvlint.OnEvent, semconvlint.OnLog:
		if name := EventName(e); name != "" {
			problems = c.Conventions.Event(name)
		}
	}
	for i := range problems {
		if problems[i].Code == code {
			return &problems[i]
		}
	}
	return nil
}

// Unknown is the report of a name that is none of the conventions': what it is none of is an
// attribute, a metric or an event. Who cannot have meant another is told what to do.
func Unknown(p *semconv.Problem, noun, advice string) semconvlint.Report {
	report := semconvlint.Report{Key: p.Key, Replacement: strings.Join(p.Instead, ", "), Message: p.Key + " is no " + noun + " of the conventions"}
	if report.Replacement == "" {
		report.Message += ", but stands in their namespace" + advice
	} else {
		report.Message += ": did you mean " + report.Replacement + "?"
	}
	return report
}

// SpanType is the id of the convention that a span is of, empty for one of none.
func SpanType(e *semconvlint.Element) string {
	if e.Convention == nil {
		return ""
	}
	return e.Convention.ID
}

// Has says whether an element has an attribute, under its own name or another that becomes it: that
// is another rule's finding. What an unknown name may have been meant to be is a guess.
func Has(e *semconvlint.Element, key string) bool {
	if e.Get(key) != nil {
		return true
	}
	for i := range e.Attributes {
		for j := range e.Attributes[i].Problems {
			if p := &e.Attributes[i].Problems[j]; p.Code != semconv.Unknown && slices.Contains(p.Instead, key) {
				return true
			}
		}
	}
	return false
}

// Entities are those of which a resource can be told to be.
func Entities(c *semconvlint.Context) []*registry.Entity {
	var all []*registry.Entity
	entities := c.Conventions.Registry.Entities()
	for i := range entities {
		if e := &entities[i]; e.Deprecation == registry.Live && e.Refinement == "" && slices.ContainsFunc(e.Attributes, tells) {
			all = append(all, e)
		}
	}
	return all
}

// Describes says whether a resource is of an entity: it has an attribute that the entity requires
// or is identified by.
func Describes(e *semconvlint.Element, x *registry.Entity) bool {
	for _, use := range x.Attributes {
		if tells(use) && e.Get(use.Key) != nil {
			return true
		}
	}
	return false
}

func tells(use registry.Use) bool { return use.Identifying || use.Level == registry.Required }

// maxText is the longest text that a rule keeps of telemetry: with the number of those it bounds
// its memory.
const maxText = 256

// Clip cuts a text that is longer, and in no credential: half of one would not be known for one.
// Whoever keeps it clones it: it may be a part of a whole request.
func Clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	text = sensitive.Mask(text)
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// Own is an example to keep.
func Own(x semconvlint.Example) semconvlint.Example {
	x.Name, x.Value = strings.Clone(Clip(x.Name)), strings.Clone(Clip(x.Value))
	return x
}
