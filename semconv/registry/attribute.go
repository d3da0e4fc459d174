package registry

import "strings"

// Attribute is one attribute's facts.
type Attribute struct {
	Key       string
	Type      Type
	Stability Stability
	// On are the kinds of telemetry that the attribute may stand on.
	On Places
	// Introduced is the version that introduced the name, empty where 1.21.0 had it or it
	// is not known.
	Introduced string
	Retirement

	members []Member
	own     bool // no part of OpenTelemetry's conventions
}

// Retirement says whether and how a name was retired. It is zero of a live name.
type Retirement struct {
	Deprecation Deprecation
	// RenamedTo is the name that took over, which may itself be retired. It is set if
	// Deprecation is Renamed, and may be if it is Absent.
	RenamedTo string
	// Since is the version of the conventions that retired the name, empty where it is
	// not known.
	Since string
	// Via is the name that took over first, where that was retired itself later and
	// RenamedTo is a later one.
	Via string
	// Instead are the names to look at where no plain rename exists: the parts of
	// what was split, or one for each context.
	Instead []string
}

// Deprecation says whether and how a name was retired.
type Deprecation uint8

// Live is a name in use; the next three are the registry's own reasons.
const (
	Live Deprecation = iota
	Renamed
	Obsoleted
	Uncategorized
	// Absent is a name of an earlier version that the registry no longer holds. An
	// attribute of this kind has no known type (Any).
	Absent
)

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
	// Anys is the list of any.
	Anys

	// Template marks a key that is a prefix: http.request.header.<name>.
	Template Type = 0x40
	// Enum marks an open set of known values, see Attribute.Members.
	Enum Type = 0x80
)

// Base is the type without flags.
func (t Type) Base() Type { return t &^ (Template | Enum) }

// Places is a set of kinds of telemetry.
type Places uint8

// The places: a resource or entity, a span, a metric's data point, a log record.
const (
	OnSpan Places = 1 << iota
	OnMetric
	OnLog
	OnResource

	Anywhere = OnSpan | OnMetric | OnLog | OnResource
)

// Member is one known value of an enum. Value is its text also where it is an int.
type Member struct {
	ID, Value string
	Stability Stability
	// Deprecation is Live but for a retired value, whose RenamedTo is the value that
	// took over, or the id of its member, if it was renamed.
	Deprecation Deprecation
	RenamedTo   string
	// Since is the version that retired the value, empty where it is not known.
	Since string
}

// Members are the known values of an enum, nil of any other type.
func (a *Attribute) Members() []Member { return a.members }

// Member finds a known value of an enum.
func (a *Attribute) Member(value string) *Member {
	for i := range a.members {
		if a.members[i].Value == value {
			return &a.members[i]
		}
	}
	return nil
}

// Link is the page that describes the attribute, at its place; empty of one that is no
// part of OpenTelemetry's conventions or no longer.
func (a *Attribute) Link() string {
	if a.own || a.Deprecation == Absent {
		return ""
	}
	namespace, _, _ := strings.Cut(a.Key, ".")
	dashes := strings.NewReplacer(".", "-", "_", "-")
	return "https://opentelemetry.io/docs/specs/semconv/registry/attributes/" + dashes.Replace(namespace) + "/#" + dashes.Replace(a.Key)
}
