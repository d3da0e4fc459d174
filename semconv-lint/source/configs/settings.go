package configs

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// assignment is a setting's name and what stands between it and its value: NAME=, NAME: ", "NAME",
// "value": ", ENV NAME and a blank.
var assignment = regexp.MustCompile(`(["']?)(?:\b|-D)(OTEL_(?:EXPERIMENTAL_)?RESOURCE_(?:ATTRIBUTES|DISABLED_KEYS)|OTEL_SEMCONV_STABILITY_OPT_IN|ES_TAGS_AS_FIELDS_INCLUDE|` +
	`(?:quarkus\.)?otel\.resource\.attributes|otel\.semconv-stability\.opt-in|otel\.(?:experimental\.)?resource\.disabled[.-]keys|es\.tags-as-fields\.include|distributor\.otel-promote-resource-attributes)` +
	`(?:["']?[ \t]*(?:[?:+]?=|:)[ \t]*|[ \t]+(?:=>[ \t]*)?|["'][ \t]*,?\s*["']?value["']?[ \t]*[:=][ \t]*)`)

// maxSettings bounds those of a text: people write a few, and each costs as much as its line is
// long.
const maxSettings = 1000

// settings reads assignments in a text: a script, an environment, a line of a container's
// arguments. Whole says that the text is a single value, of which nothing but blanks ends a
// setting, and that not where the setting is all of it.
func (r *reading) settings(t yamltext.Text, whole bool) {
	at := 0
	for range maxSettings {
		m := assignment.FindStringSubmatchIndex(t.Value[at:])
		if m == nil {
			return
		}
		for i := range m {
			m[i] += at
		}
		at = m[1]
		name, before := t.Value[m[4]:m[5]], t.Value[m[2]:m[3]]
		if commented(t.Value, m[0]) || blankOnly(t.Value[m[5]:m[1]]) && !inDockerfile(t.Value, m[0]) {
			continue
		}
		end := valueEnd(t.Value, &at, before, whole && m[0] == 0)
		r.add(setting(name, t.Slice(at, end))...)
		at = end
	}
}

func blankOnly(s string) bool { return strings.Trim(s, " \t") == "" }

// lineStart is where the line of a byte begins.
func lineStart(s string, at int) int { return strings.LastIndexByte(s[:at], '\n') + 1 }

// inDockerfile says whether a name follows ENV, which needs no sign of equality.
func inDockerfile(s string, at int) bool {
	return strings.EqualFold(strings.TrimSpace(s[lineStart(s, at):at]), "ENV")
}

// commented says whether a line is a comment up to a byte, in any of the forms' ways.
func commented(s string, at int) bool {
	before := strings.TrimSpace(s[lineStart(s, at):at])
	for _, sign := range []string{"#", "//", ";", "!", "REM ", "rem ", "--"} {
		if strings.HasPrefix(before, sign) {
			return !strings.HasPrefix(before, "--") || strings.HasPrefix(before, "-- ")
		}
	}
	return commentedBehind(before)
}

// commentedBehind says whether a part of a line, up to a byte, opens a comment behind something
// else: a # after a blank that stands in no quotes.
func commentedBehind(before string) bool {
	quote, blank := byte(0), false
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && blank:
			return true
		}
		blank = i < len(before) && (before[i] == ' ' || before[i] == '\t')
	}
	return false
}

// valueEnd is the end of the value at a byte, which it moves past a quote. Before is a quote
// before the name, which ends the value, too.
func valueEnd(s string, at *int, before string, all bool) int {
	rest := s[*at:]
	for _, quote := range []string{`\"`, `"`, `'`} {
		if strings.HasPrefix(rest, quote) {
			*at += len(quote)
			if n := strings.Index(s[*at:], quote); n >= 0 {
				return *at + n
			}
			return endOfLine(s, *at)
		}
	}
	switch {
	case before != "" && strings.Contains(line(rest), before):
		return *at + strings.Index(rest, before)
	case all:
		return len(s)
	}
	if n := strings.IndexAny(rest, " \t\r\n;\"'&|)"); n >= 0 {
		return *at + n
	}
	return len(s)
}

func line(s string) string {
	l, _, _ := strings.Cut(s, "\n")
	return l
}

func endOfLine(s string, at int) int { return at + len(strings.TrimRight(line(s[at:]), "\r")) }
