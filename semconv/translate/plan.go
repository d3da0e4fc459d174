package translate

import (
	"slices"

	"github.com/koine-otel/koine/semconv/registry"
)

// plan is what to do with elements of one shape: a place, and a set of keys in whatever
// order, because several translators write keys in the order of a hash map. Plans are
// immutable and shared between goroutines.
type plan struct {
	shape uint64
	// slots are the keys of the shape that the table knows.
	slots []slot
	// find maps a key's hash to its slot by open addressing; the length is a power of 2
	// and at least twice the number of slots.
	find []found
	// steps are the targets that may get a value, each with its candidates.
	steps []step
	// forms are the older forms of spans' names whose attributes the shape has or gets.
	forms []*SpanRule
}

// slot is a key of the shape.
type slot struct {
	live bool
	typ  registry.Type
	// sole: what becomes of it depends on nothing but its value, because all steps that
	// read it read nothing else.
	sole bool
}

type found struct {
	hash uint64
	slot int32 // the slot's number plus one; 0: free
}

// step is a target with what may give its value, best first.
type step struct {
	key        string // the attribute's, where field is NoField
	field      Field
	typ        registry.Type
	own        int  // the slot of the target's own key, or -1
	port       bool // it must be one of TCP's and UDP's
	candidates []candidate
	// plain is a mere rename: one candidate, one attribute, no conversion, nothing that
	// could compete with it. Half of all steps are.
	plain bool
	// single is a step with one candidate of one attribute, and nothing that could compete
	// with it: most of what is not plain.
	single bool
	// sole is the slot of the only attribute that the step reads, or -1.
	sole int
}

type candidate struct {
	source *Source
	rule   int32
	slots  [maxJoined]int
	n      int // how many slots it reads; 0: it sets a constant
	// self is a candidate that reads the target's own key: it says what an older value of
	// that is now, and goes before all that reads other keys only.
	self bool
	// equals are the slots of the conditions on values.
	equals []condition
	run    conversion
}

// condition is a text that an attribute must have, or the element's name.
type condition struct {
	slot int
	text string
}

// ofName is the slot of conditions on the element's name.
const ofName = -1

// mix makes one number of place and keys' hashes: a sum does not depend on the order.
func mix(sum uint64, place Place) uint64 { return spread(sum + uint64(place)*0x9e3779b97f4a7c15) }

