package semconvprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
)

// nameSpan gives a span whose name differs from span to span the name that its
// convention asks for, if its attributes tell.
func (w *work) nameSpan(s ptrace.Span) bool {
	attributes := s.Attributes()
	subject := semconv.Span{Name: s.Name(), Text: func(key string) string {
		if v, ok := attributes.Get(key); ok {
			return v.AsString()
		}
		return ""
	}}
	if !subject.Varies() && !hasLiteral(s.Name()) {
		return false
	}
	better := subject.BetterName()
	if better == "" || better == subject.Name {
		return false
	}
	s.SetName(better)
	w.counts.spanNames++
	return true
}

// hasLiteral says whether a name is a query with values in it: after a comparison, in
// quotes, or in a list of values.
//
//	select * from t where id=7
//	insert into t values (7, 'a')
//	update t set a = ?         no: this is one operation's for all values
func hasLiteral(name string) bool {
	verb, rest, _ := strings.Cut(strings.TrimSpace(name), " ")
	if !isVerb(verb) {
		return false
	}
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '\'':
			return true
		case strings.IndexByte("=<>(,", c) >= 0:
			if isLiteral(strings.TrimLeft(rest[i+1:], " =<>")) {
				return true
			}
		case c == ' ':
			if isLiteral(rest[i+1:]) {
				return true // limit 10, between 1 and 2, like 5
			}
		}
	}
	return false
}

// isLiteral says whether a text begins with a number.
func isLiteral(text string) bool {
	text = strings.TrimLeft(text, "+-.")
	return text != "" && '0' <= text[0] && text[0] <= '9'
}

// isVerb says whether a word begins a query.
func isVerb(word string) bool {
	for _, verb := range [...]string{"select", "insert", "update", "delete", "merge", "replace", "with", "call", "exec", "execute", "set"} {
		if strings.EqualFold(word, verb) {
			return true
		}
	}
	return false
}
