package source

import (
	"slices"
	"strings"

	"github.com/prometheus/otlptranslator"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/registry"
)

// mangledNames are the conventions' names by how Prometheus spells them.
type mangledNames struct {
	metrics map[string][]spelling
	labels  map[string][]string
}

// spelling is one way to spell a metric.
type spelling struct {
	dotted  string
	unit    string
	suffix  string // _bucket, _sum, _count or nothing
	dots    bool   // the dots stay
	units   bool   // unit and kind are written
	sure    bool   // next to nobody else spells a metric so
	shared  bool   // others are known to spell one of theirs so
	retired bool
	// ambiguous is one that does not say which of several units it is in.
	ambiguous bool
}

func newMangledNames(c *semconvlint.Conventions) *mangledNames {
	n := &mangledNames{metrics: map[string][]spelling{}, labels: map[string][]string{}}
	all := c.Registry.Metrics()
	for i := range all {
		if m := &all[i]; m.Refinement == "" {
			n.addMetric(c, m)
		}
	}
	for _, r := range c.Table.Conversions() {
		// OpenCensus' names, which have slashes, come to Prometheus on ways of their own.
		if r.Signal == "metric" && !strings.Contains(r.From[0], "/") && c.Registry.LookupMetric(r.From[0]) == nil {
			n.addMetric(c, &registry.Metric{Name: r.From[0]})
		}
	}
	attributes := c.Registry.Attributes()
	for i := range attributes {
		if a := &attributes[i]; a.Type&registry.Template == 0 {
			n.addLabel(labelOf(a.Key), a.Key)
			if strings.Contains(a.Key, ".") {
				n.addLabel(a.Key, a.Key)
			}
		}
	}
	return n
}

// maxPrefix is how many words a prefix has at most.
const maxPrefix = 3

// find finds how a metric is spelt, also behind a prefix that an exporter was told to write. Only
// names of many words are known for sure there.
func (n *mangledNames) find(metric string) (prefix string, spelt []spelling) {
	if spelt = n.metrics[metric]; len(spelt) > 0 {
		return "", spelt
	}
	for i, words := 0, 0; words < maxPrefix; words++ {
		next := strings.IndexByte(metric[i:], '_')
		if next < 0 {
			break
		}
		i += next + 1
		if spelt = n.metrics[metric[i:]]; len(spelt) > 0 && spelt[0].sure && !spelt[0].dots && spelt[0].words() > 3 {
			return metric[:i], spelt
		}
	}
	return "", nil
}

func (n *mangledNames) addLabel(label, key string) {
	if !slices.Contains(n.labels[label], key) {
		n.labels[label] = append(n.labels[label], key)
	}
}

// addMetric adds a metric as it is and was spelt: with each unit and kind that it may have, and
// without, as by exporters that are told to leave them out.
func (n *mangledNames) addMetric(c *semconvlint.Conventions, m *registry.Metric) {
	problem, retired := outdated(c.Metric(semconv.Metric{Name: m.Name}))
	units, instruments := unitsOf(c, m), []registry.Instrument{m.Instrument}
	if to := firstKnown(c, problem.Instead); to != nil {
		if m.Instrument == registry.NoInstrument { // receivers write gauges
			instruments = []registry.Instrument{to.Instrument, registry.Gauge}
		}
		if !slices.Contains(units, to.Unit) {
			units = append(units, to.Unit)
		}
	}
	plain := spelling{retired: retired, ambiguous: len(units) > 1 && !sameSize(units[0], units[1])}
	if len(units) > 0 {
		plain.unit = units[0]
	}
	for _, plain.dots = range [...]bool{false, true} {
		for _, instrument := range instruments {
			for _, unit := range units {
				n.addSpelling(m.Name, instrument, spelling{unit: unit, dots: plain.dots, units: true, retired: retired})
			}
		}
		n.addSpelling(m.Name, instruments[0], plain)
	}
}

