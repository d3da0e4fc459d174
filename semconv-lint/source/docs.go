package source

import (
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/nameformat"
	"github.com/koine-otel/koine/semconv-lint/rules/personaldata"
	"github.com/koine-otel/koine/semconv-lint/rules/res004"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredattribute"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredevent"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredmetric"
	"github.com/koine-otel/koine/semconv-lint/rules/retiredvalue"
	"github.com/koine-otel/koine/semconv-lint/rules/secretkey"
	"github.com/koine-otel/koine/semconv-lint/rules/spannamecardinality"
	"github.com/koine-otel/koine/semconv-lint/rules/toonew"
	"github.com/koine-otel/koine/semconv-lint/rules/unknownattribute"
	"github.com/koine-otel/koine/semconv-lint/rules/unknownmetric"
	"github.com/koine-otel/koine/semconv-lint/rules/wronginstrument"
	"github.com/koine-otel/koine/semconv-lint/rules/wrongtype"
	"github.com/koine-otel/koine/semconv-lint/rules/wrongunit"
)

// The rules. Most are those of telemetry, by the same ids: one mistake has one name, wherever it
// is found.
const (
	RetiredAttribute     = "retired-attribute"
	RetiredMetric        = "retired-metric"
	RetiredEvent         = "retired-event"
	RetiredValue         = "retired-value"
	UnknownAttribute     = "unknown-attribute"
	UnknownMetric        = "unknown-metric"
	NameFormat           = "name-format"
	WrongLevel           = "RES-004"
	WrongType            = "wrong-type"
	WrongUnit            = "wrong-unit"
	WrongInstrument      = "wrong-instrument"
	SpanNameCardinality  = "span-name-cardinality"
	SecretKey            = "secret-key"
	PersonalData         = "personal-data"
	TooNew               = "too-new"
	OldConventionPackage = "old-convention-package"
	MixedConventions     = "mixed-conventions"
	UnknownOptIn         = "unknown-opt-in"
	UnusedIgnore         = "unused-ignore"
)

// Docs are those of the rules that source is checked by.
func Docs() []*semconvlint.Doc {
	return append([]*semconvlint.Doc{
		retiredattribute.Rule.Doc, retiredmetric.Rule.Doc, retiredevent.Rule.Doc, retiredvalue.Rule.Doc, unknownattribute.Rule.Doc, unknownmetric.Rule.Doc,
		nameformat.Rule.Doc, res004.Rule.Doc, wrongtype.Rule.Doc, wrongunit.Rule.Doc, wronginstrument.Rule.Doc, spannamecardinality.Rule.Doc, secretkey.Rule.Doc, personaldata.Rule.Doc, toonew.Rule.Doc,
	}, OwnDocs()...)
}

// OwnDocs are those of the rules that source alone has.
func OwnDocs() []*semconvlint.Doc { return ownDocs }

var ownDocs = []*semconvlint.Doc{
	{
		ID:       OldConventionPackage,
		Title:    "Import of an older package of convention constants",
		Why:      "Its constants are the names of that year, and the schema URL that goes with it says so to whoever reads the telemetry.",
		Before:   `import semconv "go.opentelemetry.io/otel/semconv/v1.24.0"`,
		After:    `import semconv "go.opentelemetry.io/otel/semconv/v1.43.0"`,
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/",
	},
	{
		ID:       MixedConventions,
		Title:    "Old and new names, or packages of several versions, in one service",
		Why:      "One part of a service writes what another part's readers do not look for: every chart shows half of it.",
		Before:   `span.SetAttributes(attribute.String("http.method", m)) // and http.request.method in another file`,
		After:    `span.SetAttributes(attribute.String("http.request.method", m)) // everywhere`,
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/",
	},
	{
		ID:       UnknownOptIn,
		Title:    "Unknown word in OTEL_SEMCONV_STABILITY_OPT_IN",
		Why:      "An instrumentation ignores words that it does not know, and goes on with the old names without a sign.",
		Before:   "OTEL_SEMCONV_STABILITY_OPT_IN: http-dup",
		After:    "OTEL_SEMCONV_STABILITY_OPT_IN: http/dup",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/",
	},
	{
		ID:       UnusedIgnore,
		Title:    "Comment that ignores what is not there",
		Why:      "It hides the next mistake at this place.",
		Before:   "// semconv-lint:ignore retired-attribute the old collector wants it",
		After:    "",
		Severity: semconvlint.Warning,
	},
}
