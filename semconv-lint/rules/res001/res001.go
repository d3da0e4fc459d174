// Package res001 asks for service.instance.id.
package res001

import semconvlint "github.com/koine-otel/koine/semconv-lint"

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "RES-001",
		Title:    "Resource without service.instance.id",
		Why:      "Without it one instance of a service cannot be told from another, nor a restart from a reset counter.",
		Before:   "resource: {service.name: shop}",
		After:    "resource: {service.name: shop, service.instance.id: 627cc493-f310-47de-96bd-71410b7dec09}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/RES-001.md",
		Impact:   semconvlint.Normal,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnResource && e.Get("service.instance.id") == nil {
		r.c.At(e, semconvlint.Report{Key: "service.instance.id", Message: "the resource has no service.instance.id"})
	}
}
