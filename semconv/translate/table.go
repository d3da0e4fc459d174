// Package translate turns attributes of older conventions into those of the target
// version. Its rules are data (rules/*.yaml) and target-centric: for each target, the
// sources that may give its value, in the order of preference. One pass, never a
// chain; a value that cannot be converted keeps its old name.
package translate

import (
	"slices"

	"github.com/koine-otel/koine/semconv/registry"
)

// Place says where attributes stand: on a resource or on a span of one kind. It is a
// set in rules.
type Place uint8

// The places. Internal is also a span whose kind nobody set.
const (
	Resource Place = 1 << iota
	Internal
	Server
	Client
	Producer
	Consumer

	anywhere = Resource | Internal | Server | Client | Producer | Consumer
)

var placesByName = map[string]Place{
	"resource": Resource, "internal": Internal, "server": Server,
	"client": Client, "producer": Producer, "consumer": Consumer,
}

// Table is a compiled set of rules. It is immutable and shared between goroutines.
type Table struct {
	keys    map[string]*key
	targets []target
}

// target is an attribute of the target version that rules can set.
type target struct {
	name    string
	typ     registry.Type
	sources int // how many there are, the next one's rank
}

// key is what the table knows of an attribute key.
type key struct {
	// live is a key of the target version: its value has type typ.
	live bool
	typ  registry.Type
	// target is the key's index in Table.targets, or -1.
	target int
	gives  []contribution
}

// contribution is one target that a key may give a value to.
type contribution struct {
	target  int
	rank    int // among the target's sources, 0 first
	places  Place
	convert conversion // nil: as it is
}

func compile(rules []rule) *Table {
	t := &Table{keys: map[string]*key{}}
	for _, a := range registry.Attributes() {
		if a.Deprecation == registry.Live && a.Type&registry.Template == 0 {
			t.keys[a.Key] = &key{live: true, typ: a.Type.Base(), target: -1}
		}
	}
	for _, r := range rules {
		to := t.keys[r.To]
		if to.target < 0 {
			to.target = len(t.targets)
			t.targets = append(t.targets, target{name: r.To, typ: to.typ})
		}
		target := &t.targets[to.target]
		for _, s := range r.From {
			from := t.keys[s.Key]
			if from == nil {
				from = &key{target: -1}
				t.keys[s.Key] = from
			}
			from.gives = append(from.gives, contribution{
				target: to.target, rank: target.sources, places: s.places(), convert: s.conversion(),
			})
			target.sources++
		}
	}
	return t
}

func (s source) places() Place {
	var p Place
	for _, kind := range s.Kind {
		p |= placesByName[kind]
	}
	if p == 0 {
		return anywhere
	}
	return p
}

func (s source) conversion() conversion {
	convert := conversions[s.As]
	if s.Values == nil {
		return convert
	}
	return func(v Value) (Value, outcome) {
		if text, ok := v.text(); ok {
			if mapped, ok := s.Values[text]; ok {
				v = str(mapped)
			}
		}
		if convert != nil {
			return convert(v)
		}
		return v, converted
	}
}

// Attributes is one element's attributes as a translation reads them.
type Attributes interface {
	Len() int
	Key(i int) string
	Value(i int) Value
}

// Result is what a translation wants changed. It may be used again.
type Result struct {
	// Remove are the indices of the attributes that go, ascending.
	Remove []int
	// Set are the attributes that come, or whose value gets its type.
	Set []Setting
	// Invalid are the indices of attributes that stay because their value could not
	// be converted.
	Invalid []int
	// Conflicts counts old attributes that went because a better source gave another
	// value; Duplicates those that said the same.
	Conflicts, Duplicates int

	candidates []candidate
}

// Setting is an attribute to put. From is the index of the attribute whose value
// moves as it is, else -1 and Value holds it.
type Setting struct {
	Key   string
	From  int
	Value Value
}

type candidate struct {
	target, rank, index int
	convert             conversion
}

// native is the rank of an attribute that stands under the target's own name: before
// all sources.
const native = -1

