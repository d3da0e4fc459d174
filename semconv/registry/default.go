package registry

// Lookup finds an attribute by its exact key; a template is found by its prefix
// without the last dot. It returns nil for a key that the conventions never had, and
// allocates nothing.
func Lookup(key string) *Attribute { return embedded.Lookup(key) }

// Resolve finds the attribute that a key on telemetry is of: the one of this key, or
// the template with the longest prefix of it.
func Resolve(key string) *Attribute { return embedded.Resolve(key) }

// LookupMetric finds a metric by its name.
func LookupMetric(name string) *Metric { return embedded.LookupMetric(name) }

// MetricRefinements are what a metric is for narrower uses.
func MetricRefinements(name string) []Metric { return embedded.MetricRefinements(name) }

// LookupSpan finds a span, or a refinement of one, by its type.
func LookupSpan(id string) *Span { return embedded.LookupSpan(id) }

// LookupEvent finds an event by its name.
func LookupEvent(name string) *Event { return embedded.LookupEvent(name) }

// EventRefinements are what an event is for narrower uses.
func EventRefinements(name string) []Event { return embedded.EventRefinements(name) }

// LookupEntity finds an entity by its type.
func LookupEntity(typ string) *Entity { return embedded.LookupEntity(typ) }

// EntityRefinements are what an entity is for narrower uses.
func EntityRefinements(typ string) []Entity { return embedded.EntityRefinements(typ) }

// LookupGroup finds an attribute group by its id.
func LookupGroup(id string) *Group { return embedded.LookupGroup(id) }

// Attributes are all attributes by key in order. The slice must not be changed.
func Attributes() []Attribute { return embedded.attributes }

// Metrics are all metrics by name in order, each followed by its refinements.
func Metrics() []Metric { return embedded.metrics }

// Spans are all spans and refinements by id in order.
func Spans() []Span { return embedded.spans }

// Events are all events by name in order.
func Events() []Event { return embedded.events }

// Entities are all entities by type in order.
func Entities() []Entity { return embedded.entities }

// Groups are all attribute groups by id in order.
func Groups() []Group { return embedded.groups }
