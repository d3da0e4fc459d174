package translate

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// Input is one element's attributes as a translation reads them.
type Input struct {
	// Keys are the attributes' keys in their order, Values their values. A list of strings
	// may stand there without its strings (Type alone): Lists reads those that are needed.
	Keys   []string
	Values []Value
	// Lists reads the strings of a list by its index.
	Lists func(i int) []string
	// Place is what carries them.
	Place Place
	// Fields are the element's fields that are set already.
	Fields Fields
	// Name is an event's name, for the rules that ask for it (equals: {"@event.name": log}).
	// Where it is empty and Fields has EventName nobody knows it, and they do not hold.
	Name string
	// Language is the resource's telemetry.sdk.language, Scope the instrumentation scope's
	// name.
	Language, Scope string
}

// value is the i-th attribute's, whole.
func (in *Input) value(i int32) Value {
	v := in.Values[i]
	if v.Type == registry.Strings && v.data == nil && in.Lists != nil {
		return ListValue(in.Lists(int(i)))
	}
	return v
}

// Result is what a translation wants changed. It may be used again.
type Result struct {
	// Renames give attributes another key and nothing else. They must not be changed:
	// spans of one shape share them.
	Renames []Rename
	// Edits change or add attributes, in this order, after the renames.
	Edits []Edit
	// Remove are the indices of attributes that go, ascending. Edits do not name them.
	Remove []int
	// Fields are the fields to set.
	Fields []FieldEdit
	// Invalid are the indices of attributes that stay because their value could not
	// be converted, ascending.
	Invalid []int
	// Conflicts counts old attributes that gave way to a better source with another
	// value; Duplicates those that said the same.
	Conflicts, Duplicates int

	forms                []*SpanRule // those that the shape may make a name of
	planHits, planMisses int
	hashes               []uint64
	index                []int32 // by slot: the attribute's index; may be shared
	ownIndex             []int32
	fate                 []fate // by slot
}

// Rename is an attribute's new key.
type Rename struct {
	Index int
	Key   string
	// Rule is the number of the rule.
	Rule int32
}

// Edit is a change of one attribute.
type Edit struct {
	// Index is the attribute that gets the key and the value, or -1 for a new one.
	Index int
	// Key is its key from now on.
	Key string
	// Value is its value from now on. Where its Type is Any the value stays what it is at
	// Index or, for a new attribute, is a copy of that at Copy (-1: there is none).
	Value Value
	Copy  int
	// Rule is the number of the rule.
	Rule int32

	slot int32 // Copy's slot
}

// FieldEdit sets a field.
type FieldEdit struct {
	Field Field
	Value Value
	Rule  int32
}

// fate is what becomes of an attribute.
type fate uint8

const (
	stays         fate = iota
	used               // it gave all that it had: it goes
	reused             // an edit gives it a new key
	unconvertible      // it could not be converted for some target: it stays
)

// Translate says in r what has to change. It reports whether anything has.
func (t *Table) Translate(in *Input, r *Result) bool {
	r.reset()
	sum, sequence := uint64(0), uint64(in.Place)
	r.hashes = slices.Grow(r.hashes, len(in.Keys))[:len(in.Keys)]
	hashes, values, types := r.hashes, in.Values[:len(in.Keys)], t.types
	for i, k := range in.Keys {
		h := t.hash(k)
		hashes[i] = h
		sum += h
		sequence = follow(sequence, h, uint64(values[i].Type)*types)
	}
	sequence = spread(sequence)
	a := t.arrangements.at(sequence)
	if a != nil && a.sequence != sequence {
		a = nil
	}
	if a != nil && a.fits(in) {
		r.planHits++
		r.Renames, r.index, r.forms = a.renames, a.index, a.plan.forms
		if len(a.copies) > 0 {
			r.Edits = append(r.Edits, a.copies...)
		}
		for i := range a.soles {
			a.soles[i].run(t, a.plan, in, r)
		}
		t.run(a.plan, a.rest, in, r)
	} else {
		p := t.plan(in.Keys, r.hashes, sum, in.Place, r)
		r.forms = p.forms
		conforms := p.conforms(in, r.hashes)
		if a == nil && conforms && len(in.Keys) <= maxPlanned && t.arrangements.again(sequence) {
			p.locate(in, r)
			t.arrangements.add(sequence, p.arrange(sequence, r.index, in, &t.options))
		}
		if len(p.steps) == 0 && conforms {
			return false
		}
		p.locate(in, r)
		p.cast(in, r)
		t.run(p, p.steps, in, r)
	}
	return r.Changes() || len(r.Fields)+len(r.Invalid) > 0
}

// Changes says whether any attribute is to be changed, added or removed.
func (r *Result) Changes() bool { return len(r.Renames)+len(r.Edits)+len(r.Remove) > 0 }

func (t *Table) run(p *plan, steps []step, in *Input, r *Result) {
	if len(steps)+len(r.fate) == 0 {
		return
	}
	r.needFates(p)
	for i := range steps {
		t.step(p, &steps[i], in, r)
	}
	t.settle(r)
}

