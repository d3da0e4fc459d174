// Package secretkey finds keys under which secrets are written.
package secretkey

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "secret-key",
		Title:    "Attribute whose name says that it is a secret",
		Why:      "Whoever may read telemetry may use it. Keys within maps are looked at, too.",
		Before:   "attributes: {db.password: hunter2}",
		After:    "attributes: {}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "words", Default: words, Meaning: "words at the end of keys that say so, however they are spelled: api_key is apiKey, too"}},
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		said, _ := c.Options["words"].([]string)
		r := &checker{c: c, words: spelled(said)}
		r.secret = verdicts.NewMemo(func(key string) bool { return says(c.Conventions, r.words, key) })
		return r
	},
}

var words = []string{
	"password", "passwd", "pwd", "secret", "api_key", "access_key", "private_key", "authorization", "cookie",
	"auth_token", "access_token", "refresh_token", "session_token", "client_secret", "credentials", "credit_card", "credit_card_number", "ssn", "cvv",
}

type checker struct {
	c      *semconvlint.Context
	words  []string
	secret *verdicts.Memo[bool]
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if r.secret.Of(a.Key) && written(a.Raw, 0) {
			r.report(e, a.Key, "", a.Raw)
		} else {
			r.within(e, a.Key, a.Raw, 0)
		}
	}
	if e.Signal == semconvlint.OnLog {
		r.within(e, "body", e.Log.Body(), 0)
	}
}

// within looks at the keys of maps.
func (r *checker) within(e *semconvlint.Element, key string, v pcommon.Value, depth int) {
	if depth == sensitive.MaxDepth {
		return
	}
	switch v.Type() {
	case pcommon.ValueTypeSlice:
		for i, list := 0, v.Slice(); i < list.Len(); i++ { // All allocates
			r.within(e, key, list.At(i), depth+1)
		}
	case pcommon.ValueTypeMap:
		v.Map().Range(func(name string, item pcommon.Value) bool {
			if r.secret.Of(name) && written(item, depth+1) {
				r.report(e, key, name, item)
			} else {
				r.within(e, key, item, depth+1)
			}
			return true
		})
	}
}

// report is of a key, or of a name in the map that is its value.
func (r *checker) report(e *semconvlint.Element, key, name string, v pcommon.Value) {
	message := "the name " + key
	if name != "" {
		message = "the name " + name + " in " + key
	}
	r.c.At(e, semconvlint.Report{Key: key, Detail: name, Message: message + " says that its value is a secret", Example: e.Example(sensitive.Masked(v.AsString()))})
}

// written says whether there is a value, and nobody took it out.
func written(v pcommon.Value, depth int) bool {
	if depth == sensitive.MaxDepth {
		return false
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		return strings.Trim(s, "*xX.-") != "" && !strings.Contains(strings.ToUpper(s), "REDACTED") && !strings.EqualFold(s, "[filtered]")
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			if written(item, depth+1) {
				return true
			}
		}
		return false
	case pcommon.ValueTypeMap:
		for _, item := range v.Map().All() {
			if written(item, depth+1) {
				return true
			}
		}
		return false
	case pcommon.ValueTypeBytes:
		return true
	default:
		return false // a number or a flag: how long, whether there was one
	}
}
