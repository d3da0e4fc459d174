// Package definition reads Weaver-format registries: both file formats (`groups:` and
// `file_format: definition/2`), from a folder, a zip or a tar, with their imports and
// dependencies. What it gives is flat: every reference is followed, every attribute of
// a signal stands in its own list. It keeps facts and drops prose.
//
// Words are left as the registry writes them ("release_candidate", "template[string]"),
// checked against the formats' vocabulary: a table maker and a run-time loader turn
// them into types of their own.
package definition

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// Set is what one registry defines, each list in the order of its names.
type Set struct {
	// SchemaURL is the manifest's, empty without one.
	SchemaURL  string
	Attributes []Attribute
	// Signals are spans, metrics, events and entities, in this order, and their
	// refinements; Groups are attribute groups, which are no telemetry of their own.
	Signals []Signal
	Groups  []Group
}

// Attribute is one attribute's definition.
type Attribute struct {
	Key string
	// Type is string, int, double, boolean, any, one of these with [] or in
	// template[…], or enum: and the members' type.
	Type       string
	Stability  string
	Deprecated Deprecated
	Members    []Member
	At         Position
}

// Member is one known value of an enum. Value is its text also where it is an int.
type Member struct {
	ID, Value, Stability string
	Deprecated           Deprecated
}

// Deprecated says whether and how a name was retired; a live name has none.
type Deprecated struct {
	// Reason is renamed, obsoleted or uncategorized, empty of a live name.
	Reason, RenamedTo string
}

// Kind is what a signal is.
type Kind uint8

// The kinds of signals.
const (
	Span Kind = iota
	Metric
	Event
	Entity
	kinds
)

var kindNames = [...]string{"span", "metric", "event", "entity"}

func (k Kind) String() string { return kindNames[k] }

// Signal is a span, metric, event or entity.
type Signal struct {
	Kind Kind
	// Name is a span's or entity's type, a metric's or event's name.
	Name string
	// Refinement is the id of a refinement, whose Name is the refined signal's.
	Refinement string
	Stability  string
	Deprecated Deprecated
	// SpanKind is a span's; Instrument, Unit and ValueType (int, double or unknown)
	// are a metric's.
	SpanKind, Instrument, Unit, ValueType string
	// Entities are the types that the signal may be associated with.
	Entities []string
	Uses     []Use
	At       Position
}

// Group is a list of attributes that signals include.
type Group struct {
	ID   string
	Uses []Use
	// Lone is a group that nothing includes: its attributes are meant for any signal.
	Lone bool
}

// Use is an attribute on a signal.
type Use struct {
	Key string
	// Level is required, conditionally_required, recommended or opt_in.
	Level string
	// Identifying is an attribute that is a part of an entity's identity.
	Identifying bool
}

// Position is a place in a file of a registry.
type Position struct {
	File string
	Line int
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// spanType is a span's name without the prefix that only the first format writes.
func spanType(id string) string { return strings.TrimPrefix(id, "span.") }

// groupID is the id under which the first format's `extends` finds a signal.
func (s *Signal) groupID() string {
	name := s.Name
	if s.Refinement != "" {
		name = s.Refinement
	}
	return s.Kind.String() + "." + name
}

// Places is a set of kinds of signals that may carry an attribute.
type Places uint8

// Anywhere are all places.
const Anywhere Places = 1<<kinds - 1

// Places are the kinds of signals that the set lets an attribute stand on. A key that
// only groups mention, or that none mentions, is not in it: it may stand anywhere. So
// may one of a group that is there to be read alone, unless it describes an entity.
func (s *Set) Places() map[string]Places {
	places := map[string]Places{}
	for i := range s.Signals {
		for _, u := range s.Signals[i].Uses {
			places[u.Key] |= 1 << s.Signals[i].Kind
		}
	}
	for _, g := range s.Groups {
		for _, u := range g.Uses {
			if g.Lone && places[u.Key]&(1<<Entity) == 0 {
				places[u.Key] = Anywhere
			}
		}
	}
	return places
}

// Base is what a registry may refer to without defining it.
type Base interface {
	HasAttribute(key string) bool
	// Signal finds a signal that is no refinement.
	Signal(kind Kind, name string) (Signal, bool)
	// Group finds an attribute group's attributes, or a signal's by its kind and name
	// ("span.http.client").
	Group(id string) ([]Use, bool)
	// Matches says whether a glob matches the name of a signal of this kind, or, for
	// "attribute_group", a group's id.
	Matches(kind, glob string) bool
}

// HasAttribute implements Base.
func (s *Set) HasAttribute(key string) bool {
	_, ok := slices.BinarySearchFunc(s.Attributes, key, func(a Attribute, key string) int { return strings.Compare(a.Key, key) })
	return ok
}

// Signal implements Base.
func (s *Set) Signal(kind Kind, name string) (Signal, bool) {
	for _, g := range s.Signals {
		if g.Kind == kind && g.Name == name && g.Refinement == "" {
			return g, true
		}
	}
	return Signal{}, false
}

// Group implements Base.
func (s *Set) Group(id string) ([]Use, bool) {
	for _, g := range s.Groups {
		if g.ID == id {
			return g.Uses, true
		}
	}
	for i := range s.Signals {
		if s.Signals[i].groupID() == id {
			return s.Signals[i].Uses, true
		}
	}
	return nil, false
}

// Matches implements Base.
func (s *Set) Matches(kind, glob string) bool {
	for _, g := range s.Groups {
		if ok, _ := path.Match(glob, g.ID); ok && kind == "attribute_group" {
			return true
		}
	}
	for _, g := range s.Signals {
		if ok, _ := path.Match(glob, g.Name); ok && kind == g.Kind.String() {
			return true
		}
	}
	return false
}
