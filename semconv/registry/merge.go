package registry

import (
	"maps"
	"slices"
	"strings"
)

// Conventions are what a company adds to a registry.
type Conventions struct {
	// Attributes are made by NewAttribute. They may stand where On says and where the
	// signals have them; anywhere if neither says anything.
	Attributes []Attribute
	Metrics    []Metric
	Spans      []Span
	Events     []Event
	Entities   []Entity
	Groups     []Group
}

// NewAttribute makes an attribute of a company's own, an enum if it has members.
func NewAttribute(a Attribute, members []Member) Attribute {
	a.members, a.own = members, true
	return a
}

// With is a registry that has the conventions besides, or in place of those of the
// same names. It takes over the slices. Where an attribute might stand before, it
// still may.
func (r *Registry) With(c Conventions) *Registry {
	merged := &Registry{
		metrics:  replace(r.metrics, c.Metrics, func(m *Metric) string { return m.Name + "\x00" + m.Refinement }),
		spans:    replace(r.spans, c.Spans, func(s *Span) string { return s.ID }),
		events:   replace(r.events, c.Events, func(e *Event) string { return e.Name + "\x00" + e.Refinement }),
		entities: replace(r.entities, c.Entities, func(e *Entity) string { return e.Type + "\x00" + e.Refinement }),
		groups:   replace(r.groups, c.Groups, func(g *Group) string { return g.ID }),
	}
	places := c.places()
	for i := range c.Attributes {
		a := &c.Attributes[i]
		if old := r.Lookup(a.Key); old != nil && old.Deprecation != Absent {
			a.On |= old.On
		}
	}
	merged.attributes = replace(r.attributes, c.Attributes, func(a *Attribute) string { return a.Key })
	for i := range merged.attributes {
		a := &merged.attributes[i]
		a.On |= places[a.Key]
		if a.On == 0 {
			a.On = Anywhere
		}
	}
	return merged
}

// places are where the conventions' signals let attributes stand.
func (c *Conventions) places() map[string]Places {
	places := map[string]Places{}
	add := func(uses []Use, on Places) {
		for _, u := range uses {
			places[u.Key] |= on
		}
	}
	for _, s := range c.Spans {
		add(s.Attributes, OnSpan)
	}
	for _, m := range c.Metrics {
		add(m.Attributes, OnMetric)
	}
	for _, e := range c.Events {
		add(e.Attributes, OnLog)
	}
	for _, e := range c.Entities {
		add(e.Attributes, OnResource)
	}
	return places
}

// replace puts added elements into a copy of a table, in the order of their names, in
// place of those that have the same.
func replace[T any](table, added []T, nameOf func(*T) string) []T {
	byName := make(map[string]T, len(table)+len(added))
	for _, list := range [...][]T{table, added} {
		for i := range list {
			byName[nameOf(&list[i])] = list[i]
		}
	}
	merged := slices.Collect(maps.Values(byName))
	slices.SortFunc(merged, func(a, b T) int { return strings.Compare(nameOf(&a), nameOf(&b)) })
	return merged
}
