package sensitive

import (
	"encoding/base64"
	"strings"
)

// Secret finds the first credential in a text.
func Secret(text string) (Match, bool) { return first(text, token, password) }

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

// firsts are the first letters of forms: most values have none of them at the start of a word.
var firsts = func() (letters [256]bool) {
	for _, f := range forms {
		letters[f.begin[0]] = true
	}
	return letters
}()

func token(text string, from int) (Match, bool) {
	if len(text) < 14 {
		return Match{}, false // the shortest of them
	}
	for i := from; i < len(text); i++ {
		if !firsts[text[i]] || i > 0 && isToken(text[i-1]) && !escaped(text, i) {
			continue
		}
		for j := range forms {
			if rest, ok := strings.CutPrefix(text[i:], forms[j].begin); ok {
				if n := forms[j].length(rest); n >= 0 {
					return Match{forms[j].what, i, len(text) - len(rest) + n}, true
				}
			}
		}
	}
	return Match{}, false
}

// length is how much of what follows the beginning belongs to it, negative where that is
// something else.
func (f *form) length(rest string) int {
	if f.letters == nil {
		if strings.Contains(rest[:min(len(rest), 32)], "PRIVATE KEY") {
			return len(rest)
		}
		return -1
	}
	n := 0
	for n < len(rest) && f.letters(rest[n]) {
		n++
	}
	if n < f.least || !f.fits(rest[:n]) {
		return -1
	}
	return n
}

func (f *form) fits(rest string) bool {
	switch {
	case f.begin == "eyJ":
		return strings.Count(rest, ".") >= 2 // a full stop may follow
	case f.begin == "Basic ": // Basic authentication failed
		pair, err := base64.StdEncoding.DecodeString(rest)
		return err == nil && strings.IndexByte(string(pair), ':') > 0
	case strings.EqualFold(f.begin, "Bearer "): // bearer misconfiguration
		return len(rest) >= longWord || strings.ContainsAny(rest, "0123456789")
	}
	return true
}

// longWord is longer than words are.
const longWord = 24

// password finds that of a URL.
func password(text string, from int) (Match, bool) {
	for {
		scheme := strings.Index(text[from:], "://")
		if scheme < 0 {
			return Match{}, false
		}
		from += scheme + len("://")
		authority := text[from:]
		if end := strings.IndexAny(authority, "/?# "); end >= 0 {
			authority = authority[:end]
		}
		at := strings.LastIndexByte(authority, '@')
		if at < 0 {
			continue
		}
		user, secret, ok := strings.Cut(authority[:at], ":")
		if !ok || strings.Trim(secret, "*xX") == "" || strings.EqualFold(secret, "REDACTED") {
			continue
		}
		start := from + len(user) + 1
		return Match{"a password in a URL", start, start + len(secret)}, true
	}
}
