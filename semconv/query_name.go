package semconv

import "strings"

// queryStart is how much of a query is looked at: a value stands early, and a name may be long.
const queryStart = 1 << 10

// hasLiteral says whether a name is a query with values in it: after a comparison, in
// quotes, or in a list of values.
//
//	select * from t where id=7
//	insert into t values (7, 'a')
//	update t set a = ?         no: this is one operation's for all values
func hasLiteral(name string) bool {
	verb, rest, isQuery := strings.Cut(strings.TrimSpace(name), " ")
	if !isQuery || !isVerb(verb) {
		return false
	}
	rest = rest[:min(len(rest), queryStart)]
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
