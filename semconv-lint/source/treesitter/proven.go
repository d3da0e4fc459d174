//go:build cgo

package treesitter

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// proven finds uses in calls and maps that are telemetry's.
func (r *reading) proven() {
	// Maps are filled before they are handed over, so the calls come first.
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.form(n) {
		case call:
			r.call(n, false)
		case argument, pair:
			r.entry(n)
		}
	}
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.form(n) {
		case call:
			r.call(n, true)
		case index:
			r.element(n)
		case binding:
			if target := r.a(n); r.telemetry && r.isMapping(r.b(n)) && (isAttributes(r.lastName(target)) || r.ofType(n, "type")) {
				r.attributes(r.b(n), r.as(n, source.A, r.lastName(target), placeOf(r.lastName(target))), 0)
			}
		case infix, compare:
			r.membership(n)
		case mapping:
			r.returned(n)
		}
	}
}

// ofType is whether a declaration says of what it declares that it is a map of attributes.
func (r *reading) ofType(n node, field string) bool {
	typ := r.field(n, field)
	return typ != none && r.end(typ)-r.start(typ) < 64 && strings.Contains(r.text(typ), "Attributes")
}

// returned is a map that a function called getAttributes, or one that gives Attributes, returns.
func (r *reading) returned(n node) {
	if !r.telemetry {
		return
	}
	up := r.parent(n)
	for r.form(up) == wrapper {
		up = r.parent(up)
	}
	switch {
	case r.kind(up) == "return_statement", r.form(up) == function:
	default:
		return
	}
	scope := r.nodes[n].scope
	if r.form(scope) != function {
		return
	}
	id := ""
	if named := r.a(scope); named != none {
		id = r.text(named)
	} else if made := r.parent(scope); r.form(made) == binding {
		id = r.lastName(r.a(made))
	}
	if isAttributes(id) || r.ofType(scope, "return_type") {
		r.attributes(n, r.as(n, source.A, id, placeOf(id)), 0)
	}
}

// isMapping is whether an expression makes a map.
func (r *reading) isMapping(n node) bool {
	n = r.unwrapped(n)
	return r.form(n) == mapping || r.form(n) == call && slices.Contains(r.language.maps, r.called(n))
}

// as is the use of an attribute at a node.
func (r *reading) as(n node, tier source.Tier, callee string, place translate.Place) as {
	return as{role: source.Attribute, tier: tier, callee: callee, place: place, within: r.enclosing(n)}
}

// call makes uses of what a telemetry API is called with: of methods of maps that are handed
// over, or of the others.
func (r *reading) call(n node, ofMaps bool) {
	method := r.called(n)
	args := r.arguments(n)
	if typ, is := r.language.keys[method]; is && ofMaps && r.telemetry && len(args) == 1 {
		a := r.as(n, source.A, r.written(n), 0)
		a.typ, a.read = typ, r.isRead(n)
		r.use(args[0].value, a)
	}
	if !ofMaps && strings.Contains(strings.ToLower(method), "attribute") && r.onBearer(n) {
		return
	}
	for _, c := range r.language.byName[method] {
		if ofMaps != (c.on == maps) || ofMaps && !r.isMap(r.receiver(n)) || !ofMaps && !r.isOn(n, c.on) {
			continue
		}
		if !r.telemetry && !c.bare && !r.ownWords(n, c, args) {
			continue
		}
		a := r.as(n, source.A, r.written(n), c.place)
		a.typ, a.instrument, a.read = c.typ, c.instrument, c.read
		if c.place == translate.Point {
			a.of = r.metricOf(r.receiver(n))
		}
		for _, s := range c.takes {
			r.argument(n, c, s, args, a)
		}
		return
	}
}

// maps as what a callee is on are the variables that are handed over as attributes.
const maps = "$maps"

func (r *reading) isMap(n node) bool {
	if n == none {
		return false
	}
	on := r.lastName(n)
	_, handed := r.maps[on]
	return handed || isAttributes(on)
}

