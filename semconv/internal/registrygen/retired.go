package main

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// sinceTable tells versions that no schema file does: what the changelog of the
// conventions says.
//
//go:embed since.tsv
var sinceTable string

// retirement is what schema files and tables know of a name.
type retirement struct {
	kind, name string
	since, to  string
	instead    []string
	// scoped is an attribute that was renamed on certain metrics only, as a label that
	// anything else may use is.
	scoped bool
	// instrument and unit are an absent metric's.
	instrument, unit string
}

// retirements are by kind and name.
type retirements struct{ byName map[[2]string]*retirement }

func newRetirements() *retirements { return &retirements{map[[2]string]*retirement{}} }

func (r *retirements) of(kind, name string) *retirement {
	key := [2]string{kind, name}
	if r.byName[key] == nil {
		r.byName[key] = &retirement{kind: kind, name: name}
	}
	return r.byName[key]
}

// readTable reads a table of retired names: by its header, one of where attributes or
// metrics end up; without one, names with what to write instead ("a+b" for a split,
// "a|b" for a choice) or, of three columns, the version that retired them.
func (r *retirements) readTable(name, data string) error {
	var columns []string
	for i, line := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		fields := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case fields[0] == "from":
			columns = fields
		case columns != nil:
			if len(fields) < 3 {
				return at(name, i+1, "%d fields, want at least 3", len(fields))
			}
			r.final(columns, fields)
		case len(fields) == 5:
			r.of(fields[1], fields[0]).instead = split(fields[4], "+|")
		case len(fields) == 3:
			r.of(fields[1], fields[0]).since = fields[2]
		default:
			return at(name, i+1, "%d fields, want 3 or 5", len(fields))
		}
	}
	return nil
}

func (r *retirements) final(columns, fields []string) {
	column := func(name string) string {
		if i := slices.Index(columns, name); i >= 0 && i < len(fields) {
			return fields[i]
		}
		return ""
	}
	kind := "attribute"
	if slices.Contains(columns, "from_instr_unit") {
		kind = "metric"
	}
	t := r.of(kind, column("from"))
	t.to = column("to")
	if instrument, unit, _ := strings.Cut(column("from_instr_unit"), "/"); instrument != "?" {
		t.instrument, t.unit = instrument, unit
	}
	if column("kind") == "metric-scoped" {
		t.scoped = true
		for _, scoped := range split(column("metric_scoped_renames"), ";") {
			_, to, _ := strings.Cut(scoped, ":")
			to, _, _ = strings.Cut(to, "@")
			t.instead = append(t.instead, to)
		}
	}
}

// readSchema takes from an OpenTelemetry schema file which version renamed a name
// first. Its targets are not taken: some are wrong, and the tables follow them.
func (r *retirements) readSchema(name string, data []byte) error {
	type section struct {
		Changes []struct {
			RenameAttributes struct {
				AttributeMap map[string]string `yaml:"attribute_map"`
			} `yaml:"rename_attributes"`
			RenameMetrics map[string]string `yaml:"rename_metrics"`
		} `yaml:"changes"`
	}
	var schema struct {
		Versions map[string]map[string]section `yaml:"versions"`
	}
	if err := yaml.Unmarshal(data, &schema); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, version := range slices.SortedFunc(maps.Keys(schema.Versions), compareVersions) {
		for _, section := range schema.Versions[version] {
			for _, change := range section.Changes {
				r.renamed("attribute", change.RenameAttributes.AttributeMap, version)
				r.renamed("metric", change.RenameMetrics, version)
			}
		}
	}
	return nil
}

func (r *retirements) renamed(kind string, names map[string]string, version string) {
	for from := range names {
		if t := r.of(kind, from); t.since == "" {
			t.since = version
		}
	}
}

func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var n []int
	for part := range strings.SplitSeq(version, ".") {
		i, _ := strconv.Atoi(part)
		n = append(n, i)
	}
	return n
}

// apply adds to retired names what is known of them, and the names that the
// registries no longer hold.
func (r *retirements) apply(c *collector) {
	keys := slices.SortedFunc(maps.Keys(r.byName), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for _, key := range keys {
		r.byName[key].addAbsent(c)
	}
	for _, key := range keys {
		t := r.byName[key]
		var instead []string
		for _, name := range t.instead {
			if name = c.live(t.kind, name); name != "" && name != t.name && !slices.Contains(instead, name) {
				instead = append(instead, name)
			}
		}
		t.add(c, instead)
	}
}

// addAbsent puts in a name that no registry holds.
func (t *retirement) addAbsent(c *collector) {
	gone := definition.Deprecated{Reason: absent, RenamedTo: t.to}
	switch key := (signalKey{kind: definition.Metric, name: t.name}); t.kind {
	case "attribute":
		if _, ok := c.attributes[t.name]; !ok {
			a := attribute{Attribute: definition.Attribute{Key: t.name, Type: "any", Stability: "development", Deprecated: gone}}
			if t.scoped || !strings.Contains(t.name, ".") { // a bare word was a metric's label
				a.places = 1 << definition.Metric
			}
			c.attributes[t.name] = a
		}
	case "metric":
		if _, ok := c.signals[key]; !ok {
			c.signals[key] = signal{Signal: definition.Signal{
				Kind: definition.Metric, Name: t.name, Stability: "development", Deprecated: gone,
				Instrument: t.instrument, Unit: t.unit,
			}}
		}
	}
}

// add says of a retired name since when, and what to look at instead where no rename
// does.
func (t *retirement) add(c *collector, instead []string) {
	extra := func(d definition.Deprecated) retired {
		switch {
		case d.Reason == "":
			return retired{}
		case d.RenamedTo != "":
			return retired{since: t.since}
		}
		return retired{t.since, instead}
	}
	if a, ok := c.attributes[t.name]; ok && t.kind == "attribute" {
		a.retired = extra(a.Deprecated)
		c.attributes[t.name] = a
	}
	key := signalKey{kind: definition.Metric, name: t.name}
	if s, ok := c.signals[key]; ok && t.kind == "metric" {
		s.retired = extra(s.Deprecated)
		c.signals[key] = s
	}
}
