package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// historyTable tells in which versions' models a name is in use. Schema files do not say
// of all, and give some renames to the version before.
//
//go:embed history.tsv
var historyTable string

// retirement is what schema files and tables know of a name.
type retirement struct {
	kind, name        string
	introduced, since string
	to                string
	instead           []string
	// steps are the names that took over, oldest first.
	steps []string
	// scoped is an attribute that was renamed on certain metrics only, as a label that
	// anything else may use is.
	scoped bool
	// had: somebody said that the conventions had the name. The history only says when.
	had bool
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
// "a|b" for a choice) or, of four columns, the versions that introduced and retired them.
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
			t := r.of(fields[1], fields[0])
			t.had, t.instead = true, split(fields[4], "+|")
		case len(fields) == 4:
			t := r.of(fields[1], fields[0])
			t.introduced, t.since = fields[2], fields[3]
		default:
			return at(name, i+1, "%d fields, want 4 or 5", len(fields))
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
	t.had, t.to = true, column("to")
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
// first, and to what: where a name ends is not taken from there, for some ends are wrong.
// Nor are renames of certain metrics' labels that are one word: elsewhere it is another.
func (r *retirements) readSchema(name string, data []byte) error {
	type section struct {
		Changes []struct {
			RenameAttributes struct {
				AttributeMap   map[string]string `yaml:"attribute_map"`
				ApplyToMetrics []string          `yaml:"apply_to_metrics"`
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
				attributes := change.RenameAttributes
				r.renamed("attribute", attributes.AttributeMap, version, len(attributes.ApplyToMetrics) > 0)
				r.renamed("metric", change.RenameMetrics, version, false)
			}
		}
	}
	return nil
}

func (r *retirements) renamed(kind string, names map[string]string, version string, scoped bool) {
	for from, to := range names {
		t := r.of(kind, from)
		t.had, t.since = true, cmp.Or(t.since, version)
		if !scoped || strings.Contains(from, ".") {
			t.steps = append(t.steps, to)
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

// values are the versions that retired an attribute's members.
func (r *retirements) values(a attribute) map[string]string {
	versions := map[string]string{}
	for _, m := range a.Members {
		if t := r.byName[[2]string{"member", a.Key + "=" + m.Value}]; t != nil && m.Deprecated.Reason != "" {
			versions[m.Value] = t.since
		}
	}
	return versions
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
	if !t.had {
		return
	}
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
	extra := func(d definition.Deprecated) history {
		switch {
		case d.Reason == "":
			return history{introduced: t.introduced}
		case d.RenamedTo != "":
			return history{t.introduced, t.since, t.via(c, d), nil}
		}
		return history{t.introduced, t.since, t.via(c, d), instead}
	}
	if a, ok := c.attributes[t.name]; ok && t.kind == "attribute" {
		a.history = extra(a.Deprecated)
		c.attributes[t.name] = a
	}
	key := signalKey{kind: definition.Metric, name: t.name}
	if s, ok := c.signals[key]; ok && t.kind == "metric" {
		s.history = extra(s.Deprecated)
		c.signals[key] = s
	}
}

// via is the name that took over first and was retired itself; empty where it is none that
// the conventions ever had: a schema file may name such.
func (t *retirement) via(c *collector, d definition.Deprecated) string {
	if len(t.steps) == 0 || t.steps[0] == d.RenamedTo || !c.has(t.kind, t.steps[0]) {
		return ""
	}
	if reason, _ := c.deprecation(t.kind, t.steps[0]); reason == "" {
		return ""
	}
	return t.steps[0]
}
