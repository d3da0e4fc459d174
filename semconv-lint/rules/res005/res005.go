// Package res005 asks for service.name.
package res005

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "RES-005",
		Title:    "Resource without service.name",
		Why:      "Nobody knows whose telemetry it is.",
		Before:   "resource: {}",
		After:    "resource: {service.name: shop}",
		Severity: semconvlint.Error,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/RES-005.md",
		Impact:   semconvlint.Critical,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnResource {
		return
	}
	switch a := e.Get("service.name"); {
	case a == nil:
		r.c.At(e, semconvlint.Report{Key: "service.name", Message: "the resource has no service.name"})
	case a.Raw.Type() != pcommon.ValueTypeStr || a.Raw.Str() == "":
		r.c.At(e, semconvlint.Report{Key: "service.name", Detail: "empty", Message: "the service.name is empty or no string"})
	}
}
