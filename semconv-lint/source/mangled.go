package source

import (
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/otlptranslator"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Mangled answers for names as Prometheus spells them: http_server_duration_milliseconds_bucket
// and http_status_code. It finds which of the conventions' names are spelt so, asks the judge of
// these, and spells what to write instead. It is safe for concurrent use, and built when it is
// first asked.
type Mangled struct {
	conventions *semconvlint.Conventions
	names       func() *mangledNames
}

// MangledMetric is what to say of a retired metric.
type MangledMetric struct {
	// Dotted is the conventions' name.
	Dotted string
	// New are the new names, best first, as Prometheus spells them, with the suffix of the old;
	// none where there is nothing, or nothing with such a suffix.
	New []string
	// UnitChanged is whether the values are, or may be, in another unit: From and To are those.
	// Whoever writes the new name must also change the numbers that it is compared with.
	UnitChanged bool
	From, To    string
	// Since is the version that retired the name, empty where it is not known.
	Since string
	// Sure is whether next to nobody but OpenTelemetry's exporters spells a metric so. The
	// others, such as process_threads, may well be Prometheus' own.
	Sure bool
}

// MangledLabel is what to say of a retired label.
type MangledLabel struct {
	// Dotted is the conventions' name.
	Dotted string
	// New are the new names, best first, as Prometheus spells them.
	New []string
	// ValueChanged is whether values are others under the new name: a query that compares with
	// one must change that as well.
	ValueChanged bool
	// Since is the version that retired the name, empty where it is not known.
	Since string
}

// NewMangled is that of conventions.
func NewMangled(c *semconvlint.Conventions) *Mangled {
	return &Mangled{c, sync.OnceValue(func() *mangledNames { return newMangledNames(c) })}
}

// Metric says what is wrong with a metric's name, false if nothing is or if it is none of the
// conventions.
func (m *Mangled) Metric(name string) (MangledMetric, bool) {
	prefix, spelt := m.names().find(name)
	for i := range spelt {
		if s := &spelt[i]; !s.retired {
			return MangledMetric{}, false // the same spelling is one in use
		}
	}
	for i := range spelt {
		if r, ok := m.metric(name, prefix, &spelt[i]); ok {
			return r, true
		}
	}
	return MangledMetric{}, false
}

func (m *Mangled) metric(name, prefix string, s *spelling) (r MangledMetric, ok bool) {
	problem, ok := outdated(m.conventions.Metric(semconv.Metric{Name: s.dotted}))
	if !ok {
		return r, false
	}
	r = MangledMetric{Dotted: s.dotted, Since: problem.Since, Sure: s.sure}
	for _, to := range slices.Compact(problem.Instead) {
		known := m.conventions.Registry.LookupMetric(to)
		if known == nil {
			continue
		}
		if len(r.New) == 0 {
			r.From, r.To = s.unit, known.Unit
			r.UnitChanged = !sameSize(r.From, r.To) || s.ambiguous
		}
		spelt := respelt(s, known)
		if prefix+spelt == name {
			return r, false // the names differ in what Prometheus does not tell apart
		}
		if spelt != "" && !slices.Contains(r.New, prefix+spelt) {
			r.New = append(r.New, prefix+spelt)
		}
	}
	return r, true
}

// Label says what is wrong with a label of a metric, false if nothing is or if it is none of the
// conventions. Metric is empty where it is not known; one that is none of the conventions' says
// as little. Labels of one word mean something on metrics of the conventions alone.
func (m *Mangled) Label(label, metric string) (MangledLabel, bool) {
	prefix, rest := resourcePrefix(label)
	var of *semconv.Metric
	if dotted := m.dotted(metric); dotted != "" && prefix == "" {
		of = &semconv.Metric{Name: dotted}
	}
	keys := m.names().labels[rest]
	for _, key := range keys {
		if a := m.conventions.Registry.Lookup(key); !m.conventions.Table.Retired(&a.Retirement) && !m.conventions.Table.Newer(a.Introduced) {
			return MangledLabel{}, false
		}
	}
	for _, key := range keys {
		if !strings.Contains(key, ".") && of == nil {
			continue
		}
		if r, ok := m.label(label, prefix, key, metric, of); ok {
			return r, true
		}
	}
	return MangledLabel{}, false
}

func (m *Mangled) label(label, prefix, key, metric string, of *semconv.Metric) (r MangledLabel, ok bool) {
	a := semconv.Attribute{Key: key, Metric: of}
	if prefix != "" {
		a.Place = translate.Resource
	}
	problem, ok := outdated(m.conventions.Attribute(a))
	if !ok {
		return r, false
	}
	r = MangledLabel{Dotted: key, Since: problem.Since}
	for _, to := range problem.Instead {
		if strings.HasPrefix(to, "@") || to == methodOriginal {
			continue // a field of the span, and what stands beside the new name
		}
		spelt := to
		if !strings.Contains(label, ".") && (of == nil || !strings.Contains(metric, ".")) {
			spelt = prefix + labelOf(to)
		}
		if spelt == label {
			return r, false
		}
		if len(r.New) == 0 {
			r.ValueChanged = m.revalued(key, to, of)
		}
		if !slices.Contains(r.New, spelt) {
			r.New = append(r.New, spelt)
		}
	}
	return r, true
}

// Spelt says whether a metric is spelt as one of the conventions' is, retired or not, and as next
// to nobody else's.
func (m *Mangled) Spelt(metric string) bool {
	_, spelt := m.names().find(metric)
	return slices.ContainsFunc(spelt, func(s spelling) bool { return s.sure })
}

// Known says whether a metric may be one of the conventions: others may spell theirs so as well, as
// long as none is known to.
func (m *Mangled) Known(metric string) bool {
	_, spelt := m.names().find(metric)
	return slices.ContainsFunc(spelt, func(s spelling) bool { return !s.shared })
}

// Words are of how many words an attribute of the conventions is that is spelt as a label, retired
// or not; 0 if none is.
func (m *Mangled) Words(label string) int {
	_, rest := resourcePrefix(label)
	keys := m.names().labels[rest]
	if len(keys) == 0 {
		return 0
	}
	return len(strings.FieldsFunc(keys[0], func(r rune) bool { return r == '.' || r == '_' }))
}

// dotted is the conventions' name of a metric, empty where it is none.
func (m *Mangled) dotted(metric string) string {
	if _, spelt := m.names().find(metric); len(spelt) > 0 {
		return spelt[0].dotted
	}
	return ""
}

// resourcePrefix splits what some exporters write before the attributes of resources.
func resourcePrefix(label string) (prefix, rest string) {
	for _, prefix := range [...]string{"resource_", "resource_attributes_"} {
		if rest, ok := strings.CutPrefix(label, prefix); ok && strings.Contains(rest, "_") {
			return prefix, rest
		}
	}
	return "", label
}

// outdated is the problem of a name that is not one of the target version.
func outdated(problems []semconv.Problem) (semconv.Problem, bool) {
	i := slices.IndexFunc(problems, func(p semconv.Problem) bool { return p.Code == semconv.Retired || p.Code == semconv.TooNew })
	if i < 0 {
		return semconv.Problem{}, false
	}
	return problems[i], true
}

// methodOriginal has the methods of a request that http.request.method has not.
const methodOriginal = "http.request.method_original"

// labelOf is an attribute's label.
func labelOf(key string) string {
	namer := otlptranslator.LabelNamer{}
	label, err := namer.Build(key)
	if err != nil {
		return ""
	}
	return label
}

// revalued is whether an attribute's values become others under its new name.
func (m *Mangled) revalued(key, to string, of *semconv.Metric) bool {
	var r translate.Result
	for _, v := range sampleValues(m.conventions.Registry.Lookup(key), m.conventions.Registry.Lookup(to)) {
		in := translate.Input{Keys: []string{key}, Values: []translate.Value{v}, Place: translate.Server}
		m.conventions.Translate(&in, of, &r)
		for _, e := range r.Edits {
			if e.Key != to || e.Value.Type == registry.Any {
				continue
			}
			was, _ := v.Cast(registry.String)
			if is, _ := e.Value.Cast(registry.String); is.Str() != was.Str() {
				return true
			}
		}
	}
	return false
}

// sampleValues are values that an attribute has: those that are known of it or of its successor.
func sampleValues(a, to *registry.Attribute) []translate.Value {
	var all []translate.Value
	for _, known := range [...]*registry.Attribute{a, to} {
		if known == nil {
			continue
		}
		for _, member := range known.Members() {
			v := translate.StringValue(member.Value)
			if number, ok := v.Cast(registry.Int); ok && a.Type.Base() == registry.Int {
				v = number
			}
			all = append(all, v)
		}
	}
	switch {
	case len(all) > 0:
		return all
	case a.Type.Base() == registry.Int:
		return []translate.Value{translate.IntValue(0), translate.IntValue(200)}
	}
	return []translate.Value{translate.StringValue("x"), translate.StringValue("/a?b=c")}
}
