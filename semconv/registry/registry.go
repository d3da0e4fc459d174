// Package registry is the semantic conventions' registry as data: which attributes,
// metrics, spans, events and entities there are, what type they have, what belongs on
// what, and what became of those that were retired. It holds names, types, versions
// and other facts, no descriptions: Attribute.Link leads to those.
//
// The functions read the embedded tables, which the linker lays out: importing the
// package costs no start-up time. A Registry has methods of the same names and may
// hold a company's own conventions besides; package registry/weaver loads one. What
// look-ups give belongs to the registry and must not be changed.
package registry

import (
	"slices"
	"sort"
	"strings"
)

//go:generate go run ../internal/registrygen generate -extract extract -tables .

// Registry is a set of conventions. It is immutable and shared between goroutines;
// look-ups allocate nothing. The zero Registry is empty: Default has the embedded one.
type Registry struct {
	attributes []Attribute
	metrics    []Metric
	spans      []Span
	events     []Event
	entities   []Entity
	groups     []Group
}

// Default is the registry of the embedded tables.
func Default() *Registry { return &embedded }

// Lookup finds an attribute by its exact key; a template is found by its prefix
// without the last dot. It is nil for a key that the conventions never had.
func (r *Registry) Lookup(key string) *Attribute {
	return at(r.attributes, first(r.attributes, key, func(a *Attribute) string { return a.Key }), func(a *Attribute) bool { return a.Key == key })
}

// Resolve finds the attribute that a key on telemetry is of: the one of this key, or
// the template with the longest prefix of it, followed by a dot.
func (r *Registry) Resolve(key string) *Attribute {
	if a := r.Lookup(key); a != nil {
		return a
	}
	for dot := strings.LastIndexByte(key, '.'); dot > 0; dot = strings.LastIndexByte(key[:dot], '.') {
		if a := r.Lookup(key[:dot]); a != nil && a.Type&Template != 0 {
			return a
		}
	}
	return nil
}

// Reserved says whether a namespace, the part of a key before its first dot, is one of
// the registry's: whoever invents a name in it may meet one of theirs tomorrow.
func (r *Registry) Reserved(namespace string) bool {
	prefix := namespace + "."
	i := sort.Search(len(r.attributes), func(i int) bool { return r.attributes[i].Key >= prefix })
	return i < len(r.attributes) && strings.HasPrefix(r.attributes[i].Key, prefix)
}

// LookupMetric finds a metric by its name.
func (r *Registry) LookupMetric(name string) *Metric {
	return at(r.metrics, first(r.metrics, name, metricName), func(m *Metric) bool { return m.Name == name })
}

// MetricRefinements are what a metric is for narrower uses: hw.status for a fan. All
// have its name and may stand on telemetry under it.
func (r *Registry) MetricRefinements(name string) []Metric {
	return refinements(r.metrics, name, metricName)
}

// LookupSpan finds a span, or a refinement of one, by its type: http.client, also
// written span.http.client.
func (r *Registry) LookupSpan(id string) *Span {
	id = strings.TrimPrefix(id, "span.")
	return at(r.spans, first(r.spans, id, func(s *Span) string { return s.ID }), func(s *Span) bool { return s.ID == id })
}

// LookupEvent finds an event by its name.
func (r *Registry) LookupEvent(name string) *Event {
	return at(r.events, first(r.events, name, eventName), func(e *Event) bool { return e.Name == name })
}

// EventRefinements are what an event is for narrower uses.
func (r *Registry) EventRefinements(name string) []Event {
	return refinements(r.events, name, eventName)
}

// LookupEntity finds an entity by its type.
func (r *Registry) LookupEntity(typ string) *Entity {
	return at(r.entities, first(r.entities, typ, entityType), func(e *Entity) bool { return e.Type == typ })
}

// EntityRefinements are what an entity is for narrower uses.
func (r *Registry) EntityRefinements(typ string) []Entity {
	return refinements(r.entities, typ, entityType)
}

// LookupGroup finds an attribute group by its id: a list that other registries include
// in their signals. Groups are no telemetry of their own.
func (r *Registry) LookupGroup(id string) *Group {
	return at(r.groups, first(r.groups, id, func(g *Group) string { return g.ID }), func(g *Group) bool { return g.ID == id })
}

// Attributes are all attributes by key in order.
func (r *Registry) Attributes() []Attribute { return r.attributes }

// Metrics are all metrics by name in order, each followed by its refinements.
func (r *Registry) Metrics() []Metric { return r.metrics }

// Spans are all spans and refinements by id in order.
func (r *Registry) Spans() []Span { return r.spans }

// Events are all events by name in order, each followed by its refinements.
func (r *Registry) Events() []Event { return r.events }

// Entities are all entities by type in order, each followed by its refinements.
func (r *Registry) Entities() []Entity { return r.entities }

// Groups are all attribute groups by id in order.
func (r *Registry) Groups() []Group { return r.groups }

// first is the index of the first element of a sorted table whose name is not before
// the wanted one.
func first[T any](table []T, name string, nameOf func(*T) string) int {
	low, high := 0, len(table)
	for low < high {
		middle := int(uint(low+high) / 2)
		if nameOf(&table[middle]) < name {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// at is the element at an index if it is the wanted one.
func at[T any](table []T, i int, wanted func(*T) bool) *T {
	if i == len(table) || !wanted(&table[i]) {
		return nil
	}
	return &table[i]
}

// refinements are the elements of a name behind the first, which is what they refine.
func refinements[T any](table []T, name string, nameOf func(*T) string) []T {
	from := first(table, name, nameOf)
	to := from
	for to < len(table) && nameOf(&table[to]) == name {
		to++
	}
	return slices.Clip(table[min(from+1, to):to])
}
