// Package secretkey finds keys under which secrets are written.
package secretkey

import (
	"slices"
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
		Why:      "Whoever may read telemetry may use it.",
		Before:   "attributes: {db.password: hunter2}",
		After:    "attributes: {}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "words", Default: words, Meaning: "parts of keys that say so"}},
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		said, _ := c.Options["words"].([]string)
		r := &checker{c: c, words: said}
		r.secret = verdicts.NewMemo(r.says)
		return r
	},
}

var words = []string{
	"password", "passwd", "pwd", "secret", "api_key", "apikey", "api-key", "access_key", "private_key", "authorization", "proxy-authorization",
	"cookie", "set-cookie", "auth_token", "access_token", "refresh_token", "session_token", "client_secret", "credentials", "credit_card", "ssn", "cvv",
}

type checker struct {
	c      *semconvlint.Context
	words  []string
	secret *verdicts.Memo[bool]
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if r.secret.Of(a.Key) && written(a.Raw) {
			r.c.At(e, semconvlint.Report{Key: a.Key, Message: "the name " + a.Key + " says that its value is a secret", Example: e.Example(sensitive.Masked(a.Raw.AsString()))})
		}
	}
}

// says is whether a part of a key is such a word. The conventions' own names are none, but for
// headers.
func (r *checker) says(key string) bool {
	if a := r.c.Conventions.Registry.Resolve(key); a != nil && !strings.HasSuffix(a.Key, ".header") && !strings.HasSuffix(a.Key, ".metadata") {
		return false
	}
	last := strings.ToLower(key[strings.LastIndexByte(key, '.')+1:])
	return slices.ContainsFunc(r.words, func(w string) bool { return last == w || strings.HasSuffix(last, "_"+w) })
}

// written says whether there is a value, and nobody took it out.
func written(v pcommon.Value) bool {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		return strings.Trim(s, "*xX.-") != "" && !strings.Contains(strings.ToUpper(s), "REDACTED") && !strings.EqualFold(s, "[filtered]")
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			if written(item) {
				return true
			}
		}
		return false
	case pcommon.ValueTypeBytes, pcommon.ValueTypeMap:
		return true
	default:
		return false // a number or a flag: how long, whether there was one
	}
}