// Translate reads the attributes of one element at a place and says in r what has to
// change. It reports whether anything has.
func (t *Table) Translate(attrs Attributes, place Place, r *Result) bool {
	r.reset()
	sources := false
	for i := range attrs.Len() {
		k := t.keys[attrs.Key(i)]
		if k == nil {
			continue
		}
		if k.target >= 0 {
			r.candidates = append(r.candidates, candidate{target: k.target, rank: native, index: i})
		}
		if k.live && !attrs.Value(i).Is(k.typ) {
			r.cast(attrs, i, k.typ)
		}
		for _, c := range k.gives {
			if c.places&place != 0 {
				sources = true
				r.candidates = append(r.candidates, candidate{target: c.target, rank: c.rank, index: i, convert: c.convert})
			}
		}
	}
	if sources {
		t.resolve(attrs, r)
	}
	return len(r.Set)+len(r.Remove)+len(r.Invalid) > 0
}

func (r *Result) reset() {
	r.Remove, r.Set, r.Invalid, r.candidates = r.Remove[:0], r.Set[:0], r.Invalid[:0], r.candidates[:0]
	r.Conflicts, r.Duplicates = 0, 0
}

// cast gives the value of a live attribute the registry's type under its own name.
func (r *Result) cast(attrs Attributes, i int, typ registry.Type) {
	if v, ok := attrs.Value(i).Cast(typ); ok {
		r.Set = append(r.Set, Setting{Key: attrs.Key(i), From: -1, Value: v})
	} else {
		r.Invalid = append(r.Invalid, i)
	}
}

// resolve walks the candidates target by target, best first: the first that yields a
// value sets the target, the others give way to it.
func (t *Table) resolve(attrs Attributes, r *Result) {
	slices.SortFunc(r.candidates, func(a, b candidate) int {
		if a.target != b.target {
			return a.target - b.target
		}
		return a.rank - b.rank
	})
	var current Value
	target, have := -1, false
	for _, c := range r.candidates {
		if c.target != target {
			target, have = c.target, false
		}
		if c.rank == native {
			current, have = attrs.Value(c.index), true
			continue
		}
		value, o := t.value(attrs, c)
		switch {
		case o == invalid:
			r.Invalid = append(r.Invalid, c.index)
		case o == absent:
			r.Remove = append(r.Remove, c.index)
		case have:
			r.Remove = append(r.Remove, c.index)
			if equal(current, value) {
				r.Duplicates++
			} else {
				r.Conflicts++
			}
		default:
			r.Remove = append(r.Remove, c.index)
			r.Set = append(r.Set, Setting{Key: t.targets[target].name, From: moved(c, value), Value: value})
			current, have = value, true
		}
	}
	r.settle()
}

// value converts a candidate's value to its target's type.
func (t *Table) value(attrs Attributes, c candidate) (Value, outcome) {
	v := attrs.Value(c.index)
	if c.convert != nil {
		var o outcome
		if v, o = c.convert(v); o != converted {
			return v, o
		}
	}
	v, ok := v.Cast(t.targets[c.target].typ)
	if !ok {
		return v, invalid
	}
	return v, converted
}

// moved is the index whose value moves whole: what no conversion can read (a map, a
// list of mixed types) is renamed as it is where the target takes anything.
func moved(c candidate, v Value) int {
	if v.Type == registry.Any {
		return c.index
	}
	return -1
}

// settle makes Remove and Invalid sets, ascending. An attribute that could not be
// converted for one of its targets stays, whatever its other targets took of it.
func (r *Result) settle() {
	slices.Sort(r.Remove)
	r.Remove = slices.Compact(r.Remove)
	slices.Sort(r.Invalid)
	r.Invalid = slices.Compact(r.Invalid)
	if len(r.Invalid) > 0 {
		r.Remove = slices.DeleteFunc(r.Remove, func(i int) bool { return slices.Contains(r.Invalid, i) })
	}
}

func equal(a, b Value) bool {
	return a.Type == b.Type && a.Str == b.Str && a.Int == b.Int && a.Double == b.Double && a.Bool == b.Bool && slices.Equal(a.List, b.List)
}
