package registry

// Use is an attribute on a signal.
type Use struct {
	Key   string
	Level Level
	// Identifying is an attribute that is a part of an entity's identity.
	Identifying bool
}

// Level is whether a signal has to carry an attribute. Conditions are prose, where
// the conventions are described.
type Level uint8

// The levels, most demanding first.
const (
	Required Level = iota
	ConditionallyRequired
	Recommended
	OptIn
)

// Metric is one metric's facts.
type Metric struct {
	Name string
	// Refinement is the id of a refinement: what Name is for a narrower use.
	Refinement string
	Instrument Instrument
	ValueType  Type // Int, Double, or Any where the registry does not say
	Unit       string
	Stability  Stability
	// Introduced is the version that introduced the name, empty where 1.21.0 had it or it
	// is not known.
	Introduced string
	Retirement
	// Attributes are by key in order, as of every signal.
	Attributes []Use
	// Entities are the types that the metric may be associated with.
	Entities []string
}

// Instrument is what a metric is made with.
type Instrument uint8

// The instruments. An Absent metric may have NoInstrument.
const (
	NoInstrument Instrument = iota
	Counter
	UpDownCounter
	Gauge
	Histogram
)

// Span is the facts of one type of span. A span on telemetry does not say which type
// it is of.
type Span struct {
	// ID is the type, or a refinement's id, without the prefix span.
	ID string
	// Refines is the type of the span that a refinement makes narrower.
	Refines   string
	Kind      Kind
	Stability Stability
	Retirement
	Attributes []Use
	Entities   []string
}

// Kind is a span's kind.
type Kind uint8

// The kinds, numbered as in OTLP.
const (
	Internal Kind = iota + 1
	Server
	Client
	Producer
	Consumer
)

// Event is one event's facts.
type Event struct {
	Name, Refinement string
	Stability        Stability
	Retirement
	Attributes []Use
	Entities   []string
}

// Entity is one entity's facts.
type Entity struct {
	Type, Refinement string
	Stability        Stability
	Retirement
	Attributes []Use
}

// Group is a list of attributes to include in signals.
type Group struct {
	ID         string
	Attributes []Use
}

// Attribute finds a metric's use of an attribute, nil if it has none.
func (m *Metric) Attribute(key string) *Use { return find(m.Attributes, key) }

// Attribute finds a span's use of an attribute, nil if it has none.
func (s *Span) Attribute(key string) *Use { return find(s.Attributes, key) }

// Attribute finds an event's use of an attribute, nil if it has none.
func (e *Event) Attribute(key string) *Use { return find(e.Attributes, key) }

// Attribute finds an entity's use of an attribute, nil if it has none.
func (e *Entity) Attribute(key string) *Use { return find(e.Attributes, key) }

func find(uses []Use, key string) *Use {
	return at(uses, first(uses, key, func(u *Use) string { return u.Key }), func(u *Use) bool { return u.Key == key })
}

func metricName(m *Metric) string { return m.Name }
func eventName(e *Event) string   { return e.Name }
func entityType(e *Entity) string { return e.Type }
