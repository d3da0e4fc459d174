// Package constants knows the packages in which each language has the conventions' names as
// constants: what a constant holds, and which ones hold a name.
//
// A package is written as its language writes it: go.opentelemetry.io/otel/semconv/v1.24.0,
// opentelemetry.semconv.trace.SpanAttributes, io.opentelemetry.semconv.HttpAttributes,
// @opentelemetry/semantic-conventions/incubating, OpenTelemetry.SemanticConventions.HttpAttributes,
// OpenTelemetry::SemConv::HTTP, OpenTelemetry\SemConv\TraceAttributes,
// opentelemetry_semantic_conventions::trace, opentelemetry::semconv::http. A class is part of it
// where a package has several; JavaScript's old namespaces are part of a constant's name:
// SemanticAttributes.HTTP_METHOD.
package constants

//go:generate go run ./extract

// GoCollector are the packages that the collector had before it took those of the SDK, by version:
// GoCollector + "/v1.27.0".
const GoCollector = "go.opentelemetry.io/collector/semconv"

// Constant is one of a package: a constant, or in Go a function or a variable too.
type Constant struct{ Package, Name string }

// Meaning is what a constant stands for.
type Meaning struct {
	// Name is the attribute, metric or event, empty for a value of an attribute that is not
	// known. An attribute of many keys has what these begin with: http.request.header.
	Name string
	// Member is the attribute's value, for a constant of one.
	Member string
}

// Lookup gives the text that a constant holds. Go's functions and variables that make an
// attribute hold its name.
func Lookup(language, pkg, name string) (value string, ok bool) {
	m, ok := Find(language, pkg, name)
	if m.Member != "" && !makesAttributes(pkg) {
		return m.Member, ok
	}
	return m.Name, ok
}

// Find gives what a constant stands for.
func Find(language, pkg, name string) (Meaning, bool) {
	return tableOf(language).find(pkg, name)
}

// Of gives the constants that stand for a name, the stable and newest packages first.
func Of(language, name string) []Constant { return tableOf(language).of(name) }

// Packages gives a language's packages, the stable and newest ones first.
func Packages(language string) []string { return tableOf(language).packages }

// In gives the constants of a package with the texts that they hold.
func In(language, pkg string, give func(name, value string)) {
	tableOf(language).in(pkg, func(name string, m Meaning) {
		if m.Member != "" && !makesAttributes(pkg) {
			give(name, m.Member)
			return
		}
		give(name, m.Name)
	})
}

// Is says whether a language has a package of constants.
func Is(language, pkg string) bool {
	_, is := tableOf(language).index[pkg]
	return is
}
