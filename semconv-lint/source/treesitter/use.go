//go:build cgo

package treesitter

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// as is what an expression is used as.
type as struct {
	role       source.Role
	tier       source.Tier
	callee     string
	place      translate.Place
	typ        registry.Type
	instrument registry.Instrument
	read       bool
	// value is an attribute's value, unit a metric's unit.
	value, unit node
	// of is the metric on whose points an attribute is.
	of string
	// within is where what encloses the use begins.
	within int
}

// use makes uses of an expression that is a name of telemetry.
func (r *reading) use(n node, a as) { r.follow(n, a, 0) }

// follow goes through what leaves a name what it is.
func (r *reading) follow(n node, a as, depth int) {
	n = r.unwrapped(n)
	if n == none || depth > maxNesting {
		return
	}
	switch r.form(n) {
	case choice:
		for c := range r.alternatives(n) {
			r.follow(c, a, depth+1)
		}
	case call:
		r.followCall(n, a, depth)
	case member:
		if slices.Contains(r.language.texts, r.text(r.b(n))) {
			r.follow(r.a(n), a, depth+1)
			return
		}
		r.followName(n, a, depth)
	case name:
		r.followName(n, a, depth)
	case arguments: // of an enum's constant
		if c := r.nodes[n].child; c != none {
			r.follow(c, a, depth+1)
		}
	case infix:
		switch r.operator(n) {
		case "||", "??", "?:":
			r.follow(r.a(n), a, depth+1)
			r.follow(r.b(n), a, depth+1)
			return
		}
		r.spelt(n, a)
	case literal, joined:
		r.spelt(n, a)
	}
}

func (r *reading) followCall(n node, a as, depth int) {
	method := r.called(n)
	args := r.arguments(n)
	if typ, ok := r.language.keys[method]; ok && len(args) > 0 {
		a.typ = typ
		r.done[n] = true
		r.follow(args[0].value, a, depth+1)
		return
	}
	if slices.Contains(r.language.texts, method) {
		if receiver := r.receiver(n); receiver != none {
			r.follow(receiver, a, depth+1)
		} else if len(args) == 1 {
			r.follow(args[0].value, a, depth+1)
		}
		return
	}
	if a.role == source.SpanName {
		r.spelt(n, a)
	}
}

// followName follows a constant to where it is defined, here or abroad.
func (r *reading) followName(n node, a as, depth int) {
	if c, ok := r.constant(n); ok {
		r.conventional(n, c, a)
		return
	}
	values := r.values(n)
	for _, v := range values {
		if r.form(v) == name || r.form(v) == member || depth < 4 {
			r.follow(v, a, depth+1)
		}
	}
	if len(values) > 0 {
		return
	}
	for _, i := range r.foreign(n) {
		if len(r.abroad) < maxAbroad && a.role != source.SpanName {
			r.abroad = append(r.abroad, abroad{i, r.made(a)})
		}
	}
}

// maxAbroad bounds a file's uses of others' constants.
const maxAbroad = 4096

// spelt is a name that is written at its use or definition.
func (r *reading) spelt(n node, a as) {
	t, ok := r.evaluate(n, 0)
	if !ok {
		return
	}
	r.markTexts(n)
	if a.role != source.SpanName && t.varies || a.role == source.SpanName && !t.fixed || t.text == "" {
		return
	}
	u := r.made(a)
	u.At, u.Key, u.Varies, u.Bounded = t.at, t.text, t.varies, t.varies && t.bounded
	switch {
	case t.plain && r.form(n) == literal:
		u.Rewrite = source.Replace(t.at)
	case !t.varies && r.onlyLiterals(n):
		u.Rewrite = r.requoted(n)
	}
	r.add(u)
}

// requoted writes one literal in place of several.
func (r *reading) requoted(n node) source.Rewrite {
	at := source.Range{Start: r.start(n), End: r.end(n)}
	quote := `"`
	if r.src[at.Start] == '\'' {
		quote = "'"
	}
	return func(name string) []source.Edit { return []source.Edit{{Range: at, Text: quote + name + quote}} }
}

// onlyLiterals is whether an expression is made of literals alone, and not of constants.
func (r *reading) onlyLiterals(n node) bool {
	for m := n; int(m) < len(r.nodes) && r.start(m) < r.end(n); m++ {
		if r.form(m) == name || r.form(m) == member || r.form(m) == call {
			return false
		}
	}
	return true
}

// conventional is a constant of a convention package.
func (r *reading) conventional(n node, c convention, a as) {
	for m := n; int(m) < len(r.nodes) && r.start(m) < r.end(n); m++ {
		r.done[m] = true
	}
	if c.member {
		return // a value
	}
	u := r.made(a)
	u.Tier = source.A
	u.At, u.Key, u.Constant = source.Range{Start: r.start(n), End: r.end(n)}, c.value, r.text(n)
	if c.metric && u.Role == source.Attribute {
		u.Role = source.Metric
	}
	u.Rewrite = r.renamedConstant(n, c)
	r.add(u)
}

// made is a use without its name.
func (r *reading) made(a as) source.Use {
	u := source.Use{
		Role: a.role, Tier: a.tier, Callee: a.callee, Place: a.place, Type: a.typ, Instrument: a.instrument,
		Read: a.read, Of: a.of, Within: a.within,
	}
	if a.value != none {
		typ, v := r.valueOf(a.value, 0)
		u.Value = v
		if u.Type == registry.Any {
			u.Type = typ
		}
	}
	if a.unit != none {
		if t, ok := r.evaluate(a.unit, 0); ok && !t.varies {
			r.markTexts(a.unit)
			u.Unit = &source.Text{At: t.at, Text: t.text}
			if t.plain && r.form(r.unwrapped(a.unit)) == literal {
				u.Unit.Rewrite = source.Replace(t.at)
			}
		}
	}
	return u
}

