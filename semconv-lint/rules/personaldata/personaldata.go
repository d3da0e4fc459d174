// Package personaldata finds values that look like a person's: addresses, card numbers.
package personaldata

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
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

// maxRead is how much of a value is looked at.
const maxRead = 8 << 10

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if a.Raw.Type() == pcommon.ValueTypeStr && !r.allow[a.Key] {
			if what, value := found(a.Raw.Str()); what != "" {
				r.c.At(e, semconvlint.Report{Key: a.Key, Detail: what, Message: "the value of " + a.Key + " looks like " + what, Example: e.Example(verdicts.Masked(value))})
			}
		}
	}
}

func found(text string) (what, value string) {
	text = text[:min(len(text), maxRead)]
	if at := strings.IndexByte(text, '@'); at > 0 {
		if address := email(text, at); address != "" {
			return "an e-mail address", address
		}
	}
	if number := card(text); number != "" {
		return "a card number", number
	}
	return "", ""
}

// email is the address around an @, empty where there is none: user@host of a URL or a git remote
// has a scheme or no dot, and package@1.2 of a version no letters at its end.
func email(text string, at int) string {
	start, end := at, at+1
	for start > 0 && isLocal(text[start-1]) {
		start--
	}
	for end < len(text) && (isWord(text[end]) || text[end] == '.' || text[end] == '-') {
		end++
	}
	host := strings.TrimRight(text[at+1:end], ".")
	dot := strings.LastIndexByte(host, '.')
	switch {
	case start == at, dot < 1, len(host)-dot < 3:
		return ""
	case start > 0 && strings.IndexByte("/:", text[start-1]) >= 0: // credentials, or a remote
		return ""
	case end < len(text) && text[end] == ':':
		return "" // git@github.com:a/b
	}
	for _, c := range []byte(host[dot+1:]) {
		if !isWord(c) || isDigit(c) {
			return ""
		}
	}
	return text[start:at] + "@" + host
}

func isLocal(c byte) bool { return isWord(c) || strings.IndexByte(".+-%", c) >= 0 }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// card is a card's number in a text: 13 to 19 digits, perhaps in groups, that begin as cards do and
// have the right check digit. Numbers in the middle of words and longer ones are ids.
func card(text string) string {
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		end, digits := i, 0
		for end < len(text) && (isDigit(text[end]) || (text[end] == ' ' || text[end] == '-') && end+1 < len(text) && isDigit(text[end+1])) {
			if isDigit(text[end]) {
				digits++
			}
			end++
		}
		alone := (i == 0 || !isWord(text[i-1]) && text[i-1] != '.') && (end == len(text) || !isWord(text[end]) && text[end] != '.')
		if alone && digits >= 13 && digits <= 19 && issued(text[i:end]) && luhn(text[i:end]) {
			return text[i:end]
		}
		i = end
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// issued says whether a number has a length and a beginning that the large issuers use: one in ten
// of all numbers has the right check digit, and times in milliseconds have 13 digits.
func issued(number string) bool {
	number = strings.NewReplacer(" ", "", "-", "").Replace(number)
	switch n := len(number); {
	case number[0] == '4':
		return n == 13 || n == 16 || n == 19
	case number[:2] >= "51" && number[:2] <= "55", number[:4] >= "2221" && number[:4] <= "2720":
		return n == 16
	case number[:2] == "34", number[:2] == "37":
		return n == 15
	case number[:4] == "6011", number[:2] == "65":
		return n == 16
	}
	return false
}

func luhn(number string) bool {
	sum, double := 0, false
	for i := len(number) - 1; i >= 0; i-- {
		if !isDigit(number[i]) {
			continue
		}
		d := int(number[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}
