// Package unknownservice finds services whose name is the SDK's default.
package unknownservice

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "unknown-service",
		Title:    "Service that was given no name",
		Why:      "unknown_service is what an SDK writes where nobody set service.name: all such services are one.",
		Before:   "resource: {service.name: unknown_service:java}",
		After:    "resource: {service.name: shop}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/resource/#service",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnResource && strings.HasPrefix(e.Service, "unknown_service") {
		r.c.At(e, semconvlint.Report{Key: "service.name", Message: "service.name was not set: set OTEL_SERVICE_NAME", Example: e.Example(e.Service)})
	}
}
