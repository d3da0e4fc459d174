// Package personaldata finds values that look like a person's: addresses, card numbers.
package personaldata

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "personal-data",
		Title:    "Value that looks like an e-mail address or a card number",
		Why:      "Telemetry is copied to places that nobody asked the person about, and read by many. Lists and maps are looked through. An address in a user agent is none of a person's: bots say there whom to write to.",
		Before:   "attributes: {shop.customer: anna@example.com}",
		After:    "attributes: {shop.customer.id: 4711}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "allow", Default: []string{"user.email"}, Meaning: "keys whose value may be"}},
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		allow, _ := c.Options["allow"].([]string)
		r := &checker{c: c, allow: map[string]bool{}, userAgent: verdicts.NewMemo(isUserAgent)}
		for _, key := range allow {
			r.allow[key] = true
		}
		return r
	},
}

type checker struct {
	c         *semconvlint.Context
	allow     map[string]bool
	userAgent *verdicts.Memo[bool]

	// What is looked at.
	element   *semconvlint.Element
	attribute *semconvlint.Attribute
}

func (r *checker) Element(e *semconvlint.Element) {
	r.element = e
	for i := range e.Attributes {
		r.attribute = &e.Attributes[i]
		if !r.allow[r.attribute.Key] {
			sensitive.Texts(r.attribute.Raw, r)
		}
	}
}

// Text looks at one text of the attribute's value; key is that of the map in which it is, if any.
func (r *checker) Text(key, text string) {
	a := r.attribute
	m, ok := sensitive.Personal(text)
	if !ok || key != "" && (r.allow[a.Key+"."+key] || r.allow[key]) {
		return
	}
	if r.userAgent.Of(a.Key) || key != "" && r.userAgent.Of(key) {
		if m, ok = sensitive.Card(text); !ok {
			return
		}
	}
	r.c.At(r.element, semconvlint.Report{Key: a.Key, Detail: m.What, Message: "the value of " + a.Key + " looks like " + m.What, Example: r.element.Example(m.Of(text))})
}

// isUserAgent says whether a key is a user agent's, under whichever name: programs say there whom
// to write to about them.
func isUserAgent(key string) bool {
	words := strings.TrimSuffix(sensitive.Words(key), "_original")
	return strings.HasSuffix(words, "user_agent") || strings.HasSuffix(words, "useragent")
}