// needFates gives every slot a fate, if they have none.
func (r *Result) needFates(p *plan) {
	if len(r.fate) == 0 {
		r.fate = append(r.fate, make([]fate, len(p.slots))...)
	}
}

func (r *Result) reset() {
	r.Renames, r.Edits, r.Remove, r.Fields, r.Invalid = nil, r.Edits[:0], r.Remove[:0], r.Fields[:0], r.Invalid[:0]
	r.hashes, r.index, r.fate, r.forms = r.hashes[:0], nil, r.fate[:0], nil
	r.Conflicts, r.Duplicates = 0, 0
}

// TakePlanStats returns how many plans were found and made since the last call.
func (r *Result) TakePlanStats() (hits, misses int) {
	hits, misses = r.planHits, r.planMisses
	r.planHits, r.planMisses = 0, 0
	return hits, misses
}

// locate notes where each slot's attribute is.
func (p *plan) locate(in *Input, r *Result) {
	r.ownIndex = r.ownIndex[:0]
	for range p.slots {
		r.ownIndex = append(r.ownIndex, -1)
	}
	r.index = r.ownIndex
	for i, h := range r.hashes {
		if n := p.slotOf(h); n >= 0 && r.index[n] < 0 {
			r.index[n] = int32(i)
		}
	}
}

// conforms says whether all values of live keys have the registry's type.
func (p *plan) conforms(in *Input, hashes []uint64) bool {
	if len(p.slots) == 0 {
		return true
	}
	for i, h := range hashes {
		n := p.slotOf(h)
		if n < 0 {
			continue
		}
		if s := &p.slots[n]; s.live && s.typ != registry.Any && in.Values[i].Type != s.typ {
			return false
		}
	}
	return true
}

// cast casts the values of live keys that have not the registry's type.
func (p *plan) cast(in *Input, r *Result) {
	r.needFates(p)
	for n := range p.slots {
		s, i := &p.slots[n], r.index[n]
		if !s.live || s.typ == registry.Any || in.Values[i].Type == s.typ {
			continue
		}
		if v, ok := in.value(i).Cast(s.typ); ok {
			r.Edits = append(r.Edits, Edit{Index: int(i), Key: in.Keys[i], Value: v})
		} else {
			r.fate[n] = unconvertible
		}
	}
}

// step gives a target the value of the first candidate that has one; the others give
// way to it.
func (t *Table) step(p *plan, s *step, in *Input, r *Result) {
	if s.single {
		s.alone(p, in, r)
		return
	}
	var current Value
	have := s.field != NoField && in.Fields.Has(s.field)
	given := have // whether the field is as the element had it
	// native says that the target's own attribute has its value.
	native := s.own >= 0
	if native {
		// A value of the wrong form under the right name gives way to a right one under an
		// old name.
		current, have = in.value(r.index[s.own]).Cast(s.typ)
	}
	read := false // whether a candidate has read the target's own attribute
	for i := range s.candidates {
		c := &s.candidates[i]
		if c.self && read || !c.holds(in, r) {
			continue
		}
		v, o := c.value(s, in, r)
		if given && c.source.Override && o == converted {
			have = false
		}
		switch {
		case o == invalid:
			c.mark(r, unconvertible)
			// The target's own attribute keeps its place if it was that.
			have = have || c.self
			continue
		case o == absent || c.n == 0 && have:
			if c.mark(r, used); c.self {
				read, native, have = true, false, false
			}
			continue
		case c.self:
			c.mark(r, used)
			r.fate[s.own] = stays
			if !have || !current.Equal(v) {
				r.Edits = append(r.Edits, Edit{Index: int(r.index[s.own]), Key: s.key, Value: v, Rule: c.rule})
			}
			current, have, read = v, true, true
			continue
		case native && have && (t.options.OldWins || c.source.Override) && !current.Equal(v):
			r.Conflicts++
			r.Edits = append(r.Edits, Edit{Index: int(r.index[s.own]), Key: s.key, Value: v, Rule: c.rule})
			current, native = v, false
		case have:
			if s.field == NoField {
				r.count(current, v)
			}
		case s.field != NoField:
			r.Fields = append(r.Fields, FieldEdit{s.field, v, c.rule})
			have, given = true, false
		case native:
			r.Conflicts++
			r.Edits = append(r.Edits, Edit{Index: int(r.index[s.own]), Key: s.key, Value: v, Rule: c.rule})
			r.fate[s.own] = stays
			current, have, native = v, true, false
		case s.own >= 0:
			c.mark(r, used)
			r.Edits = append(r.Edits, Edit{Index: int(r.index[s.own]), Key: s.key, Value: v, Rule: c.rule})
			r.fate[s.own] = reused
			current, have = v, true
			continue
		default:
			r.Edits = append(r.Edits, Edit{Index: -1, Key: s.key, Value: c.asIs(p, in, r, v), Copy: c.first(r), slot: int32(c.slots[0]), Rule: c.rule})
			current, have = v, true
		}
		c.mark(r, used)
	}
}

