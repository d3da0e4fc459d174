//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

// Package semconvlintconnector lints live traffic against the semantic conventions, with
// semconv-lint's engine. It changes nothing: what it finds comes out as metrics and log records.
package semconvlintconnector // import "github.com/koine-otel/koine/connectors/semconvlintconnector"
