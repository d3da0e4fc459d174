package definition

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// second reads the `definition/2` format.
func (f *file) second(n *yaml.Node, into *raw) {
	for _, a := range f.list(n, "attributes") {
		a = resolved(a)
		f.only(a, attributeKeys)
		if key := f.required(a, "key", "an attribute"); key != "" {
			into.attributes = append(into.attributes, f.attribute(a, key))
		}
	}
	for _, n := range f.list(n, "attribute_groups") {
		n = resolved(n)
		f.only(n, signalKeys)
		g := &group{id: f.required(n, "id", "an attribute group")}
		g.At = f.at(n)
		f.references(n, "attributes", "", g)
		into.groups = append(into.groups, g)
	}
	for _, s := range signalLists {
		for _, n := range f.list(n, s.list) {
			into.groups = append(into.groups, f.secondSignal(resolved(n), s.kind, s.name))
		}
		for _, n := range f.list(n, s.kind.String()+"_refinements") {
			into.groups = append(into.groups, f.refinement(resolved(n), s.kind))
		}
	}
}

// signalLists are the lists of signals and what their elements call their name.
var signalLists = [...]struct {
	kind       Kind
	list, name string
}{{Span, "spans", "type"}, {Metric, "metrics", "name"}, {Event, "events", "name"}, {Entity, "entities", "type"}}

func (f *file) secondSignal(n *yaml.Node, kind Kind, name string) *group {
	g := &group{signal: true}
	g.Kind, g.Name = kind, f.required(n, name, "a "+kind.String())
	f.common(n, g)
	g.id = g.groupID()
	switch kind {
	case Span:
		g.SpanKind = f.word(n, "kind", g.Name, "internal", spanKinds)
	case Metric:
		f.metric(n, &g.Signal, g.id)
	}
	return g
}

// refinement reads a signal that takes what it does not say from the one it refines.
func (f *file) refinement(n *yaml.Node, kind Kind) *group {
	g := &group{signal: true}
	g.id = f.required(n, "id", "a refinement")
	g.Kind, g.refines = kind, f.required(n, "ref", g.id)
	g.Refinement = strings.TrimPrefix(g.id, kind.String()+".")
	f.common(n, g)
	if get(n, "stability") == nil {
		g.Stability = ""
	}
	return g
}

// common reads what signals and refinements have alike.
func (f *file) common(n *yaml.Node, g *group) {
	f.only(n, signalKeys)
	g.At = f.at(n)
	owner := g.Name + g.id
	g.Stability, g.Deprecated = f.stability(n, owner), f.deprecated(n, owner)
	g.Entities = f.entities(n, "entity_associations", 0)
	f.references(n, "attributes", "", g)
	f.references(n, "identity", "identifying", g)
	f.references(n, "description", "descriptive", g)
}

// references reads a list of attribute references and group references.
func (f *file) references(n *yaml.Node, key, role string, g *group) {
	for _, a := range f.list(n, key) {
		a = resolved(a)
		f.only(a, referenceKeys)
		if id := f.text(a, "ref_group"); id != "" {
			g.includes = append(g.includes, reference{id, f.at(a)})
			continue
		}
		if key := f.required(a, "ref", g.id+g.Name); key != "" {
			g.refers = true
			g.uses = append(g.uses, use{key, f.level(a, key), role, f.at(a)})
		}
	}
}
