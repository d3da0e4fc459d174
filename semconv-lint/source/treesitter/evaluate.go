//go:build cgo

package treesitter

import (
	"regexp"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// evaluate is the text that an expression comes to. It is false for one that has no part that is
// known.
func (r *reading) evaluate(n node, depth int) (text, bool) {
	if depth > maxNesting || n == none {
		return text{}, false
	}
	switch r.form(n) {
	case literal:
		return r.literalAt(n, depth), true
	case joined:
		return r.concatenated(slices.Collect(r.children(n)), depth), true
	case wrapper, argument:
		if inner := r.unwrapped(n); inner != n {
			return r.evaluate(inner, depth+1)
		}
	case infix:
		return r.operation(n, depth)
	case call:
		return r.formatted(n, depth)
	case name, member:
		if c, ok := r.constant(n); ok {
			return text{text: c.value, at: source.Range{Start: r.start(n), End: r.end(n)}, fixed: true, bounded: true}, true
		}
		values := r.values(n)
		if len(values) == 1 && values[0] != n {
			return r.evaluate(values[0], depth+1)
		}
	}
	return text{}, false
}

// operation is a text and another, or a format and its values.
func (r *reading) operation(n node, depth int) (text, bool) {
	left, right := r.a(n), r.b(n)
	switch operator := r.operator(n); {
	case slices.Contains(r.language.plus, operator):
		var operands []node
		for range 4 * maxNesting { // a + b + c leans to the left
			operands = append(operands, right)
			if r.form(left) != infix || !slices.Contains(r.language.plus, r.operator(left)) {
				break
			}
			left, right = r.a(left), r.b(left)
		}
		operands = append(operands, left)
		slices.Reverse(operands)
		t := r.concatenated(operands, depth)
		t.at = source.Range{Start: r.start(n), End: r.end(n)}
		return t, t.fixed
	case operator == "%" && (r.form(left) == literal || r.form(left) == joined):
		t, _ := r.evaluate(left, depth+1)
		values := []node{right}
		if r.form(right) == sequence {
			values = slices.Collect(r.children(right))
		}
		return r.filled(t, verbs, values, n), true
	}
	return text{}, false
}

// operator is what stands between the operands, without comments.
func (r *reading) operator(n node) string {
	left, right := r.a(n), r.b(n)
	if left == none || right == none || r.end(left) > r.start(right) {
		return ""
	}
	between := strings.TrimLeft(strings.TrimSpace(string(r.src[r.end(left):r.start(right)])), ")} \t\n") // of std::string("…") +
	for strings.HasPrefix(between, "//") || strings.HasPrefix(between, "#") {
		_, between, _ = strings.Cut(between, "\n")
		between = strings.TrimSpace(between)
	}
	if at := strings.IndexAny(between, " \t\n/#"); at > 0 {
		between = between[:at]
	}
	return strings.TrimLeft(between, ") ")
}

// concatenated is texts one behind the other.
func (r *reading) concatenated(operands []node, depth int) text {
	t := text{bounded: true, at: source.Range{Start: r.start(operands[0]), End: r.end(operands[len(operands)-1])}}
	for _, operand := range operands {
		part, ok := r.evaluate(operand, depth+1)
		if !ok {
			part = text{text: r.hole(operand), varies: !r.looksConstant(operand), bounded: r.fewValues(operand, 0)}
		}
		t.text += part.text
		t.varies = t.varies || part.varies
		t.bounded = t.bounded && (part.bounded || !part.varies)
		t.fixed = t.fixed || part.fixed
	}
	return t
}

// Parts of formats: of printf and of braces.
var (
	verbs  = regexp.MustCompile(`%(?:\([^)]*\))?[-+ #0]*[0-9*]*(?:\.[0-9*]+)?[a-zA-Z]`)
	braces = regexp.MustCompile(`\{[^{}]*\}`)
)

// formatted is a format with its values put in: "…".format(…), String.format("…", …).
func (r *reading) formatted(n node, depth int) (text, bool) {
	method := r.called(n)
	args := r.arguments(n)
	if slices.Contains(r.language.texts, method) {
		return r.evaluate(r.receiver(n), depth+1)
	}
	if slices.Contains(r.language.joins, method) && len(args) > 0 {
		t := r.concatenated(values(args), depth)
		t.plain, t.at = false, source.Range{Start: r.start(n), End: r.end(n)}
		return t, t.fixed
	}
	if !slices.Contains(r.language.formats, method) {
		return text{}, false
	}
	receiver := r.unwrapped(r.receiver(n))
	if r.form(receiver) == literal || r.form(receiver) == joined {
		t, _ := r.evaluate(receiver, depth+1)
		return r.filled(t, braces, values(args), n), true
	}
	if len(args) > 0 {
		if t, ok := r.evaluate(args[0].value, depth+1); ok {
			parts := verbs
			if r.language.braced || r.lastName(r.receiver(n)) == "MessageFormat" {
				parts = braces
			}
			return r.filled(t, parts, values(args[1:]), n), true
		}
	}
	return text{}, false
}

// filled is a format with holes where values go.
func (r *reading) filled(t text, parts *regexp.Regexp, values []node, n node) text {
	at := 0
	var inline []string
	fill := func(parts *regexp.Regexp) string {
		return parts.ReplaceAllStringFunc(t.text, func(hole string) string {
			if id, ok := r.inline(hole); ok {
				inline = append(inline, id)
				return "{" + id + "}"
			}
			at++
			if at <= len(values) {
				return r.hole(values[at-1])
			}
			return "{}"
		})
	}
	filled := fill(parts)
	if filled == t.text {
		filled = fill(verbs) // "…%s".formatted(x)
	}
	t.varies = t.varies || filled != t.text
	for _, v := range values {
		t.bounded = t.bounded && r.fewValues(v, 0)
	}
	for _, id := range inline {
		t.varies, t.bounded = true, t.bounded && fewWord(id)
	}
	t.text, t.plain = filled, false
	t.fixed = fixed(parts.ReplaceAllString(t.text, ""))
	t.at = source.Range{Start: r.start(n), End: r.end(n)}
	return t
}

// inline is the variable that a hole of a format names: {job_id:?}.
func (r *reading) inline(hole string) (string, bool) {
	if !r.language.inlined {
		return "", false
	}
	id, _, _ := strings.Cut(strings.Trim(hole, "{}"), ":")
	return id, id != "" && strings.Trim(id, "0123456789") != ""
}

func values(args []arg) []node {
	var all []node
	for _, a := range args {
		all = append(all, a.value)
	}
	return all
}

// fewWords end the names of what has few values: the parts that spans' names are made of.
var fewWords = set(`method verb route operation op topic queue destination exchange subject
	service rpc kind type table collection database db model command cmd action stage phase task job handler
	view pattern template name prefix suffix class module function func qualname system provider vendor
	component channel stream event step node agent tool workflow resource namespace bucket protocol scheme
	language framework library signal hook opname spanname group category status state mode role endpoint`)

// fewValues is whether a part is known by its name to have few values.
func (r *reading) fewValues(n node, depth int) bool {
	n = r.unwrapped(n)
	if depth > 8 {
		return false
	}
	switch r.form(n) {
	case literal:
		return true
	case interpolation, choice, infix, sequence, argument, arguments:
		all := true
		for c := range r.children(n) {
			all = all && (r.kind(c) == "type_conversion" || r.kind(c) == "format_specifier" || r.fewValues(c, depth+1))
		}
		return all
	case call:
		// method.upper(), get_name(x)
		if few := fewWord(r.called(n)); few {
			return true
		}
		if endWords[lastWord(r.called(n))] {
			return false // job.id, route.getPath()
		}
		on := r.receiver(n)
		return on != none && !endless[strings.ToLower(r.lastName(on))] && r.fewValues(on, depth+1)
	case index:
		if key := r.b(n); r.form(key) == literal {
			return fewWord(r.literal(key).text)
		}
		return r.fewValues(r.a(n), depth+1)
	}
	return r.looksConstant(n) || fewWord(r.lastName(n))
}

// endWords end the names of what has no end of values, whatever it is one of.
var endWords = map[string]bool{"id": true, "uuid": true, "guid": true, "path": true, "url": true, "uri": true, "email": true, "token": true, "hash": true, "key": true}

// endless are classes of which each value is another: UUID.randomUUID().
var endless = map[string]bool{"uuid": true, "guid": true, "ulid": true, "securerandom": true, "random": true, "nanoid": true}

// fewWord is whether a name ends in one of fewWords.
func fewWord(name string) bool {
	name = strings.TrimRight(name, "_0123456789")
	last := len(name)
	for last > 0 && 'a' <= name[last-1] && name[last-1] <= 'z' {
		last--
	}
	if last > 0 && last < len(name) && 'A' <= name[last-1] && name[last-1] <= 'Z' {
		last--
	}
	return fewWords[strings.ToLower(name[last:])]
}

// looksConstant is whether a name is written as constants are.
func (r *reading) looksConstant(n node) bool {
	n = r.unwrapped(n)
	if r.form(n) != name && r.form(n) != member {
		return false
	}
	last := r.lastName(n)
	return len(last) > 1 && strings.ToUpper(last) == last || r.imports[last] != (imported{})
}
