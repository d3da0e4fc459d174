package weaver

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/definition"
)

// conventions turns words into the registry's types.
func conventions(set *definition.Set) registry.Conventions {
	var c registry.Conventions
	places := set.Places()
	for _, a := range set.Attributes {
		converted := attribute(a)
		converted.On = registry.Places(places[a.Key]) // the same bits, see TestPlacesAgree
		c.Attributes = append(c.Attributes, converted)
	}
	for _, s := range set.Signals {
		add(&c, s)
	}
	for _, g := range set.Groups {
		c.Groups = append(c.Groups, registry.Group{ID: g.ID, Attributes: registryUses(g.Uses)})
	}
	return c
}

func attribute(a definition.Attribute) registry.Attribute {
	var members []registry.Member
	for _, m := range a.Members {
		retirement := retirement(m.Deprecated)
		members = append(members, registry.Member{
			ID: m.ID, Value: m.Value, Stability: stabilities[m.Stability],
			Deprecation: retirement.Deprecation, RenamedTo: retirement.RenamedTo,
		})
	}
	return registry.NewAttribute(registry.Attribute{
		Key: a.Key, Type: typ(a.Type), Stability: stabilities[a.Stability], Retirement: retirement(a.Deprecated),
	}, members)
}

func add(c *registry.Conventions, s definition.Signal) {
	stability, retirement, uses := stabilities[s.Stability], retirement(s.Deprecated), registryUses(s.Uses)
	switch s.Kind {
	case definition.Span:
		span := registry.Span{ID: s.Name, Kind: spanKinds[s.SpanKind], Stability: stability, Retirement: retirement, Attributes: uses, Entities: s.Entities}
		if s.Refinement != "" {
			span.ID, span.Refines = s.Refinement, s.Name
		}
		c.Spans = append(c.Spans, span)
	case definition.Metric:
		c.Metrics = append(c.Metrics, registry.Metric{
			Name: s.Name, Refinement: s.Refinement, Instrument: instruments[s.Instrument], ValueType: types[s.ValueType], Unit: s.Unit,
			Stability: stability, Retirement: retirement, Attributes: uses, Entities: s.Entities,
		})
	case definition.Event:
		c.Events = append(c.Events, registry.Event{Name: s.Name, Refinement: s.Refinement, Stability: stability, Retirement: retirement, Attributes: uses, Entities: s.Entities})
	case definition.Entity:
		c.Entities = append(c.Entities, registry.Entity{Type: s.Name, Refinement: s.Refinement, Stability: stability, Retirement: retirement, Attributes: uses})
	}
}

func registryUses(from []definition.Use) []registry.Use {
	to := make([]registry.Use, len(from))
	for i, u := range from {
		to[i] = registry.Use{Key: u.Key, Level: levels[u.Level], Identifying: u.Identifying}
	}
	return to
}

func retirement(d definition.Deprecated) registry.Retirement {
	return registry.Retirement{Deprecation: reasons[d.Reason], RenamedTo: d.RenamedTo}
}

// typ is a type's word with the flags that it mentions.
func typ(word string) registry.Type {
	if base, ok := strings.CutPrefix(word, "enum:"); ok {
		return types[base] | registry.Enum
	}
	if base, ok := strings.CutPrefix(word, "template["); ok {
		return types[strings.TrimSuffix(base, "]")] | registry.Template
	}
	return types[word]
}

// The registry's words: each value says its own.
var (
	types       = byWord(registry.Any, registry.Anys)
	stabilities = byWord(registry.Development, registry.Stable)
	levels      = byWord(registry.Required, registry.OptIn)
	instruments = byWord(registry.NoInstrument, registry.Histogram)
	spanKinds   = byWord(registry.Internal, registry.Consumer)
	reasons     = byWord(registry.Live, registry.Absent)
)

func byWord[T interface {
	~uint8
	String() string
}](first, last T) map[string]T {
	values := map[string]T{}
	for v := first; v <= last; v++ {
		values[v.String()] = v
	}
	return values
}
