// Package rules are all rules. Each is a package of its own: the file is the check, and testdata
// says what is found and what is not.
package rules

import (
	"slices"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

//go:generate go run ./rulesgen

// All are the rules in the order of their packages' names.
func All() []semconvlint.Rule { return slices.Clone(all) }
