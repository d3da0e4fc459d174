// Package semconv judges uses of OpenTelemetry's semantic conventions: whether a name, a
// value, a type or a unit is right, and what to write instead. Whoever asks, a processor
// in flight, a linter of telemetry or of source, a test helper, gets the same answer.
package semconv

import (
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Code says what is wrong with a use.
type Code string

// The codes. A use may have several problems, a span too.
const (
	// Retired: the conventions replaced or dropped the name.
	Retired Code = "retired"
	// TooNew: the conventions introduced the name after the version that is the target.
	TooNew Code = "too_new"
	// Unknown: the name stands in a namespace of the conventions, or in one that is misspelt,
	// and is none of theirs. Instead is what it may have been meant to be.
	Unknown Code = "unknown"
	// Type: the value has not the registry's type.
	Type Code = "type"
	// RetiredValue: the value is one that the conventions replaced.
	RetiredValue Code = "retired_value"
	// Format: the name breaks the rules for names, whoever's it is.
	Format Code = "format"
	// Misplaced: the attribute does not belong on what carries it.
	Misplaced Code = "misplaced"
	// Unit and Instrument: the metric has others in the conventions.
	Unit       Code = "unit"
	Instrument Code = "instrument"
	// Missing: the span's convention requires an attribute.
	Missing Code = "missing"
	// Kind: the span's convention asks for another kind.
	Kind Code = "kind"
	// Name: the span's name has parts that differ from span to span.
	Name Code = "name"
)

// Problem is one thing that is wrong.
type Problem struct {
	Code Code
	// Key is the attribute, metric or event, empty where the span as a whole is meant.
	Key string
	// Instead is what to write: names, values or kinds, best first; empty where there is
	// nothing.
	Instead []string
	// Since is the version that retired the name, where it is known; of one that is too new
	// the version that introduced it.
	Since string
	// Have and Want are the types, units or kinds that differ; of a name that is too new Want
	// is the target version.
	Have, Want string
}

// Attribute is a use of an attribute.
type Attribute struct {
	Key string
	// Value is the value, where there is one; its Type says also without it what is
	// known: Any is nothing.
	Value translate.Value
	// Place is what carries it; 0 where that is not known.
	Place translate.Place
	// Metric is the metric on whose points it stands, nil for other places: a label such
	// as state means something in some metrics and nothing in others.
	Metric *Metric
	// Among is the element that carries it, with all its attributes, nil where only this
	// one is known: which name an old one gives way to may depend on the others. Its Place
	// counts.
	Among *translate.Input
}

// Metric is a use of a metric.
type Metric struct {
	Name string
	// Unit is the unit, nil where it is not known.
	Unit *string
	// Instrument is NoInstrument where it is not known.
	Instrument registry.Instrument
	// OnWire is a metric that was read from telemetry and not from the code that makes it:
	// what the wire does not tell apart, and nobody on the way can change, is no problem
	// then. See sameOnWire.
	OnWire bool
}

// Judge answers from one registry and one table of translations. It is safe for
// concurrent use.
type Judge struct {
	registry *registry.Registry
	table    *translate.Table
	// successors are, by metrics' older names, the new ones, whatever the unit.
	successors func() map[string][]string
	// attributes, metrics and events are what names that nobody knows were meant to be.
	attributes, metrics, events *meant
	// types are span types that are no part of OpenTelemetry's conventions.
	types func() []ownType
}

// NewJudge makes a judge. The table must not be one that keeps old names beside the new.
func NewJudge(r *registry.Registry, t *translate.Table) *Judge {
	j := &Judge{registry: r, table: t, successors: sync.OnceValue(func() map[string][]string { return successors(t) })}
	j.attributes, j.metrics, j.events = newMeant(j.attributesInUse), newMeant(j.metricsInUse), newMeant(j.eventsInUse)
	j.types = sync.OnceValue(func() []ownType { return ownTypes(r) })
	return j
}

// Attribute says what is wrong with an attribute, nothing if it is right or a name of
// the user's own. What a translation would change is wrong, and what it would make of it
// is what to write instead.
func (j *Judge) Attribute(a Attribute) []Problem {
	known, live := j.known(a.Key)
	now := j.outcome(&a, live)
	return j.judged(&a, known, live, &now)
}

// known is what the registry knows of a key, and whether that is in use.
func (j *Judge) known(key string) (known *registry.Attribute, live bool) {
	known = j.registry.Resolve(key)
	return known, known != nil && !j.table.Retired(&known.Retirement)
}

// judged is the verdict on an attribute by what the translation makes of it.
func (j *Judge) judged(a *Attribute, known *registry.Attribute, live bool, now *outcome) []Problem {
	switch {
	case known == nil && now.gone:
		return []Problem{{Code: Retired, Key: a.Key, Instead: written(now.names)}}
	case known == nil:
		return j.stranger(a.Key)
	case live:
		return j.live(a, known, now)
	case !now.gone && known.On == registry.OnMetric:
		return nil // a label that other metrics had once: here it is anybody's word
	}
	p := Problem{Code: Retired, Key: a.Key, Instead: written(now.names), Since: known.Since}
	if len(now.names) == 0 {
		p.Instead = j.instead(a, &known.Retirement)
	}
	return []Problem{p}
}

// live judges an attribute that is in use.
func (j *Judge) live(a *Attribute, known *registry.Attribute, now *outcome) []Problem {
	if j.newer(known.Introduced, &known.Retirement) {
		// Nothing else is said of it: place, type and values are those of a later version.
		p := j.tooNew(a.Key, known.Introduced, written(now.names))
		if len(now.names) == 0 {
			p.Instead = j.targets(a) // those whose values do not convert
		}
		return []Problem{p}
	}
	var problems []Problem
	switch {
	case now.gone:
		problems = append(problems, Problem{Code: Misplaced, Key: a.Key, Instead: written(now.names)})
	case !belongs(known, a.place()):
		problems = append(problems, Problem{Code: Misplaced, Key: a.Key})
	}
	if a.Value.Type != registry.Any && !a.Value.Is(known.Type) {
		problems = append(problems, Problem{Code: Type, Key: a.Key, Have: typeName(a.Value.Type), Want: typeName(known.Type)})
	}
	if now.value != "" {
		return append(problems, Problem{Code: RetiredValue, Key: a.Key, Have: textOf(a.Value), Instead: []string{now.value}})
	}
	for _, m := range known.Members() {
		if j.table.Retired(&registry.Retirement{Deprecation: m.Deprecation, Since: m.Since}) && a.Value.Type == registry.String && a.Value.Str() == m.Value {
			problems = append(problems, Problem{Code: RetiredValue, Key: a.Key, Have: m.Value, Instead: nonEmpty(m.RenamedTo)})
		}
	}
	return problems
}

// IsTooNew says whether an attribute came after the target version: nobody can ask for it.
func (j *Judge) IsTooNew(key string) bool {
	known := j.registry.Resolve(key)
	return known != nil && j.newer(known.Introduced, &known.Retirement)
}

// tooNew is the problem of a name that came after the target.
func (j *Judge) tooNew(key, introduced string, instead []string) Problem {
	return Problem{Code: TooNew, Key: key, Instead: instead, Since: introduced, Want: j.table.Target()}
}

// stranger judges a key that the conventions never had and no rule converts: one in
// their namespaces, or the user's own.
func (j *Judge) stranger(key string) []Problem {
	if !wellFormed(key) {
		return []Problem{{Code: Format, Key: key, Instead: nonEmpty(reformed(key))}}
	}
	return j.unknown(key, j.attributes)
}

// unknown judges a name that is none of the conventions': it may stand in their namespaces, or
// in what was meant to be one.
func (j *Judge) unknown(name string, m *meant) []Problem {
	namespace, _, dotted := strings.Cut(name, ".")
	switch {
	case !dotted:
		return nil
	case specified[name]:
		return nil
	case j.registry.Reserved(namespace):
		return []Problem{{Code: Unknown, Key: name, Instead: m.within(name)}}
	}
	if to := m.beyond(name); len(to) > 0 && !j.table.Mentions(name) {
		return []Problem{{Code: Unknown, Key: name, Instead: to}}
	}
	return nil
}

// instead is what to write for a retired name that the translation leaves alone: what it
// would make of it beside others, where those are not known, else what the registry says.
func (j *Judge) instead(a *Attribute, r *registry.Retirement) []string {
	if a.Among == nil {
		if targets := j.targets(a); len(targets) > 0 {
			return targets
		}
	}
	return j.successorsOf(r, func(key string) bool {
		to := j.registry.Resolve(key)
		return to == nil || j.inUse(to.Introduced, &to.Retirement)
	})
}

// successorsOf are what the registry says of a retired name, as far as it is in use at the target.
func (j *Judge) successorsOf(r *registry.Retirement, inUse func(name string) bool) []string {
	for _, to := range [...]string{r.RenamedTo, r.Via} {
		if to != "" && inUse(to) {
			return []string{to}
		}
	}
	return slices.DeleteFunc(slices.Clone(r.Instead), func(name string) bool { return !inUse(name) })
}

// targets are what the translation makes of a key, whatever is beside it.
func (j *Judge) targets(a *Attribute) []string {
	for _, place := range a.places() {
		if targets := written(j.table.Targets(a.Key, place)); len(targets) > 0 {
			return targets
		}
	}
	return nil
}

// written are the targets that can be written: dropping a name is none.
func written(targets []string) []string {
	return slices.DeleteFunc(targets, func(to string) bool { return to == translate.Dropped })
}

// belongs says whether an attribute may stand at a place. Scope, events and links are
// not told apart by the registry: anything may stand there.
func belongs(a *registry.Attribute, p translate.Place) bool {
	switch p {
	case translate.Resource:
		return a.On&registry.OnResource != 0
	case translate.Internal, translate.Server, translate.Client, translate.Producer, translate.Consumer:
		// Spans may carry what their resource is about, too.
		return a.On&(registry.OnSpan|registry.OnResource|registry.OnMetric|registry.OnLog) != 0
	case translate.Point:
		return a.On&(registry.OnMetric|registry.OnSpan|registry.OnResource) != 0
	default:
		return true
	}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Default is the judge of the embedded registry, rules and dialects.
var Default = sync.OnceValue(func() *Judge {
	return NewJudge(registry.Default(), translate.New(translate.Options{}, slices.Concat(translate.Embedded(), dialects.All())...))
})