// add adds a use, once a place: what says more of it counts.
func (r *reading) add(u source.Use) {
	i, again := r.at[u.At]
	if !again {
		r.at[u.At] = len(r.uses)
		r.uses = append(r.uses, u)
		return
	}
	was := &r.uses[i]
	if u.Tier < was.Tier || u.Tier == was.Tier && was.Read && !u.Read {
		if u.Value == nil {
			u.Value = was.Value
		}
		*was = u
		return
	}
	if u.Tier == was.Tier && was.Value == nil && u.Role == was.Role {
		was.Value, was.Type = u.Value, max(was.Type, u.Type)
	}
}

// markTexts marks the texts of an expression as dealt with.
func (r *reading) markTexts(n node) {
	for m := n; int(m) < len(r.nodes) && r.start(m) < r.end(n); m++ {
		if r.form(m) == literal || r.form(m) == joined || r.form(m) == infix {
			r.done[m] = true
		}
	}
}

// alternatives are the values that a choice has.
func (r *reading) alternatives(n node) func(yield func(node) bool) {
	return func(yield func(node) bool) {
		if a := r.a(n); a != none {
			_ = yield(a) && (r.b(n) == none || yield(r.b(n)))
			return
		}
		r.children(n)(yield)
	}
}

// cast is the type that a conversion such as PHP's (string) gives, registry.Any of anything else.
func (r *reading) cast(n node) registry.Type {
	for range maxNesting {
		switch {
		case r.form(n) == argument:
			n = r.b(n)
		case r.form(n) == wrapper && r.kind(n) == "cast_expression":
			return r.language.casts[strings.ToLower(r.text(r.field(n, "type")))]
		case r.kind(n) == "parenthesized_expression":
			n = r.find(n, part{at: -1})
		default:
			return registry.Any
		}
	}
	return registry.Any
}

// valueOf is the type of a value, and the value where it is a constant text.
func (r *reading) valueOf(n node, depth int) (registry.Type, *source.Text) {
	if typ := r.cast(n); typ != registry.Any {
		return typ, nil
	}
	n = r.unwrapped(n)
	if n == none || depth > 8 {
		return registry.Any, nil
	}
	if typ, ok := r.language.numbers[r.kind(n)]; ok {
		return r.numeric(n, typ), nil
	}
	switch r.form(n) {
	case literal, joined, infix:
		t, ok := r.evaluate(n, 0)
		if !ok {
			if r.form(n) == infix && slices.Contains(r.language.plus, r.operator(n)) && (r.form(r.a(n)) == literal || r.form(r.b(n)) == literal) {
				return registry.String, nil // "" + code
			}
			return registry.Any, nil
		}
		r.markTexts(n)
		if t.varies {
			return registry.String, nil
		}
		v := &source.Text{At: t.at, Text: t.text}
		if t.plain && r.form(n) == literal {
			v.Rewrite = source.Replace(t.at)
		}
		return registry.String, v
	case sequence:
		return r.listType(n, depth), nil
	case call:
		method := r.called(n)
		if slices.Contains(r.language.texts, method) && r.receiver(n) != none {
			if typ, v := r.valueOf(r.receiver(n), depth+1); v != nil {
				return typ, v
			}
		}
		if typ, ok := r.language.made[method]; ok {
			return typ, nil
		}
		return r.language.made[r.lastName(r.receiver(n))+"."+method], nil
	case member, name:
		return r.namedValue(n, depth)
	case choice:
		var typ registry.Type
		same := true
		for c := range r.alternatives(n) {
			one, _ := r.valueOf(c, depth+1)
			same = same && (typ == registry.Any || typ == one) && one != registry.Any
			typ = one
		}
		if same {
			return typ, nil
		}
	}
	return registry.Any, nil
}

func (r *reading) namedValue(n node, depth int) (registry.Type, *source.Text) {
	if r.form(n) == member && slices.Contains(r.language.texts, r.text(r.b(n))) {
		return r.valueOf(r.a(n), depth+1)
	}
	if c, ok := r.constant(n); ok {
		if c.value == "" {
			return registry.Any, nil
		}
		return registry.Any, &source.Text{At: source.Range{Start: r.start(n), End: r.end(n)}, Text: c.value}
	}
	if values := r.values(n); len(values) == 1 && r.looksConstant(n) {
		return r.valueOf(values[0], depth+1)
	}
	return registry.Any, nil
}

// listType is the type of a list of constants of one type.
func (r *reading) listType(n node, depth int) registry.Type {
	var typ registry.Type
	for c := range r.children(n) {
		one, _ := r.valueOf(c, depth+1)
		if one == registry.Any || typ != registry.Any && one != typ {
			return registry.Any
		}
		typ = one
	}
	switch typ {
	case registry.String:
		return registry.Strings
	case registry.Int:
		return registry.Ints
	case registry.Double:
		return registry.Doubles
	case registry.Bool:
		return registry.Bools
	}
	return registry.Any
}

// numeric is the type of a number where the grammar does not tell one from the other.
func (r *reading) numeric(n node, typ registry.Type) registry.Type {
	if typ == registry.Int && slices.ContainsFunc(r.src[r.start(n):r.end(n)], func(c byte) bool { return c == '.' }) {
		return registry.Double
	}
	return typ
}

// enclosing is where the innermost function, or else class, around a node begins, -1 for none.
func (r *reading) enclosing(n node) int {
	at := -1
	for scope := r.nodes[n].scope; scope != none; scope = r.nodes[scope].scope {
		if r.form(scope) == function {
			return r.start(scope)
		}
		if at < 0 {
			at = r.start(scope)
		}
	}
	return at
}