// alone is step where nothing competes.
func (s *step) alone(p *plan, in *Input, r *Result) {
	c := &s.candidates[0]
	i := r.index[c.slots[0]]
	if s.plain && (s.typ == registry.Any || in.Values[i].Type == s.typ) && (!s.port || in.Values[i].isPort()) {
		r.Edits = append(r.Edits, Edit{Index: -1, Key: s.key, Copy: int(i), slot: int32(c.slots[0]), Rule: c.rule})
		c.mark(r, used)
		return
	}
	v, o := c.value(s, in, r)
	if o == invalid {
		c.mark(r, unconvertible)
		return
	}
	if o == converted {
		r.Edits = append(r.Edits, Edit{Index: -1, Key: s.key, Value: c.asIs(p, in, r, v), Copy: int(i), slot: int32(c.slots[0]), Rule: c.rule})
	}
	c.mark(r, used)
}

// asIs is the value to set, or none where the attribute's own does as it stands. That
// of a live key may have been cast by then.
func (c *candidate) asIs(p *plan, in *Input, r *Result, v Value) Value {
	if c.n == 1 && !p.slots[c.slots[0]].live && v.same(in.Values[r.index[c.slots[0]]]) {
		return Value{}
	}
	return v
}

func (r *Result) count(current, old Value) {
	if current.Equal(old) {
		r.Duplicates++
	} else {
		r.Conflicts++
	}
}

// holds says whether the conditions on values are met.
func (c *candidate) holds(in *Input, r *Result) bool {
	if !strings.HasPrefix(in.Scope, c.source.Scope) {
		return false
	}
	for _, e := range c.equals {
		if e.slot == ofName {
			if in.Name != e.text || in.Name == "" && in.Fields.Has(EventName) {
				return false
			}
			continue
		}
		if text, ok := in.value(r.index[e.slot]).text(); !ok || !strings.EqualFold(text, e.text) {
			return false
		}
	}
	return true
}

// first is the index of the candidate's first attribute, or -1.
func (c *candidate) first(r *Result) int {
	if c.n == 0 {
		return -1
	}
	return int(r.index[c.slots[0]])
}

// mark says what becomes of the attributes that a candidate read: one that could not be
// converted for any target stays, whatever others took of it.
func (c *candidate) mark(r *Result, f fate) {
	if c.source.Keep && f == used {
		return
	}
	for _, n := range c.slots[:c.n] {
		if r.fate[n] != unconvertible {
			r.fate[n] = f
		}
	}
}

// value is what a candidate gives, in the target's type.
func (c *candidate) value(s *step, in *Input, r *Result) (Value, outcome) {
	var v Value
	switch c.n {
	case 0:
		v = StringValue(c.source.Set)
	case 1:
		v = in.value(r.index[c.slots[0]])
	default:
		var o outcome
		if v, o = c.joined(in, r); o != converted {
			return v, o
		}
	}
	if c.run != nil {
		var o outcome
		if v, o = c.run(v); o != converted {
			return v, o
		}
	}
	v, ok := v.Cast(s.typ)
	if !ok || !s.field.takes(v) || s.port && !v.isPort() {
		return v, invalid
	}
	return v, converted
}

func (c *candidate) joined(in *Input, r *Result) (Value, outcome) {
	var parts [maxJoined]string
	for i, n := range c.slots[:c.n] {
		text, ok := in.value(r.index[n]).text()
		if !ok {
			return Value{}, invalid
		}
		parts[i] = text
	}
	separator := c.source.Join
	if separator == "language" {
		separator = languageSeparator(in.Language)
	}
	return join(parts[:c.n], separator)
}

// settle turns the slots' fates into indices.
func (t *Table) settle(r *Result) {
	t.reuse(r, r.Edits)
	for n, f := range r.fate {
		switch {
		case f == unconvertible:
			r.Invalid = append(r.Invalid, int(r.index[n]))
		case f == used && !t.options.KeepOld:
			r.Remove = append(r.Remove, int(r.index[n]))
		}
	}
	// Mostly there is one, or none, and to call for nothing is what costs.
	if len(r.Remove) > 1 {
		slices.Sort(r.Remove)
	}
	if len(r.Invalid) > 1 {
		slices.Sort(r.Invalid)
		r.Invalid = slices.Compact(r.Invalid)
	}
}

// reuse lets new attributes take the places of those that go: a rename in place costs nothing.
func (t *Table) reuse(r *Result, edits []Edit) {
	if t.options.KeepOld {
		return
	}
	for i := range edits {
		e := &edits[i]
		if e.Index >= 0 || e.Copy < 0 {
			continue // in place already, or a constant
		}
		if r.fate[e.slot] == used {
			r.fate[e.slot] = reused
			e.Index = e.Copy
		}
	}
}
