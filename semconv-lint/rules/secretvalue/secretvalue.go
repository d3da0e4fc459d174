// Package secretvalue finds values that look like credentials.
package secretvalue

import (
	"encoding/base64"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "secret-value",
		Title:    "Value that looks like a credential",
		Why:      "Whoever may read telemetry may use it. It has to be taken out where it is written, and revoked.",
		Before:   "attributes: {http.request.header.authorization: [Bearer eyJhbGciOi…]}",
		After:    "attributes: {http.request.header.authorization: [REDACTED]}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/security/handling-sensitive-data/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

// maxRead is how much of a value is looked at.
const maxRead = 8 << 10

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		r.value(e, e.Attributes[i].Key, e.Attributes[i].Raw)
	}
	if e.Signal == semconvlint.OnLog {
		r.value(e, "body", e.Log.Body())
	}
}

func (r *checker) value(e *semconvlint.Element, key string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if what, value := found(v.Str()); what != "" {
			r.c.At(e, semconvlint.Report{Key: key, Detail: what, Message: "the value of " + key + " looks like " + what, Example: e.Example(verdicts.Masked(value))})
		}
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			if item.Type() == pcommon.ValueTypeStr {
				r.value(e, key, item)
			}
		}
	}
}

// form is what a kind of credential begins with, and how many of which letters follow.
type form struct {
	what, begin string
	least       int
	letters     func(byte) bool
}

var forms = []form{
	{"a private key", "-----BEGIN ", 0, nil},
	{"a JSON web token", "eyJ", 20, func(c byte) bool { return isToken(c) || c == '.' }},
	{"an AWS access key", "AKIA", 16, isUpper},
	{"an AWS access key", "ASIA", 16, isUpper},
	{"a GitHub token", "ghp_", 36, isToken},
	{"a GitHub token", "gho_", 36, isToken},
	{"a GitHub token", "ghs_", 36, isToken},
	{"a GitHub token", "github_pat_", 22, isToken},
	{"a GitLab token", "glpat-", 20, isToken},
	{"a Slack token", "xoxb-", 20, isToken},
	{"a Slack token", "xoxp-", 20, isToken},
	{"a Google API key", "AIza", 35, isToken},
	{"a Stripe key", "sk_live_", 16, isToken},
	{"a bearer token", "Bearer ", 16, isToken68},
	{"a bearer token", "bearer ", 16, isToken68},
	{"a user and password", "Basic ", 8, isToken68},
}

// begins are the first letters of forms: most values have none of them at the start of a word.
var begins = func() (letters [256]bool) {
	for _, f := range forms {
		letters[f.begin[0]] = true
	}
	return letters
}()

// found says what a text has in it, and the part that it is.
func found(text string) (what, value string) {
	text = text[:min(len(text), maxRead)]
	if len(text) < 14 {
		return "", "" // the shortest of them
	}
	for i := range len(text) {
		if !begins[text[i]] || i > 0 && isToken(text[i-1]) {
			continue
		}
		for j := range forms {
			if rest, ok := strings.CutPrefix(text[i:], forms[j].begin); ok && forms[j].fits(rest) {
				return forms[j].what, text[i:]
			}
		}
	}
	if password := inURL(text); password != "" {
		return "a password in a URL", password
	}
	return "", ""
}

func (f *form) fits(rest string) bool {
	if f.letters == nil {
		return strings.Contains(rest[:min(len(rest), 32)], "PRIVATE KEY")
	}
	n := 0
	for n < len(rest) && f.letters(rest[n]) {
		n++
	}
	switch {
	case n < f.least:
		return false
	case f.begin == "eyJ":
		return strings.Count(rest[:n], ".") == 2
	case f.begin == "Basic ": // Basic authentication failed
		pair, err := base64.StdEncoding.DecodeString(rest[:n])
		return err == nil && strings.IndexByte(string(pair), ':') > 0
	case strings.EqualFold(f.begin, "Bearer "): // bearer misconfiguration
		return n >= longWord || strings.ContainsAny(rest[:n], "0123456789")
	}
	return true
}

// longWord is longer than words are.
const longWord = 24

// inURL is the password of a URL.
func inURL(text string) string {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return ""
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?# "); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return ""
	}
	_, password, ok := strings.Cut(authority[:at], ":")
	if !ok || password == "" || strings.Trim(password, "*xX") == "" || strings.EqualFold(password, "REDACTED") {
		return ""
	}
	return password
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' }

func isToken(c byte) bool { return isUpper(c) || 'a' <= c && c <= 'z' || c == '_' || c == '-' }

func isToken68(c byte) bool { return isToken(c) || strings.IndexByte("._~+/=", c) >= 0 }
