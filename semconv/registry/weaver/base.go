package weaver

import (
	"path"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/definition"
)

// base lets definitions refer to a registry.
type base struct{ r *registry.Registry }

func (b base) HasAttribute(key string) bool {
	a := b.r.Lookup(key)
	return a != nil && a.Deprecation != registry.Absent
}

func (b base) Signal(kind definition.Kind, name string) (definition.Signal, bool) {
	s := definition.Signal{Kind: kind, Name: name}
	switch kind {
	case definition.Span:
		found := b.r.LookupSpan(name)
		if found == nil {
			return s, false
		}
		s.SpanKind, s.Stability = found.Kind.String(), found.Stability.String()
		s.Entities, s.Uses = found.Entities, uses(found.Attributes)
	case definition.Metric:
		found := b.r.LookupMetric(name)
		if found == nil {
			return s, false
		}
		s.Instrument, s.Unit, s.Stability = found.Instrument.String(), found.Unit, found.Stability.String()
		if found.ValueType != registry.Any {
			s.ValueType = found.ValueType.String()
		}
		s.Entities, s.Uses = found.Entities, uses(found.Attributes)
	case definition.Event:
		found := b.r.LookupEvent(name)
		if found == nil {
			return s, false
		}
		s.Stability, s.Entities, s.Uses = found.Stability.String(), found.Entities, uses(found.Attributes)
	case definition.Entity:
		found := b.r.LookupEntity(name)
		if found == nil {
			return s, false
		}
		s.Stability, s.Uses = found.Stability.String(), uses(found.Attributes)
	}
	return s, true
}

func (b base) Group(id string) ([]definition.Use, bool) {
	if g := b.r.LookupGroup(id); g != nil {
		return uses(g.Attributes), true
	}
	kind, name, _ := strings.Cut(id, ".")
	for k := definition.Span; k <= definition.Entity; k++ {
		if k.String() == kind {
			s, ok := b.Signal(k, name)
			return s.Uses, ok
		}
	}
	return nil, false
}

func (b base) Matches(kind, glob string) bool {
	switch kind {
	case "span":
		return matches(b.r.Spans(), glob, func(s *registry.Span) string { return s.ID })
	case "metric":
		return matches(b.r.Metrics(), glob, func(m *registry.Metric) string { return m.Name })
	case "event":
		return matches(b.r.Events(), glob, func(e *registry.Event) string { return e.Name })
	case "entity":
		return matches(b.r.Entities(), glob, func(e *registry.Entity) string { return e.Type })
	}
	return matches(b.r.Groups(), glob, func(g *registry.Group) string { return g.ID })
}

func matches[T any](table []T, glob string, nameOf func(*T) string) bool {
	for i := range table {
		if ok, _ := path.Match(glob, nameOf(&table[i])); ok {
			return true
		}
	}
	return false
}

func uses(from []registry.Use) []definition.Use {
	to := make([]definition.Use, len(from))
	for i, u := range from {
		to[i] = definition.Use{Key: u.Key, Level: u.Level.String(), Identifying: u.Identifying}
	}
	return to
}
