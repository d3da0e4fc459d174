package semconv

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// ownType is a span type of a company's registry, and how spans of it are known.
type ownType struct {
	*registry.Span
	// name is its id without the kind at its end: acme.order.place of acme.order.place.server.
	name string
	// tell are the attributes that tell it from all others: those that it requires, that the
	// company defined itself, and that neither another type of this kind has, at any level, nor
	// an entity. Types that are narrower or wider than it do not count.
	tell []string
	// rests are those that it requires of what tells a convention of OpenTelemetry's: a request of
	// HTTP that is an order, too, is one of HTTP.
	rests []string
}

// ownTypes are the live span types that OpenTelemetry's conventions do not have.
func ownTypes(r *registry.Registry) []ownType {
	var types []ownType
	spans := r.Spans()
	for i := range spans {
		if s := &spans[i]; s.Deprecation == registry.Live && registry.LookupSpan(s.ID) == nil {
			types = append(types, ownType{s, strings.TrimSuffix(s.ID, "."+s.Kind.String()), telling(r, s), resting(s)})
		}
	}
	return types
}

func telling(r *registry.Registry, s *registry.Span) []string {
	var tell []string
	for i := range s.Attributes {
		if use := &s.Attributes[i]; use.Level == registry.Required && tells(r, s, use.Key) {
			tell = append(tell, use.Key)
		}
	}
	return tell
}

func resting(s *registry.Span) []string {
	var rests []string
	for _, key := range conventional {
		if use := s.Attribute(key); use != nil && use.Level == registry.Required {
			rests = append(rests, key)
		}
	}
	return rests
}

func tells(r *registry.Registry, s *registry.Span, key string) bool {
	a := r.Lookup(key)
	if a == nil || a.Type&registry.Template != 0 || registry.Resolve(key) != nil {
		return false
	}
	other := func(o registry.Span) bool {
		return o.Kind == s.Kind && o.Attribute(key) != nil && !narrower(s, &o) && !narrower(&o, s)
	}
	return !slices.ContainsFunc(r.Spans(), other) && !slices.ContainsFunc(r.Entities(), func(e registry.Entity) bool { return e.Attribute(key) != nil })
}

// narrower says whether a type asks for all that another asks for, and as much: it refines or
// extends it, or might. What is said of a span by the wider one is right of the narrower, too.
func narrower(t, than *registry.Span) bool {
	for i := range than.Attributes {
		use := &than.Attributes[i]
		if have := t.Attribute(use.Key); have == nil || have.Level > use.Level {
			return false
		}
	}
	return true
}

// minInternal is how many attributes have to tell an internal span's type: it is the kind of all
// that nobody gave one, and an id alone is on many of them.
const minInternal = 2

// own finds the company's type of a span that is of one of OpenTelemetry's or, if that is nil, of
// none; the same is returned if it is of none of the company's.
//
// A span that has a type's name is of it, whatever it lacks; of types of one name that of its kind.
// Any other is of the type of its kind all of whose attributes that tell are there, of several that
// with the most, and of none if two have as many. It stays OpenTelemetry's if that type does not ask
// for what theirs requires: an attribute more makes no request of HTTP an order.
func (j *Judge) own(now *renewed, s *Span, convention *registry.Span) *registry.Span {
	types := j.types()
	if len(types) == 0 {
		return convention
	}
	if found := ofName(types, s); found != nil {
		return found
	}
	var best *ownType
	tied := false
	for i := range types {
		t := &types[i]
		if placeOf(t.Kind) != s.Kind || len(t.tell) == 0 || t.Kind == registry.Internal && len(t.tell) < minInternal ||
			convention != nil && !covers(t.Span, convention) || !j.all(now, t.tell) || !j.all(now, t.rests) {
			continue
		}
		switch {
		case best == nil || len(t.tell) > len(best.tell):
			best, tied = t, false
		case len(t.tell) == len(best.tell):
			tied = true
		}
	}
	if best == nil || tied {
		return convention
	}
	return best.Span
}

// ofName finds the type of a span that has its name.
func ofName(types []ownType, s *Span) *registry.Span {
	var found *registry.Span
	for i := range types {
		t := &types[i]
		switch {
		case s.Name != t.name && s.Name != t.ID, !strings.Contains(t.name, "."): // order is anybody's word
		case placeOf(t.Kind) == s.Kind:
			return t.Span
		case found != nil:
			return nil // of two other kinds
		default:
			found = t.Span
		}
	}
	return found
}

// covers says whether a type asks, at whatever level, for all that a convention requires.
func covers(t, convention *registry.Span) bool {
	for i := range convention.Attributes {
		if use := &convention.Attributes[i]; use.Level == registry.Required && t.Attribute(use.Key) == nil {
			return false
		}
	}
	return true
}

func (j *Judge) all(now *renewed, keys []string) bool {
	for _, key := range keys {
		if !now.has(j.today(key)) {
			return false
		}
	}
	return true
}
