// Package source finds where a repository names what the semantic conventions name, in code of
// any language, dashboards, alerts and configurations, and says what to write instead.
//
// A Reader knows a kind of file and yields Uses; the Linter puts them to semconv's verdicts, the
// same that judge telemetry. A reader never decides whether a name is right.
package source

import (
	"fmt"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Role is what a name is used as.
type Role uint8

// The roles.
const (
	// Attribute is an attribute's key.
	Attribute Role = iota + 1
	// Metric is an instrument's or metric's name.
	Metric
	// SpanName is a span's name, Event that of an event.
	SpanName
	Event
	// PrometheusMetric and PrometheusLabel are a metric and an attribute as Prometheus spells
	// them: http_server_duration_milliseconds_bucket, http_status_code.
	PrometheusMetric
	PrometheusLabel
	// Package is the import of a package of convention constants; Key is its path.
	Package
	// OptIn is a word of OTEL_SEMCONV_STABILITY_OPT_IN.
	OptIn
	// Name is a name of which the file does not say whether it is an attribute or a metric.
	Name
)

// Tier is how sure it is that a use is one of telemetry.
type Tier uint8

// The tiers.
const (
	// A is a proven call of a telemetry API, a constant of a convention package, or a place in a
	// configuration that holds nothing else.
	A Tier = iota + 1
	// B is an exact dotted name in a text of a file that uses a telemetry API.
	B
	// C is one elsewhere.
	C
	// D is one in a comment or in documentation.
	D
)

func (t Tier) String() string { return string(rune('A' + t - 1)) }

// ParseTier reads the letter of a tier that can be asked for.
func ParseTier(name string) (Tier, error) {
	for _, t := range [...]Tier{A, B, C} {
		if strings.EqualFold(name, t.String()) {
			return t, nil
		}
	}
	return 0, fmt.Errorf("tier %q: there are A, B and C", name)
}

// Range is from a byte of a file to the one after the last.
type Range struct{ Start, End int }

// Edit is what is written in place of a range.
type Edit struct {
	Range
	Text string
}

// Rewrite gives the edits that write another name in a use's place, none where that is not safe.
type Rewrite func(name string) []Edit

// Replace is the Rewrite of a name that stands in the file as it is. No name of the conventions
// has a character that any language or format escapes.
func Replace(r Range) Rewrite {
	return func(name string) []Edit { return []Edit{{r, name}} }
}

// Use is one name at one place.
type Use struct {
	Role Role
	Tier Tier
	// At is the name as it is written, without quotes; of a constant, the constant.
	At Range
	// Key is the name, evaluated: of a constant, its value. Of a span's name it is the text with
	// {expression} for each part that is not constant: GET /users/{user.id}.
	Key string
	// Constant is the constant's name as written, empty for a literal.
	Constant string
	// Callee is what is called with it: span.setAttribute. Empty where nothing is.
	Callee string
	// Rewrite writes another name, nil where no edit is safe.
	Rewrite Rewrite

	// Place is what carries an attribute: translate.Resource, or Event; 0 where that is not
	// known. Spans are AnySpan where their kind is not known.
	Place translate.Place
	// Type is that of the attribute's value, registry.Any where it is not known.
	Type registry.Type
	// Value is the value where it is a constant text, At its place without quotes.
	Value *Text
	// Unit is a metric's, Instrument what makes it: registry.NoInstrument where not known.
	Unit       *Text
	Instrument registry.Instrument
	// Of is the metric whose label or attribute it is, spelt as in the file; empty: not known.
	Of string
	// Varies is whether a span's name has parts that are not constant; Bounded whether these
	// are known to have few values, such as the method and route of a request.
	Varies, Bounded bool
	// Read is one that is looked for, compared or removed, and not set: in a filter, an
	// assertion, a query.
	Read bool
	// Lacks is, of the import of a package, what the file uses of it that another package lacks or
	// means otherwise; nil where nothing is known of that.
	Lacks func(path string) []string
	// Within is where the enclosing function, block or component begins: an old and a new name
	// that are set in the same one are set on purpose. -1: nothing encloses it.
	Within int
}

// Text is a constant text with its place.
type Text struct {
	At      Range
	Text    string
	Rewrite Rewrite
}

// AnySpan are spans of all kinds.
const AnySpan = translate.Internal | translate.Server | translate.Client | translate.Producer | translate.Consumer
