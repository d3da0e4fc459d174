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
	// Unknown: the name stands in a namespace of the conventions and is none of theirs.
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
	// Key is the attribute or metric, empty where the span as a whole is meant.
	Key string
	// Instead is what to write: names, values or kinds, best first; empty where there is
	// nothing.
	Instead []string
	// Since is the version that retired the name, where it is known.
	Since string
	// Have and Want are the types, units or kinds that differ.
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
}

// Metric is a use of a metric.
type Metric struct {
	Name string
	// Unit is the unit, nil where it is not known.
	Unit *string
	// Instrument is NoInstrument where it is not known.
	Instrument registry.Instrument
}

// Judge answers from one registry and one table of translations. It is safe for
// concurrent use.
type Judge struct {
	registry *registry.Registry
	table    *translate.Table
}

// NewJudge makes a judge.
func NewJudge(r *registry.Registry, t *translate.Table) *Judge { return &Judge{r, t} }

// Attribute says what is wrong with an attribute, nothing if it is right or a name of
// the user's own.
func (j *Judge) Attribute(a Attribute) []Problem {
	place := a.Place
	if place == 0 {
		place = anyPlace
	}
	known := j.registry.Resolve(a.Key)
	if known == nil {
		return j.stranger(a.Key, place)
	}
	if j.table.Retired(&known.Retirement) {
		return []Problem{{Code: Retired, Key: a.Key, Instead: j.instead(a.Key, place, &known.Retirement), Since: known.Since}}
	}
	var problems []Problem
	if !belongs(known, a.Place) {
		problems = append(problems, Problem{Code: Misplaced, Key: a.Key})
	}
	if a.Value.Type != registry.Any && !a.Value.Is(known.Type) {
		problems = append(problems, Problem{Code: Type, Key: a.Key, Have: typeName(a.Value.Type), Want: typeName(known.Type)})
	}
	for _, m := range known.Members() {
		if j.table.Retired(&registry.Retirement{Deprecation: m.Deprecation, Since: m.Since}) && a.Value.Type == registry.String && a.Value.Str() == m.Value {
			problems = append(problems, Problem{Code: RetiredValue, Key: a.Key, Have: m.Value, Instead: nonEmpty(m.RenamedTo)})
		}
	}
	return problems
}

// anyPlace asks for every place that a span may be, where nobody knows better.
const anyPlace = translate.Resource | translate.Internal | translate.Server | translate.Client | translate.Producer | translate.Consumer

// stranger judges a key that the conventions never had: a foreign vocabulary's, one in
// their namespaces, or the user's own.
func (j *Judge) stranger(key string, place translate.Place) []Problem {
	if targets := j.table.Targets(key, place); len(targets) > 0 {
		return []Problem{{Code: Retired, Key: key, Instead: written(targets)}}
	}
	if !wellFormed(key) {
		return []Problem{{Code: Format, Key: key, Instead: nonEmpty(reformed(key))}}
	}
	if namespace, _, dotted := strings.Cut(key, "."); dotted && j.registry.Reserved(namespace) {
		return []Problem{{Code: Unknown, Key: key}}
	}
	return nil
}

// instead is what to write for a retired name: what the translation would make of it,
// else what the registry says.
func (j *Judge) instead(key string, place translate.Place, r *registry.Retirement) []string {
	if targets := j.table.Targets(key, place); len(targets) > 0 {
		return written(targets)
	}
	if r.RenamedTo != "" {
		return []string{r.RenamedTo}
	}
	return r.Instead
}

// written are the targets that can be written: dropping a name is none.
func written(targets []string) []string {
	return slices.DeleteFunc(targets, func(to string) bool { return to == translate.Dropped })
}

// Metric says what is wrong with a metric.
func (j *Judge) Metric(m Metric) []Problem {
	unit := ""
	if m.Unit != nil {
		unit = *m.Unit
	}
	known := j.registry.LookupMetric(m.Name)
	if known == nil {
		if !wellFormed(m.Name) {
			return []Problem{{Code: Format, Key: m.Name, Instead: nonEmpty(reformed(m.Name))}}
		}
		return nil
	}
	if j.table.Retired(&known.Retirement) {
		p := Problem{Code: Retired, Key: m.Name, Since: known.Since}
		if to := j.table.Metric(m.Name, unit).Name; to != m.Name {
			p.Instead = []string{to}
		} else {
			p.Instead = nonEmpty(known.RenamedTo)
		}
		return []Problem{p}
	}
	var problems []Problem
	if m.Unit != nil && unit != known.Unit {
		problems = append(problems, Problem{Code: Unit, Key: m.Name, Have: unit, Want: known.Unit})
	}
	if m.Instrument != registry.NoInstrument && m.Instrument != known.Instrument {
		problems = append(problems, Problem{Code: Instrument, Key: m.Name, Have: instrumentName(m.Instrument), Want: instrumentName(known.Instrument)})
	}
	return problems
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
