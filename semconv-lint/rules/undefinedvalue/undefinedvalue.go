// Package undefinedvalue finds values that an enum of the conventions does not list.
package undefinedvalue

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/spelling"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "undefined-value",
		Title:    "Value that the conventions do not list",
		Why:      "The list is open, so this may be right. Where it is another spelling of a listed value, whoever filters by that does not find it.",
		Before:   "attributes: {db.system.name: postgres}",
		After:    "attributes: {db.system.name: postgresql}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c, verdicts.NewMemo(func(key string) *registry.Attribute {
			if a := c.Conventions.Registry.Lookup(key); a != nil && a.Type&registry.Enum != 0 && !anything(a) {
				return a
			}
			return nil
		})}
	},
}

type checker struct {
	c    *semconvlint.Context
	enum *verdicts.Memo[*registry.Attribute] // nil of what is none
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if len(a.Problems) > 0 || a.Value.Type != registry.String && a.Value.Type != registry.Int {
			continue
		}
		known := r.enum.Of(a.Key)
		if known == nil {
			continue
		}
		text := a.Raw.AsString()
		if known.Member(text) != nil {
			continue
		}
		shown := text
		if len(shown) > maxShown {
			shown = sensitive.Masked(shown)
		}
		to := nearest(known, text)
		message := "the conventions do not list " + shown + " for " + a.Key
		if to != "" {
			message += ": did you mean " + to + "?"
		}
		r.c.At(e, semconvlint.Report{Key: a.Key, Detail: shown, Replacement: to, Message: message, Example: e.Example(shown)})
	}
}

// maxShown is the length of a value that may be a member of an enum: more is something else.
const maxShown = 40

// anything says whether an enum lists only what stands for all others: error.type has _OTHER, and
// is any class or code.
func anything(a *registry.Attribute) bool {
	members := a.Members()
	return len(members) == 1 && members[0].Value == "_OTHER"
}

// nearest is the listed value that is this one in other letters, or one or two letters off.
func nearest(a *registry.Attribute, value string) string {
	names := spelling.New()
	members := a.Members()
	for i := range members {
		if members[i].Deprecation != registry.Live {
			continue
		}
		if strings.EqualFold(members[i].Value, value) {
			return members[i].Value
		}
		names.Add("." + members[i].Value)
	}
	if len(value) < 4 || a.Type.Base() != registry.String {
		return "" // short ones are all two letters off
	}
	return strings.TrimPrefix(names.Nearest("."+value), ".")
}