// unitsOf are the units that a metric has or had: those that the translation converts first.
func unitsOf(c *semconvlint.Conventions, m *registry.Metric) []string {
	units := slices.DeleteFunc(divided(c, m.Name), func(unit string) bool { return unit == m.Unit })
	if m.Unit != "" {
		units = append(units, m.Unit)
	}
	return units
}

// divided are the units of a metric's that the translation divides.
func divided(c *semconvlint.Conventions, name string) []string {
	var units []string
	for _, unit := range [...]string{"ms", "us", "ns"} {
		if c.Table.Metric(name, unit).Divide > 1 {
			units = append(units, unit)
		}
	}
	return units
}

// firstKnown is the first of names that is a metric of the conventions.
func firstKnown(c *semconvlint.Conventions, names []string) *registry.Metric {
	for _, name := range names {
		if m := c.Registry.LookupMetric(name); m != nil {
			return m
		}
	}
	return nil
}

func (n *mangledNames) addSpelling(dotted string, instrument registry.Instrument, s spelling) {
	s.dotted = dotted
	name := s.name(dotted, s.unit, instrument)
	if name == "" {
		return
	}
	s.shared = others[name]
	s.sure = !s.shared && s.isSure()
	n.add(name, s)
	if instrument == registry.Histogram || instrument == registry.NoInstrument {
		for _, s.suffix = range [...]string{"_bucket", "_sum", "_count"} {
			n.add(name+s.suffix, s)
		}
	}
}

func (n *mangledNames) add(name string, s spelling) {
	if !slices.ContainsFunc(n.metrics[name], func(have spelling) bool { return have.dotted == s.dotted }) {
		n.metrics[name] = append(n.metrics[name], s)
	}
}

// others are metrics of cAdvisor's, Micrometer's, the Java client's and of services' own that the
// conventions spell by chance in the same way.
var others = map[string]bool{
	"container_memory_usage_bytes": true, "container_memory_working_set_bytes": true,
	"jvm_memory_used_bytes": true, "jvm_memory_committed_bytes": true, "jvm_buffer_memory_used_bytes": true,
	"http_server_request_duration_seconds": true, "http_client_request_duration_seconds": true,
}

// isSure holds that a name of few words, and one of a base unit, which is what Prometheus asks of
// everybody, may be anyone's.
func (s *spelling) isSure() bool {
	words := s.words()
	switch {
	case s.dots:
		return words > 1
	case !s.units:
		return words > 4
	}
	return words > 3 || words == 3 && s.unit != "s"
}

func (s *spelling) words() int { return strings.Count(s.dotted, ".") + 1 }

// name spells a metric as a spelling does.
func (s *spelling) name(dotted, unit string, instrument registry.Instrument) string {
	namer := otlptranslator.MetricNamer{WithMetricSuffixes: s.units, UTF8Allowed: s.dots}
	name, err := namer.Build(otlptranslator.Metric{Name: dotted, Unit: unit, Type: otlptranslator.MetricType(metricTypes[instrument])})
	if err != nil {
		return ""
	}
	return name
}

// metricTypes are instruments to Prometheus.
var metricTypes = map[registry.Instrument]int{
	registry.NoInstrument: otlptranslator.MetricTypeUnknown, registry.Counter: otlptranslator.MetricTypeMonotonicCounter,
	registry.UpDownCounter: otlptranslator.MetricTypeNonMonotonicCounter, registry.Gauge: otlptranslator.MetricTypeGauge,
	registry.Histogram: otlptranslator.MetricTypeHistogram,
}

// respelt is another metric in a metric's spelling, empty where it has no series of that suffix.
func respelt(s *spelling, m *registry.Metric) string {
	if s.suffix != "" && m.Instrument != registry.Histogram {
		return ""
	}
	name := s.name(m.Name, m.Unit, m.Instrument)
	if name == "" {
		return ""
	}
	return name + s.suffix
}
