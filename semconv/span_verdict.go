package semconv

import (
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
	problems, _ := j.SpanOf(s)
	return problems
}

// Convention finds the span type that a span is of from its kind and the attributes
// that tell; the wire does not say it. It is nil for a span of no convention.
func (j *Judge) Convention(s Span) *registry.Span {
	_, convention := j.SpanOf(s)
	return convention
}

// SpanOf is Span and Convention at once, for the price of one.
func (j *Judge) SpanOf(s Span) ([]Problem, *registry.Span) {
	now := renewals.Get().(*renewed)
	defer renewals.Put(now)
	defer now.forget()
	now.renew(j.table, &s)
	subject := Span{Name: s.Name, Kind: s.Kind, Keys: s.Keys, Text: now.text}
	var problems []Problem
	if today := j.nameOf(now, &subject); today != "" {
		problems = append(problems, Problem{Code: Name, Have: s.Name, Instead: []string{today}})
	} else if s.Varies() {
		problems = append(problems, Problem{Code: Name, Have: s.Name, Instead: nonEmpty(s.BetterName())})
	}
	convention := j.own(now, &subject, j.convention(&subject))
	if convention == nil {
		return problems, nil
	}
	if want := placeOf(convention.Kind); want != s.Kind {
		problems = append(problems, Problem{Code: Kind, Have: kindName(s.Kind), Want: kindName(want)})
	}
	for i := range convention.Attributes {
		use := &convention.Attributes[i]
		if use.Level != registry.Required {
			continue
		}
		if key := j.today(use.Key); !now.has(key) && !j.hasTemplate(now, key) && !j.IsTooNew(key) {
			problems = append(problems, Problem{Code: Missing, Key: key})
		}
	}
	return problems, convention
}

// hasTemplate is whether a key is a template's prefix and an attribute of it is there.
func (j *Judge) hasTemplate(now *renewed, key string) bool {
	a := j.registry.Lookup(key)
	return a != nil && a.Type&registry.Template != 0 && now.hasPrefix(key+".")
}

// nameOf is the name of today of a span whose name is of an older form, by what its
// attributes are today; empty of any other.
func (j *Judge) nameOf(now *renewed, s *Span) string {
	if old, ok := j.table.SpanName(s.Name, s.Kind); ok {
		return named(old.Name, s.Text(old.Append))
	}
	return now.made.NameOf(s.Name, s.Text)
}

// today is a key's name in use: the registry has types that still ask for an old one.
func (j *Judge) today(key string) string {
	if a := j.registry.Lookup(key); a != nil && j.table.Retired(&a.Retirement) && a.RenamedTo != "" {
		return a.RenamedTo
	}
	return key
}

var kindNames = map[translate.Place]string{
	translate.Internal: "INTERNAL", translate.Server: "SERVER", translate.Client: "CLIENT", translate.Producer: "PRODUCER", translate.Consumer: "CONSUMER",
}

func kindName(p translate.Place) string { return kindNames[p] }

func placeOf(k registry.Kind) translate.Place {
	return [...]translate.Place{registry.Internal: translate.Internal, registry.Server: translate.Server, registry.Client: translate.Client,
		registry.Producer: translate.Producer, registry.Consumer: translate.Consumer}[k]
}
