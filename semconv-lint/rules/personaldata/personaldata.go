// Package personaldata finds values that look like a person's: addresses, card numbers.
package personaldata

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "personal-data",
		Title:    "Value that looks like an e-mail address or a card number",
		Why:      "Telemetry is copied to places that nobody asked the person about, and read by many.",
		Before:   "attributes: {shop.customer: anna@example.com}",
		After:    "attributes: {shop.customer.id: 4711}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "allow", Default: []string{"user.email"}, Meaning: "keys whose value may be"}},
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		allow, _ := c.Options["allow"].([]string)
		r := &checker{c, map[string]bool{}}
		for _, key := range allow {
			r.allow[key] = true
		}
		return r
	},
}

type checker struct {
	c     *semconvlint.Context
	allow map[string]bool
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if a.Raw.Type() == pcommon.ValueTypeStr && !r.allow[a.Key] {
			if m, ok := sensitive.Personal(a.Raw.Str()); ok {
				r.c.At(e, semconvlint.Report{Key: a.Key, Detail: m.What, Message: "the value of " + a.Key + " looks like " + m.What, Example: e.Example(m.Of(a.Raw.Str()))})
			}
		}
	}
}
