//go:build cgo

package treesitter

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// likely finds uses in texts and constants that no known call has.
func (r *reading) likely() {
	for n := node(1); int(n) < len(r.nodes); n++ {
		if r.done[n] {
			continue
		}
		switch r.form(n) {
		case literal, joined, infix:
			if r.environment(n); !r.done[n] {
				r.loose(n)
			}
		case name, member:
			r.environment(n)
			if !r.isReference(n) {
				continue
			}
			if c, ok := r.constant(n); ok {
				a := r.as(n, source.A, "", 0)
				a.read = r.isRead(n)
				a.value = r.besides(n)
				r.conventional(n, c, a)
			}
		}
	}
}

// besides is the value of a constant that is the key of an entry.
func (r *reading) besides(n node) node {
	up := r.parent(n)
	for r.form(up) == wrapper {
		n, up = up, r.parent(up)
	}
	if r.form(up) == pair && r.a(up) == n {
		return r.b(up)
	}
	return none
}

// loose is a text that is nothing but a dotted name.
func (r *reading) loose(n node) {
	if r.form(n) == infix && r.operator(n) == "" {
		return
	}
	t, ok := r.evaluate(n, 0)
	if !ok {
		return
	}
	if r.form(n) != literal {
		r.markTexts(n)
	}
	if t.varies || !dotted(t.text) || !r.names.interesting(t.text) || !r.isValue(n) {
		return
	}
	tier := source.C
	if r.telemetry && !r.ofKeeper(n) {
		tier = source.B
	}
	a := r.as(n, tier, "", 0)
	a.role = source.Name
	a.read = r.isRead(n)
	if up := r.parent(n); r.telemetry && r.ofAttributes(n) {
		a.tier, a.role = source.A, source.Attribute
		if r.form(up) == pair && r.a(up) == n {
			a.value = r.b(up)
		}
	}
	r.done[n] = false
	r.spelt(n, a)
}

// dotted is whether a text is a name with dots, as the conventions write them.
func dotted(text string) bool {
	dots := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', c == '_', '0' <= c && c <= '9', 'A' <= c && c <= 'Z' && dots > 0, c == '-' && dots > 0:
		case c == '.' && i > 0 && text[i-1] != '.' && i < len(text)-1:
			dots++
		default:
			return false
		}
	}
	return dots > 0 && 'a' <= text[0] && text[0] <= 'z'
}

// notNames are calls whose texts are something else that has dots.
var notNames = set(`getLogger getlogger get_logger import_module require patch import __import__
	open join Path path logger log info warn warning error debug exception print println printf resolve mock jest
	getMeter get_meter getTracer get_tracer forName getResource getResourceAsStream getProperty patch_object
	config env getenv getEnv property setProperty getRequiredProperty propertyOrNull GetValue GetSection ConfigProperty Value
	ConditionalOnProperty getParameter setParameter hasParameter JsonPropertyName JsonProperty SerializedName Column
	DataMember JsonAlias Qualifier Named compile querySelector querySelectorAll trans translate t gettext __ getMessage
	addModule importorskip basename dirname readFile readFileSync existsSync writeFile load_module find_spec`)

// takesNoName is whether a text that something is called with has dots for another reason: it is one
// of notNames, or an error with its message.
func takesNoName(called string) bool {
	return notNames[called] || strings.HasSuffix(called, "Error") || strings.HasSuffix(called, "Exception")
}

// isValue is whether a literal is one that code does something with: no docstring, no part of
// markup, no name of a module or a file.
func (r *reading) isValue(n node) bool {
	up := r.parent(n)
	switch r.form(up) {
	case statement, importing, comment:
		return false
	case infix:
		if r.operator(up) == "<<" {
			return false // what is printed
		}
	case call:
		return r.b(up) != n // a template with a tag
	case arguments:
		return !takesNoName(r.called(r.parent(up)))
	case argument:
		if list := r.parent(up); r.form(list) == arguments {
			return !takesNoName(r.called(r.parent(list)))
		}
	}
	return !strings.HasPrefix(r.kind(up), "jsx_")
}

// ofAttributes is whether a text is the key of a map that a call has beside attributes, as an
// expectation of a test has: assertEqual(span.attributes, {…}).
func (r *reading) ofAttributes(n node) bool {
	up := r.parent(n)
	if r.form(up) != pair || r.a(up) != n {
		return false
	}
	for range 8 {
		up = r.parent(up)
		switch r.form(up) {
		case call:
			start, end := r.start(up), r.end(up)
			if end-start > 1<<12 {
				end = start + 1<<12
			}
			words := strings.ToLower(string(r.src[start:end]))
			at := strings.IndexAny(words, "{[")
			if at < 0 {
				at = len(words)
			}
			return strings.Contains(words[:at], "attributes") || strings.Contains(words[:at], "tags")
		case function, class, statement:
			return false
		}
	}
	return false
}

// isReference is whether a name stands for what it names, and is not itself a part, a key, or
// what is defined.
func (r *reading) isReference(n node) bool {
	up := r.parent(n)
	switch r.form(up) {
	case member:
		return r.b(up) != n
	case pair:
		return !r.language.words || r.a(up) != n
	case argument:
		return r.a(up) != n || r.b(up) == n || r.b(up) == none
	case binding, function, class:
		return r.a(up) != n
	case call:
		return r.c(up) != n
	case interpolation:
		return false // a part of a longer text
	case infix:
		return !slices.Contains(r.language.plus, r.operator(up))
	}
	return true
}

// readers are the methods that look for a key.
var readers = set(`get has contains containsKey getAttribute get_attribute equals remove pop delete
	containsEntry hasEntry hasAttribute containsAttribute fetch key? getOrDefault find filter`)

// isRead is whether a key is looked for, compared or expected, and not set.
func (r *reading) isRead(n node) bool {
	for range 12 {
		up := r.parent(n)
		switch r.form(up) {
		case compare:
			return true
		case label:
			return r.a(up) == none || r.a(up) == n
		case infix:
			switch r.operator(up) {
			case "==", "===", "!=", "!==", "in", "=~":
				return true
			}
		case index:
			if r.b(up) == n {
				target := r.parent(up)
				return r.form(target) != binding || r.a(target) != up
			}
		case call:
			method := r.called(up)
			if lower := strings.ToLower(method); strings.HasPrefix(lower, "assert") || strings.HasPrefix(lower, "expect") ||
				strings.HasPrefix(lower, "to") && strings.Contains(lower, "equal") || strings.Contains(lower, "satisf") || strings.HasPrefix(lower, "equalto") ||
				strings.HasSuffix(lower, "equal") || strings.HasPrefix(lower, "tohave") || strings.HasPrefix(lower, "tocontain") || strings.HasPrefix(lower, "tomatch") {
				return true
			}
			if readers[method] && (r.form(n) == arguments || method == "equals") {
				return true
			}
		case function, class, statement, binding:
			return r.kind(up) == "assert_statement"
		case other:
			switch kind := r.kind(up); {
			case strings.HasPrefix(kind, "assert"), strings.HasPrefix(kind, "delete"):
				return true
			case strings.HasSuffix(kind, "statement"), strings.HasSuffix(kind, "block"), strings.HasSuffix(kind, "body"):
				return false
			}
		}
		if up == none {
			return false
		}
		n = up
	}
	return false
}
