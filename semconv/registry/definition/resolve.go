package definition

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// state is how far a group's references are followed.
type state uint8

const (
	untouched state = iota
	following
	flat
)

// resolver follows the references of one registry: to its own groups first, then to
// the bases, the last one first.
type resolver struct {
	bases    []Base
	problems *Problems
	keys     map[string]Position
	groups   map[string]*group
	signals  map[signalName]*group
	uses     int // what is left of maxUses
}

type signalName struct {
	kind Kind
	name string
}

func resolve(r *raw, schemaURL string, bases []Base, problems *Problems) *Set {
	v := &resolver{
		bases: bases, problems: problems, uses: maxUses,
		keys: map[string]Position{}, groups: map[string]*group{}, signals: map[signalName]*group{},
	}
	v.index(r)
	for _, g := range r.groups {
		v.flatten(g, 0)
	}
	v.imports(r.imports)
	set := &Set{SchemaURL: schemaURL, Attributes: r.attributes}
	slices.SortFunc(set.Attributes, func(a, b Attribute) int { return strings.Compare(a.Key, b.Key) })
	for _, g := range r.groups {
		switch {
		case g.signal:
			set.Signals = append(set.Signals, g.Signal)
		case g.refers || g.included:
			set.Groups = append(set.Groups, Group{ID: g.id, Uses: g.Uses, Lone: !g.included})
		}
	}
	slices.SortFunc(set.Signals, func(a, b Signal) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Refinement, b.Refinement))
	})
	slices.SortFunc(set.Groups, func(a, b Group) int { return strings.Compare(a.ID, b.ID) })
	return set
}

// index finds what has a name, and what has another's.
func (v *resolver) index(r *raw) {
	for _, a := range r.attributes {
		if first, twice := v.keys[a.Key]; twice {
			v.problems.Add(a.At, "%s is defined twice, first at %s", a.Key, first)
			continue
		}
		v.keys[a.Key] = a.At
	}
	for _, g := range r.groups {
		if first, twice := v.groups[g.id]; twice {
			v.problems.Add(g.At, "%s is defined twice, first at %s", g.id, first.At)
			continue
		}
		v.groups[g.id] = g
		if !g.signal || g.refines != "" {
			continue
		}
		name := signalName{g.Kind, g.Name}
		if first, twice := v.signals[name]; twice {
			v.problems.Add(g.At, "%s %s is defined twice, first at %s", g.Kind, g.Name, first.At)
			continue
		}
		v.signals[name] = g
	}
}

// flatten gives a group all its attributes: those of what it refines, then of what it
// includes, then its own, where a later one replaces an earlier of the same key but
// keeps the level and the role that it does not say itself.
func (v *resolver) flatten(g *group, depth int) {
	if g.state == flat {
		return
	}
	if g.state == following || depth == maxChain {
		v.problems.Add(g.At, "%s refers to itself or through more than %d others", g.id, maxChain)
		g.state = flat
		return
	}
	g.state = following
	byKey := map[string]Use{}
	if g.refines != "" {
		v.refine(g, byKey, depth)
	}
	for _, include := range g.includes {
		for _, u := range v.group(g, include, depth) {
			byKey[u.Key] = u
		}
	}
	for _, u := range g.uses {
		v.own(g, u, byKey)
	}
	g.Uses = v.sorted(g, byKey)
	g.state = flat
}

func (v *resolver) own(g *group, u use, byKey map[string]Use) {
	if !v.hasAttribute(u.key) {
		v.problems.Add(u.at, "%s: no attribute %q%s", g.id, u.key, v.moved(u.key))
		return
	}
	flat := byKey[u.key]
	flat.Key = u.key
	flat.Level = cmp.Or(u.level, flat.Level, "recommended")
	if u.role != "" {
		flat.Identifying = u.role == "identifying"
	}
	byKey[u.key] = flat
}

// moved helps with the mistake of referring to a group's id.
func (v *resolver) moved(key string) string {
	if v.groups[key] != nil {
		return ", but a group: write ref_group or extends"
	}
	return ""
}

func (v *resolver) hasAttribute(key string) bool {
	if _, ok := v.keys[key]; ok {
		return true
	}
	return slices.ContainsFunc(v.bases, func(b Base) bool { return b.HasAttribute(key) })
}

func (v *resolver) sorted(g *group, byKey map[string]Use) []Use {
	if v.uses -= len(byKey); v.uses < 0 {
		v.problems.Add(g.At, "%s: more than %d attributes on all signals together", g.id, maxUses)
		v.uses = 0
		return nil
	}
	uses := make([]Use, 0, len(byKey))
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		uses = append(uses, byKey[key])
	}
	return uses
}

// refine takes over what a refinement leaves to the signal it refines.
func (v *resolver) refine(g *group, byKey map[string]Use, depth int) {
	base, ok := v.signal(g, depth)
	if !ok {
		v.problems.Add(g.At, "%s: no %s %q to refine", g.id, g.Kind, g.refines)
		return
	}
	g.Name = base.Name
	g.Stability = cmp.Or(g.Stability, base.Stability)
	g.SpanKind, g.Instrument, g.Unit, g.ValueType = base.SpanKind, base.Instrument, base.Unit, base.ValueType
	if g.Deprecated.Reason == "" {
		g.Deprecated = base.Deprecated
	}
	if g.Entities == nil {
		g.Entities = base.Entities
	}
	for _, u := range base.Uses {
		byKey[u.Key] = u
	}
}

// signal finds what a refinement refines: a signal by its name, or another refinement
// by its id.
func (v *resolver) signal(g *group, depth int) (Signal, bool) {
	name := strings.TrimPrefix(g.refines, g.Kind.String()+".")
	own := v.signals[signalName{g.Kind, name}]
	if own == nil {
		own = v.groups[g.refines]
	}
	if own != nil && own.signal && own.Kind == g.Kind {
		v.flatten(own, depth+1)
		return own.Signal, true
	}
	for _, b := range slices.Backward(v.bases) {
		if s, ok := b.Signal(g.Kind, name); ok {
			return s, true
		}
	}
	return Signal{}, false
}

// group finds what a group includes.
func (v *resolver) group(g *group, include reference, depth int) []Use {
	if own := v.groups[include.id]; own != nil {
		own.included = true
		v.flatten(own, depth+1)
		return own.Uses
	}
	for _, b := range slices.Backward(v.bases) {
		if uses, ok := b.Group(include.id); ok {
			return uses
		}
	}
	v.problems.Add(include.at, "%s: no group %q", g.id, include.id)
	return nil
}

func (v *resolver) imports(imports []importing) {
	for _, i := range imports {
		if !slices.ContainsFunc(v.bases, func(b Base) bool { return b.Matches(i.kind, i.glob) }) {
			v.problems.Add(i.at, "imports: no dependency has a %s %q", i.kind, i.glob)
		}
	}
}