// spread lets every bit of a number count in the bits that a cache looks at. No two become
// one.
func spread(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// plan finds or makes the plan of a shape.
func (t *Table) plan(keys []string, hashes []uint64, sum uint64, place Place, r *Result) *plan {
	shape := mix(sum, place)
	if len(keys) > maxPlanned {
		r.planMisses++
		return t.compile(keys, hashes, shape, place)
	}
	if p := t.plans.at(shape); p != nil && p.shape == shape {
		r.planHits++
		return p
	}
	r.planMisses++
	p := t.compile(keys, hashes, shape, place)
	t.plans.add(shape, p)
	return p
}

// compile makes the plan of a shape.
func (t *Table) compile(keys []string, hashes []uint64, shape uint64, place Place) *plan {
	p := &plan{shape: shape}
	slots := map[string]int{}
	type giving struct {
		contribution
		rest string
		slot int
	}
	var gives []giving
	for i, name := range keys {
		if _, twice := slots[name]; twice {
			continue
		}
		k, rest := t.lookup(name)
		if k == nil {
			if k = t.stray(name); k == nil {
				continue
			}
			rest = name
		}
		n := len(p.slots)
		slots[name] = n
		p.slots = append(p.slots, slot{live: k.live, typ: k.typ})
		p.find = append(p.find, found{hashes[i], int32(n + 1)})
		for _, c := range k.gives {
			if c.places&place != 0 {
				gives = append(gives, giving{c, rest, n})
			}
		}
	}
	for _, c := range t.always {
		if c.places&place != 0 {
			gives = append(gives, giving{c, "", -1})
		}
	}
	slices.SortStableFunc(gives, func(a, b giving) int {
		if a.target != b.target {
			return a.target - b.target
		}
		return a.rank - b.rank
	})
	steps := map[string]int{}
	done := map[given]bool{} // a join is given by each of its keys, and done once
	for _, g := range gives {
		source, to := g.source, &t.targets[g.target]
		once := given{g.target, g.source}
		if g.rest == "" && done[once] {
			continue
		}
		c, ok := t.candidate(source, g.slot, slots)
		if !ok {
			continue
		}
		name := to.of(g.rest)
		c.rule, c.run = g.rule, t.corrected(name, source, place)
		done[once] = true
		i, ok := steps[name]
		if !ok {
			i = len(p.steps)
			steps[name] = i
			own := -1
			if n, ok := slots[name]; ok && to.field == NoField {
				own = n
			}
			p.steps = append(p.steps, step{key: name, field: to.field, typ: to.typ, own: own, port: to.typ == registry.Int && ports[name]})
		}
		s := &p.steps[i]
		c.self = s.own >= 0 && slices.Contains(c.slots[:c.n], s.own)
		s.candidates = append(s.candidates, c)
	}
	for i := range p.steps {
		slices.SortStableFunc(p.steps[i].candidates, func(a, b candidate) int {
			switch {
			case a.self == b.self:
				return 0
			case a.self:
				return -1
			}
			return 1
		})
	}
	for i := range p.steps {
		s := &p.steps[i]
		c := &s.candidates[0]
		s.single = len(s.candidates) == 1 && s.field == NoField && s.own < 0 && c.n == 1 && len(c.equals) == 0 && c.source.Scope == ""
		s.plain = s.single && c.run == nil && !p.slots[c.slots[0]].live
	}
	p.markSoles()
	p.find = addressed(p.find)
	p.forms = t.formsOf(place, func(key string) bool { _, gets := steps[key]; return gets || slices.Contains(keys, key) })
	return p
}

// markSoles finds the steps that read one attribute, and the attributes that no others
// read.
func (p *plan) markSoles() {
	for n := range p.slots {
		p.slots[n].sole = true
	}
	for i := range p.steps {
		s := &p.steps[i]
		s.sole = s.only()
		for _, c := range s.candidates {
			for _, n := range c.slots[:c.n] {
				p.slots[n].sole = p.slots[n].sole && s.sole >= 0
			}
		}
		if s.own >= 0 && s.sole < 0 {
			p.slots[s.own].sole = false
		}
	}
}

// only is the slot of the only attribute that a step reads, or -1.
func (s *step) only() int {
	if s.field != NoField {
		return -1
	}
	slot := s.own
	for i := range s.candidates {
		c := &s.candidates[i]
		if c.n != 1 || c.source.Scope != "" || slot >= 0 && c.slots[0] != slot {
			return -1
		}
		slot = c.slots[0]
		if slices.ContainsFunc(c.equals, func(e condition) bool { return e.slot != slot }) {
			return -1
		}
	}
	return slot
}

// given is a source that gives a target its value.
type given struct {
	target int
	source *Source
}

// candidate is a source in a shape, if the shape has what the source asks for.
func (t *Table) candidate(s *Source, at int, slots map[string]int) (candidate, bool) {
	c := candidate{source: s}
	for _, k := range s.Has {
		if _, ok := slots[k]; !ok {
			return c, false
		}
	}
	for _, k := range s.Lacks {
		if _, ok := slots[k]; ok {
			return c, false
		}
	}
	if len(s.Any) > 0 && !slices.ContainsFunc(s.Any, func(k string) bool { _, ok := slots[k]; return ok }) {
		return c, false
	}
	for k, text := range s.Equals {
		if k == eventName {
			c.equals = append(c.equals, condition{ofName, text})
			continue
		}
		n, ok := slots[k]
		if !ok {
			return c, false
		}
		c.equals = append(c.equals, condition{n, text})
	}
	if len(s.Keys) == 1 {
		c.slots[0], c.n = at, 1
		return c, true
	}
	for _, k := range s.Keys {
		n, ok := slots[k]
		if !ok {
			return c, false
		}
		c.slots[c.n] = n
		c.n++
	}
	return c, true
}

// addressed lays entries out for open addressing.
func addressed(entries []found) []found {
	size := 2
	for size < 2*len(entries) {
		size *= 2
	}
	table := make([]found, size)
	for _, e := range entries {
		i := e.hash & uint64(size-1)
		for table[i].slot != 0 {
			i = (i + 1) & uint64(size-1)
		}
		table[i] = e
	}
	return table
}

// slotOf finds a key's slot, or -1.
func (p *plan) slotOf(hash uint64) int {
	mask := uint64(len(p.find) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch f := &p.find[i]; {
		case f.slot == 0:
			return -1
		case f.hash == hash:
			return int(f.slot) - 1
		}
	}
}