// ownWords is whether a call in a file that imports no telemetry is telemetry by its words: a span
// that was handed in is given an attribute that the conventions know.
func (r *reading) ownWords(n node, c *callee, args []arg) bool {
	if on := strings.ToLower(r.lastName(r.receiver(n))); !strings.Contains(on, "span") && !strings.Contains(on, "tracer") {
		return false
	}
	for _, s := range c.takes {
		if v := argumentOf(args, s); s.takes == key && v != none {
			if t, ok := r.evaluate(v, 0); ok && strings.Contains(t.text, ".") && r.names.interesting(t.text) {
				return true
			}
		}
	}
	return false
}

// argumentOf is the argument for a slot.
func argumentOf(args []arg, s slot) node {
	for _, a := range args {
		if a.name != "" && a.name == s.name {
			return a.value
		}
	}
	if s.at >= 0 && s.at < len(args) && args[s.at].name == "" {
		return args[s.at].value
	}
	return none
}

// argument makes uses of one.
func (r *reading) argument(n node, c *callee, s slot, args []arg, a as) {
	v := argumentOf(args, s)
	switch s.takes {
	case pairs:
		r.inTurn(args, max(s.at, 0), a)
		return
	case keys:
		for i := max(s.at, 0); i < len(args); i++ {
			r.use(args[i].value, a)
		}
		return
	}
	if v == none {
		return
	}
	switch s.takes {
	case key:
		if s.at >= 0 && s.at+1 < len(args) && !a.read {
			a.value = args[s.at+1].value
		}
		for _, other := range c.takes {
			if other.takes == value {
				a.value = argumentOf(args, other)
			}
		}
		r.use(v, a)
	case attributes:
		r.attributes(v, a, 0)
	case options:
		r.options(v, a)
	case spanName:
		a.role = source.SpanName
		r.use(v, a)
	case event:
		a.role, a.place = source.Event, translate.Event
		r.use(v, a)
	case metric:
		a.role, a.place = source.Metric, 0
		a.unit = r.unitOf(n, c, args)
		r.use(v, a)
	}
}

// inTurn are keys and values.
func (r *reading) inTurn(args []arg, from int, a as) {
	for i := from; i < len(args); i++ {
		if v := r.unwrapped(args[i].value); r.form(v) == pair || args[i].name != "" {
			r.pair(args[i].value, a, 0)
			continue
		}
		if i+1 < len(args) {
			a.value = args[i+1].value
			r.use(args[i].value, a)
			i++
		}
	}
}

// unitOf is a metric's unit: an argument, or that of a method further on in the chain.
func (r *reading) unitOf(n node, c *callee, args []arg) node {
	for _, s := range c.takes {
		switch v := argumentOf(args, s); {
		case v == none:
		case s.takes == unit:
			return v
		case s.takes == options:
			if entry := r.entryOf(v, "unit"); entry != none {
				return entry
			}
		}
	}
	for range maxNesting {
		up := r.parent(n)
		for r.form(up) == member {
			up = r.parent(up)
		}
		if r.form(up) != call || r.receiver(up) == none || r.start(up) != r.start(n) {
			return none
		}
		if n = up; slices.Contains(r.language.units, r.called(n)) {
			if args := r.arguments(n); len(args) > 0 {
				return args[0].value
			}
			return none
		}
	}
	return none
}

// entryOf is an entry of an object or a map, by its name.
func (r *reading) entryOf(n node, id string) node {
	n = r.unwrapped(n)
	if r.form(n) != mapping {
		return none
	}
	for c := range r.children(n) {
		if r.form(c) == pair && r.a(c) != none && r.entryName(r.a(c)) == id {
			return r.b(c)
		}
	}
	return none
}

// options are an object's entries that are known by name.
func (r *reading) options(n node, a as) {
	for _, id := range []string{"attributes", "tags"} {
		if v := r.entryOf(n, id); v != none {
			r.attributes(v, a, 0)
		}
	}
}

// attributes makes uses of a map's keys.
func (r *reading) attributes(n node, a as, depth int) {
	n = r.unwrapped(n)
	if n == none || depth > 8 {
		return
	}
	switch r.form(n) {
	case mapping:
		for c := range r.children(n) {
			r.pair(c, a, depth)
		}
	case sequence:
		for c := range r.children(n) {
			r.pair(c, a, depth)
		}
	case choice:
		for c := range r.alternatives(n) {
			r.attributes(c, a, depth+1)
		}
	case call:
		if slices.Contains(r.language.maps, r.called(n)) {
			r.inTurn(r.arguments(n), 0, a)
			for _, inner := range r.arguments(n) {
				if f := r.form(r.unwrapped(inner.value)); f == mapping || f == sequence {
					r.attributes(inner.value, a, depth+1)
				}
			}
		}
	case name, member:
		r.maps[r.lastName(n)] = a
		for _, v := range r.values(n) {
			r.attributes(v, a, depth+1)
		}
	}
}

