package source

import (
	"regexp"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// spanName judges a name that is put together: of an id or an address in it there is no end.
func (j *Judge) spanName(u *Use) []problem {
	if !u.Varies || u.Bounded {
		return nil
	}
	var endless []string
	for rest := u.Key; ; {
		_, after, open := strings.Cut(rest, "{")
		part, next, closed := strings.Cut(after, "}")
		if !open || !closed {
			break
		}
		if isEndless(part) {
			endless = append(endless, part)
		}
		rest = next
	}
	if len(endless) == 0 {
		return nil
	}
	message := "the span's name differs with " + strings.Join(endless, " and ") + ": put that in an attribute, and what is the same for all of the operation in the name"
	return []problem{u.said(SpanNameCardinality, "", message, true)}
}

// isEndless is whether an expression's last word says that it has no end of values: user_id,
// request.path, order.getId(), url.
func isEndless(expression string) bool {
	expression = conversion.ReplaceAllString(expression, "")
	expression = strings.TrimRight(expression, "()[] 0123456789")
	words := strings.Split(sensitive.Words(expression), "_")
	if slices.ContainsFunc(words, func(w string) bool { return w == "route" || w == "template" || w == "pattern" }) {
		return false // request.route().uri: of which there are as many as the code has
	}
	for len(words) > 1 && forms[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return endless[words[len(words)-1]]
}

// conversion is Python's of what is put in a text: {path!r}.
var conversion = regexp.MustCompile(`!(?:[rsa])(?::.*)?$`)

// forms are words for how a value is written: id.toString(), hex(id).
var forms = map[string]bool{"to": true, "string": true, "str": true, "hex": true, "encode": true, "value": true, "text": true}

// endless are words for what differs from request to request. What has few values in most
// services, a name, type, method, route or topic, is none.
var endless = map[string]bool{
	"id": true, "ids": true, "uuid": true, "guid": true, "uid": true, "oid": true, "path": true, "pathname": true, "url": true, "uri": true, "href": true,
	"email": true, "ip": true, "timestamp": true, "now": true, "random": true, "nonce": true, "token": true, "hash": true, "sql": true, "statement": true,
	"username": true, "index": true, "idx": true, "offset": true, "counter": true, "i": true,
}
