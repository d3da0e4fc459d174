// Package registry is the semantic conventions' registry as data: which attributes
// there are, what type they have, and what became of those that were retired. It
// holds names, types, versions and other facts, no descriptions: Attribute.Link leads
// to those.
package registry

import (
	"slices"
	"strings"
)

//go:generate go run ../internal/registrygen generate -extract extract/attributes.tsv -tables attributes_generated.go

// Version is the version of the conventions that the tables hold.
const Version = "1.44.0"

// Type is an attribute's value type, with the flags Template and Enum.
type Type uint8

// The value types of the registry, in its own words: string, int, double, boolean,
// any and their list forms.
const (
	Any Type = iota
	String
	Int
	Double
	Bool
	Strings
	Ints
	Doubles
	Bools

	// Template marks a key that is a prefix: http.request.header.<name>.
	Template Type = 0x40
	// Enum marks an open set of known values, see Attribute.Members.
	Enum Type = 0x80
)

// Base is the type without flags.
func (t Type) Base() Type { return t &^ (Template | Enum) }

// Stability is how far a convention has come.
type Stability uint8

// The registry's levels, least stable first.
const (
	Development Stability = iota
	Alpha
	Beta
	ReleaseCandidate
	Stable
)

// Deprecation says whether and how a name was retired.
type Deprecation uint8

// Live is a name in use; the others are the registry's reasons.
const (
	Live Deprecation = iota
	Renamed
	Obsoleted
	Uncategorized
)

// Attribute is one attribute's facts.
type Attribute struct {
	Key         string
	Type        Type
	Stability   Stability
	Deprecation Deprecation
	// RenamedTo is the name that took over, which may itself be retired; empty unless
	// Deprecation is Renamed.
	RenamedTo string

	firstMember, memberCount uint16
}

// Member is one known value of an enum. Value is its text also where it is an int.
type Member struct {
	ID, Value   string
	Stability   Stability
	Deprecation Deprecation
	RenamedTo   string
}

// Members are the known values of an enum, nil of any other type.
func (a *Attribute) Members() []Member {
	return members[a.firstMember : a.firstMember+a.memberCount : a.firstMember+a.memberCount]
}

// Link is the page that describes the attribute.
func (a *Attribute) Link() string {
	namespace, _, _ := strings.Cut(a.Key, ".")
	return "https://opentelemetry.io/docs/specs/semconv/registry/attributes/" + strings.ReplaceAll(namespace, "_", "-") + "/"
}

// Lookup finds an attribute by its exact key; a template is found by its prefix
// without the last dot. It returns nil for a key that the conventions never had, and
// allocates nothing.
func Lookup(key string) *Attribute {
	i, ok := slices.BinarySearchFunc(attributes[:], key, func(a Attribute, key string) int {
		return strings.Compare(a.Key, key)
	})
	if !ok {
		return nil
	}
	return &attributes[i]
}

// Attributes are all attributes by key in order. The slice must not be changed.
func Attributes() []Attribute { return attributes[:] }