// pair is an entry of a map, or one that is spread into it.
func (r *reading) pair(n node, a as, depth int) {
	switch r.form(n) {
	case pair:
		k := r.a(n)
		a.value = r.b(n)
		if r.language.words && r.form(k) == name {
			r.word(k, a)
			return
		}
		r.use(k, a)
	case sequence: // ("key", value)
		first, second := none, none
		for c := range r.children(n) {
			if first == none {
				first = c
			} else if second == none {
				second = c
			}
		}
		if second != none {
			a.value = second
			r.use(first, a)
		}
	case mapping:
		r.attributes(n, a, depth+1)
	case argument:
		if inner := r.unwrapped(n); r.form(inner) == pair {
			r.pair(inner, a, depth)
		}
	default:
		if inner := r.find(n, part{at: -1}); inner != none && depth < 8 && r.form(n) == other {
			r.attributes(inner, a, depth+1) // one that is spread
		}
	}
}

// word is a key without quotes.
func (r *reading) word(n node, a as) {
	u := r.made(a)
	u.At, u.Key = source.Range{Start: r.start(n), End: r.end(n)}, r.text(n)
	r.add(u)
}

// attributeWords end the names of maps of attributes.
var attributeWords = []string{"attributes", "attrs", "attributemap", "attribute_map", "tags"}

// isAttributes is whether a name says that it is a map of attributes.
func isAttributes(id string) bool {
	id = strings.ToLower(strings.TrimLeft(id, "_$"))
	for _, word := range attributeWords {
		if strings.HasSuffix(id, word) {
			return true
		}
	}
	return false
}

func placeOf(id string) translate.Place {
	switch id = strings.ToLower(id); {
	case strings.Contains(id, "resource"):
		return translate.Resource
	case strings.Contains(id, "metric"):
		return translate.Point
	case strings.Contains(id, "event"):
		return translate.Event
	}
	return 0
}

// entry is an argument or an entry called attributes that is a map.
func (r *reading) entry(n node) {
	k, v := r.argumentName(n), r.b(n)
	if k == none || v == none || !r.telemetry {
		return
	}
	id := r.entryName(k)
	if id == "" || !isAttributes(id) || !r.isMapping(v) {
		return
	}
	callee := id
	for up := r.parent(n); up != none && r.form(up) != function; up = r.parent(up) {
		if r.form(up) == call {
			callee = r.written(up)
			break
		}
	}
	a := r.as(n, source.A, callee, placeOf(callee))
	a.read = r.isRead(n)
	r.attributes(v, a, 0)
}

// element is an element of a map of attributes.
func (r *reading) element(n node) {
	object, k := r.a(n), r.b(n)
	if object == none || k == none || !r.telemetry || !r.isMap(object) {
		return
	}
	on := r.lastName(object)
	a := r.as(n, source.A, on, placeOf(on))
	if how, handed := r.maps[on]; handed {
		a.callee, a.place = how.callee, how.place
	}
	a.read = true
	if up := r.parent(n); r.form(up) == binding && r.a(up) == n {
		a.read, a.value = false, r.b(up)
	}
	r.use(k, a)
}

// membership is a key that is looked for in a map of attributes: "k" in span.attributes.
func (r *reading) membership(n node) {
	if !r.telemetry {
		return
	}
	var on node
	for c := range r.children(n) {
		if f := r.form(r.unwrapped(c)); (f == name || f == member) && isAttributes(r.lastName(c)) {
			on = c
		}
	}
	if on == none {
		return
	}
	a := r.as(n, source.A, r.lastName(on), placeOf(r.lastName(on)))
	a.read = true
	for c := range r.children(n) {
		if c != on && r.form(r.unwrapped(c)) != infix {
			r.use(c, a)
		}
	}
}
