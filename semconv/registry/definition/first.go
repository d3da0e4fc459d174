package definition

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// first reads the `groups:` format.
func (f *file) first(n *yaml.Node, into *raw) {
	for _, g := range f.list(n, "groups") {
		g = resolved(g)
		f.only(g, groupKeys)
		id := f.text(g, "id")
		if id == "" {
			f.problems.Add(f.at(g), "a group without an id")
			continue
		}
		into.groups = append(into.groups, f.firstGroup(g, id, into))
	}
}

func (f *file) firstGroup(n *yaml.Node, id string, into *raw) *group {
	g := &group{id: id, signal: true}
	g.Stability, g.Deprecated, g.At = f.stability(n, id), f.deprecated(n, id), f.at(n)
	g.Entities = f.entities(n, "entity_associations", 0)
	if e := get(n, "extends"); e != nil {
		g.includes = append(g.includes, reference{f.text(n, "extends"), f.at(e)})
	}
	for _, a := range f.list(n, "attributes") {
		f.firstAttribute(resolved(a), id, g, into)
	}
	switch t := f.text(n, "type"); t {
	case "span", "":
		g.Kind, g.Name = Span, spanType(id)
		g.SpanKind = f.word(n, "span_kind", id, "internal", spanKinds)
	case "metric":
		g.Kind, g.Name = Metric, f.required(n, "metric_name", id)
		f.metric(n, &g.Signal, id)
	case "event":
		g.Kind, g.Name = Event, f.text(n, "name")
		if g.Name == "" {
			g.Name = strings.TrimPrefix(id, "event.")
		}
	case "entity", "resource":
		g.Kind, g.Name = Entity, f.text(n, "name")
		if g.Name == "" {
			g.Name = strings.TrimPrefix(id, t+".")
		}
	case "attribute_group", "metric_group", "scope":
		g.signal = false
	default:
		f.problems.Add(f.at(get(n, "type")), "%s: unknown type %q", id, t)
		g.signal = false
	}
	return g
}

// firstAttribute reads a reference (`ref`) or a definition (`id`), which on a signal
// is a reference too.
func (f *file) firstAttribute(n *yaml.Node, group string, g *group, into *raw) {
	f.only(n, attributeKeys)
	key := f.text(n, "ref")
	if key == "" {
		if key = f.text(n, "id"); key == "" {
			f.problems.Add(f.at(n), "%s: an attribute without an id or a ref", group)
			return
		}
		into.attributes = append(into.attributes, f.attribute(n, key))
	} else {
		g.refers = true
	}
	g.uses = append(g.uses, use{key, f.level(n, key), f.word(n, "role", key, "", roles), f.at(n)})
}

// metric reads what both formats write the same way.
func (f *file) metric(n *yaml.Node, s *Signal, id string) {
	s.Instrument = f.word(n, "instrument", id, "", instruments)
	s.Unit = f.text(n, "unit")
	s.ValueType = f.valueType(n, id)
}

// required is a text that has to be there.
func (f *file) required(n *yaml.Node, key, owner string) string {
	s := f.text(n, key)
	if s == "" {
		f.problems.Add(f.at(n), "%s: no %s", owner, key)
	}
	return s
}
