package semconv

import (
	"maps"
	"slices"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Span is a span as a whole.
type Span struct {
	Name string
	// Kind is Internal, Server, Client, Producer or Consumer.
	Kind translate.Place
	// Keys are its attributes' keys.
	Keys []string
	// Text gives an attribute's text, empty where it is not there.
	Text func(key string) string
}

// Span says what is wrong with a span as a whole: what its convention requires and it
// lacks, its kind, its name. Its attributes one by one are for Attribute.
func (j *Judge) Span(s Span) []Problem {
	var problems []Problem
	now := j.renewed(&s)
	if today := j.nameOf(now); today != "" {
		problems = append(problems, Problem{Code: Name, Have: s.Name, Instead: []string{today}})
	} else if s.Varies() {
		problems = append(problems, Problem{Code: Name, Have: s.Name, Instead: nonEmpty(s.BetterName())})
	}
	convention := j.convention(&now.Span)
	if convention == nil {
		return problems
	}
	if want := placeOf(convention.Kind); want != s.Kind {
		problems = append(problems, Problem{Code: Kind, Have: kindName(s.Kind), Want: kindName(want)})
	}
	for _, use := range convention.Attributes {
		if key := j.today(use.Key); use.Level == registry.Required && !slices.Contains(now.Keys, key) {
			problems = append(problems, Problem{Code: Missing, Key: key})
		}
	}
	return problems
}

// nameOf is the name of today of a span whose name is of an older form, by what its
// attributes are today; empty of any other.
func (j *Judge) nameOf(now *renewed) string {
	if old, ok := j.table.SpanName(now.Name, now.Kind); ok {
		return named(old.Name, now.Text(old.Append))
	}
	return now.made.NameOf(now.Name, now.Text)
}

// today is a key's name in use: the registry has types that still ask for an old one.
func (j *Judge) today(key string) string {
	if a := j.registry.Lookup(key); a != nil && j.table.Retired(&a.Retirement) && a.RenamedTo != "" {
		return a.RenamedTo
	}
	return key
}

// Convention finds the span type that a span is of from its kind and the attributes
// that tell; the wire does not say it. It is nil for a span of no convention.
func (j *Judge) Convention(s Span) *registry.Span {
	now := j.renewed(&s)
	return j.convention(&now.Span)
}

// renewed is a span with what its old attributes become besides those that it has: an
// old URL counts as a port where it names one, an old value as the new one.
type renewed struct {
	Span
	made translate.Result // what the translation made of the span
}

func (j *Judge) renewed(s *Span) *renewed {
	in := translate.Input{Keys: s.Keys, Place: s.Kind}
	for _, k := range s.Keys {
		in.Values = append(in.Values, translate.StringValue(s.Text(k)))
	}
	now := &renewed{Span: *s}
	r := &now.made
	j.table.Translate(&in, r)
	texts := map[string]string{}
	for _, n := range r.Renames {
		texts[n.Key] = in.Values[n.Index].Str()
	}
	for _, e := range r.Edits {
		v := e.Value
		switch {
		case v.Type != registry.Any:
		case e.Index >= 0:
			v = in.Values[e.Index]
		default:
			v = in.Values[e.Copy]
		}
		texts[e.Key] = textOf(v)
	}
	now.Keys = slices.AppendSeq(slices.Clone(s.Keys), maps.Keys(texts))
	now.Text = func(key string) string {
		if text, ok := texts[key]; ok {
			return text
		}
		return s.Text(key)
	}
	return now
}

var kindNames = map[translate.Place]string{
	translate.Internal: "INTERNAL", translate.Server: "SERVER", translate.Client: "CLIENT", translate.Producer: "PRODUCER", translate.Consumer: "CONSUMER",
}

func kindName(p translate.Place) string { return kindNames[p] }

func placeOf(k registry.Kind) translate.Place {
	return [...]translate.Place{registry.Internal: translate.Internal, registry.Server: translate.Server, registry.Client: translate.Client,
		registry.Producer: translate.Producer, registry.Consumer: translate.Consumer}[k]
}
